"""Findings as they are listed: filtered, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.cursors import cursor_of, place_of
from routeproof.app.objects.findings import plain

if TYPE_CHECKING:
    from datetime import date

    from routeproof.stores.records import Records

MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings; what is null does not narrow."""

    day: date | None = None
    from_on: date | None = None
    to_on: date | None = None
    rule: str | None = None
    provider: str | None = None
    venue: str | None = None
    symbol: str | None = None
    case: str | None = None


def list_findings(
    records: Records, wanted: FindingFilter, limit: int | None = None, after: str | None = None
) -> dict[str, Any]:
    """Findings that stand, by time: `{"findings", "total", "next"}`; `next` is null on the last page.

    Raises:
        UsageError: a cursor that no list gave.
    """
    columns = {"day": "day", "rule": "rule", "provider": "provider", "venue": "venue", "symbol": "symbol"}
    given: dict[str, Any] = {
        column: getattr(wanted, name) for name, column in columns.items() if getattr(wanted, name) is not None
    }
    if wanted.case is not None:
        given["case_id"] = wanted.case
    if wanted.day is not None:
        given["day"] = wanted.day.isoformat()
    bounds = {"from_on": ("day >= :from_on", wanted.from_on), "to_on": ("day <= :to_on", wanted.to_on)}
    within = {name: (text, at.isoformat()) for name, (text, at) in bounds.items() if at is not None}
    equal = [f"{column} = :{column}" for column in given]
    where = " AND ".join(["withdrawn = 0", *equal, *(text for text, _ in within.values())])
    given |= {name: at for name, (_, at) in within.items()}
    ((total,),) = records.query(f"SELECT COUNT(*) FROM findings WHERE {where}", given)  # noqa: S608  # our names
    place = place_of(after, 1) if after else None
    beyond = " AND (at > :after_at OR (at = :after_at AND id > :after_id))" if place else ""
    bound = {"after_at": place[0][0], "after_id": place[1]} if place else {}
    size = min(limit, MOST) if limit is not None else None
    head = f" LIMIT {size + 1}" if size is not None else ""
    rows = list(
        records.query(
            f"SELECT document, case_id, suppressed_by, recorded_at, at, id FROM findings WHERE {where}{beyond} "  # noqa: S608
            f"ORDER BY at, id{head}",
            {**given, **bound},
        )
    )
    page = rows if size is None else rows[:size]
    more = len(rows) > len(page)
    found = [plain(str(row[0]), _text(row[1]), _text(row[2]), int(str(row[3]))) for row in page]
    return {"findings": found, "total": int(str(total)), "next": _cursor(page[-1]) if more and page else None}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _cursor(row: Any) -> str:  # noqa: ANN401  # a row of the database
    return cursor_of((int(row[4]),), str(row[5]))
