"""The row of a case that lists and searches read, and the findings that it marks as its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.case.state import CLOSED
from routeproof.ledger.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.governance.case.state import Case

RANKS = {"critical": 0, "high": 1, "medium": 2, "low": 3}
CLOSED_RANK = 9
"""Closed cases stand after all others, whatever their priority was."""
SHOWN = ("id", "state", "priority", "owner", "kind", "title", "provider", "period", "symbol", "due_on", "disposition")


def case_row(case: Case) -> dict[str, Any]:
    """Columns of the table `cases`: a function of the state alone."""
    due, escalates = case.due, case.escalates
    document = case.model_dump(mode="json", include=set(SHOWN))
    clocks = {name: _whole(value) for name, value in case.clocks.model_dump().items()}
    return {
        "id": case.id,
        "state": case.state,
        "rank": CLOSED_RANK if case.state == CLOSED else RANKS[case.priority],
        "priority": case.priority,
        "owner": case.owner,
        "provider": case.provider,
        "kind": case.kind,
        "title": case.title,
        "rules": f",{','.join(case.rules)},",
        "findings": len(case.findings),
        "opened_at": int(case.opened_at or 0),
        **clocks,
        "due_at": None if due is None else due[1],
        "escalate_at": None if escalates is None else escalates[1],
        "group_id": case.group,
        "search": _searched(case),
        "document": canonical_bytes(document).decode(),
    }


def _whole(text: str | None) -> int | None:
    return None if text is None else int(text)


def _searched(case: Case) -> str:
    """What people look for: words and names that stand in the case; texts that may expire are not among them."""
    said = (case.id, case.title, case.subject, case.provider, case.symbol, case.order_id, case.execution_id, case.owner)
    return " ".join([*filter(None, said), *case.rules, *case.orders]).lower()


_COLUMNS = (
    *("id", "state", "rank", "priority", "owner", "provider", "kind", "title", "rules", "findings", "opened_at"),
    *("acknowledge_by", "investigate_by", "close_by", "due_at", "escalate_at", "group_id", "search", "document"),
)
_WRITE = (
    f"INSERT INTO cases ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)}) "  # noqa: S608
    f"ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}"
)
_MARK = "UPDATE findings SET case_id = :case WHERE id = :id AND case_id IS NULL"
_RELEASE = "UPDATE findings SET case_id = NULL WHERE id = :id AND case_id = :case"


def project_cases(connection: Any, cases: Sequence[Case]) -> None:  # noqa: ANN401  # either database's connection
    """Write the cases' rows and their names into their findings; replaying the entries gives the same rows."""
    connection.execute(_WRITE, [case_row(case) for case in cases])
    if released := [{"case": case.id, "id": key} for case in cases for key in case.released]:
        connection.execute(_RELEASE, released)
    held = [
        (case.id, key) for case in cases for gone in [set(case.released)] for key in case.findings if key not in gone
    ]
    if held:
        connection.execute(_MARK, [{"case": case_id, "id": key} for case_id, key in held])
