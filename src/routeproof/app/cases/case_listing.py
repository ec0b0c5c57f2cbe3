"""Cases as they are listed and searched: from one indexed table, page by page."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.case_rows import RANKS
from routeproof.app.objects.cursors import cursor_of, place_of
from routeproof.governance.case.state import CLOSED
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from routeproof.stores.records import Records

PAGE, MOST = 1_000, 10_000
MOST_WORDS = 50
"""Words of a search."""
FEW = 5_000
"""Matches up to which the list is sorted rather than read in the order of its index."""
COLUMNS = "id, rank, opened_at, rules, findings, acknowledge_by, investigate_by, close_by, due_at, document, group_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases; what is null does not narrow.

    Attributes:
        state: one of a case's states; `alive` = all but closed.
        overdue: whether the running clock ran out.
        text: words or names, in any case, that all stand in the case.
    """

    state: str | None = None
    priority: str | None = None
    owner: str | None = None
    overdue: bool | None = None
    rule: str | None = None
    provider: str | None = None
    text: str | None = None

    def given(self) -> dict[str, Any]:
        """Members that narrow."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def list_cases(
    records: Records, wanted: CaseFilter, now: int, limit: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """Cases by priority and age, closed ones last: `{"items", "total", "next"}`; `next` is null on the last page.

    Args:
        records: of the workspace.
        wanted: which ones.
        now: UTC ns that clocks are held against.
        limit: cases on a page, 1,000 if omitted.
        after: `next` of the page before.

    Raises:
        UsageError: a cursor that no list gave, more words than a search has.
    """
    where, bound = _where(wanted, now)
    size = min(limit or PAGE, MOST)
    ((counted,),) = records.query(f"SELECT COUNT(*) FROM cases WHERE {where}", bound)  # noqa: S608  # our names
    total = int(str(counted))
    # Few matches are found by one pass and sorted; in the order of the index every row would be looked up for itself.
    order = "+rank, opened_at, id" if total <= FEW else "rank, opened_at, id"
    beyond, place = _beyond(after)
    rows = records.query(
        f"SELECT {COLUMNS} FROM cases WHERE {where}{beyond} ORDER BY {order} LIMIT {size + 1}",  # noqa: S608
        {**bound, **place},
    )
    page: list[Any] = rows[:size]
    return {
        "items": [_item(row, now) for row in page],
        "total": total,
        "next": _cursor(page[-1]) if len(rows) > size else None,
    }


def _where(wanted: CaseFilter, now: int) -> tuple[str, dict[str, Any]]:
    bound: dict[str, Any] = {}
    parts = ["1 = 1"]
    # The rank of a case that is not closed says its priority, and stands in the index beside the state.
    ranked = wanted.priority in RANKS and wanted.state not in (None, CLOSED)
    given: dict[str, str | int | None] = {"owner": wanted.owner, "provider": wanted.provider}
    given |= {"rank": RANKS[str(wanted.priority)]} if ranked else {"priority": wanted.priority}
    for name, value in given.items():
        if value is not None:
            parts.append(f"{name} = :{name}")
            bound[name] = value
    if wanted.state is not None:
        alive = wanted.state == "alive"
        parts.append("state <> :state" if alive else "state = :state")
        bound["state"] = CLOSED if alive else wanted.state
    if wanted.overdue is not None:
        parts.append("due_at < :now" if wanted.overdue else "(due_at IS NULL OR due_at >= :now)")
        bound["now"] = now
    if wanted.rule is not None:
        parts.append("rules LIKE :rule ESCAPE '!'")
        bound["rule"] = f"%,{_literal(wanted.rule)},%"
    for place, word in enumerate(_words(wanted.text or "")):
        parts.append(f"search LIKE :word{place} ESCAPE '!'")
        bound[f"word{place}"] = f"%{_literal(word)}%"
    return " AND ".join(parts), bound


def _words(text: str) -> list[str]:
    """Different words of a search. Raises UsageError where they are more than anybody looks for."""
    words = list(dict.fromkeys(text.lower().split()))
    if len(words) > MOST_WORDS:
        message = f"expected up to {MOST_WORDS} words, found {len(words):,}"
        raise UsageError(message, where="--text")
    return words


def _literal(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _item(row: Any, now: int) -> dict[str, Any]:  # noqa: ANN401  # a row of the database
    clocks = dict(zip(("acknowledge_by", "investigate_by", "close_by"), map(_text, row[5:8]), strict=True))
    return {
        **json.loads(row[9]),
        "rules": [name for name in row[3].split(",") if name],
        "findings": row[4],
        "opened_at": str(row[2]),
        "clocks": clocks,
        "due_at": _text(row[8]),
        "overdue": row[8] is not None and row[8] < now,
        "group": row[10],
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _cursor(row: Any) -> str:  # noqa: ANN401  # a row of the database
    return cursor_of((row[1], row[2]), row[0])


def _beyond(cursor: str | None) -> tuple[str, dict[str, Any]]:
    if cursor is None:
        return "", {}
    (rank, opened_at), name = place_of(cursor, 2)
    place = {"after_rank": rank, "after_at": opened_at, "after_id": name}
    return " AND (rank, opened_at, id) > (:after_rank, :after_at, :after_id)", place
