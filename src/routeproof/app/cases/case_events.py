"""Events by which findings become cases: decided by the program, in the shapes that a case folds."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeproof.governance.case.clocks import clocks_from, sooner
from routeproof.governance.case.state import CLOSED
from routeproof.policy.monitoring import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.governance.case.state import Case
    from routeproof.policy.cases import CaseRules
    from routeproof.policy.sessions import SessionCalendar

FINDINGS = 300
"""Findings that one entry names; those of a large incident take several entries."""
ROWS = 150
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class Terms:
    """What clocks of a new case are made from: rules in force, calendar, UTC ns now."""

    rules: CaseRules
    calendar: SessionCalendar
    now: int
    _known: dict[str, dict[str, str]] = field(default_factory=dict)

    def clocks(self, priority: str) -> dict[str, str]:
        """Of a case of that priority that begins now; the same for all that begin together."""
        if priority not in self._known:
            self._known[priority] = clocks_from(self.now, priority, self.rules, self.calendar)
        return self._known[priority]


def case_name(group: str, taken: int) -> str:
    """Id of a group's case: it follows from the group; `taken` cases of the group were there before."""
    name = f"C-{hashlib.sha256(group.encode()).hexdigest()[:12]}"
    return name if not taken else f"{name}-{taken + 1}"


def events_of(
    case_id: str,
    case: Case | None,
    earlier: str | None,
    findings: Sequence[Mapping[str, Any]],
    pin: Mapping[str, Any] | None,
    terms: Terms,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Type and payload of the events that take findings of one group into a case.

    Args:
        case_id: of the case.
        case: as it stands; none: it is opened.
        earlier: the closed case of the same group.
        findings: at least one, by time.
        pin: evidence of them, `sha256` and `rows`, or none.
        terms: for the clocks.
    """
    rest = list(findings)
    pins = [{"sha256": pin["sha256"], "rows": pin["rows"][:ROWS]}] if pin else []
    priority, clocks = _worst(findings), terms.clocks(_worst(findings))
    if case is None:
        first, rest = rest[:FINDINGS], rest[FINDINGS:]
        opened = _opened(case_id, earlier, findings, priority)
        yield "case.opened", {**opened, **_named(first), "pins": pins, "opened_at": str(terms.now), "clocks": clocks}
        pins = []
    else:
        assert case.state != CLOSED  # noqa: S101  # a closed one gets a successor
        had: Any = case.clocks.model_dump()
        if SEVERITIES.index(case.priority) <= SEVERITIES.index(priority):
            priority, clocks = case.priority, had
        elif None not in had.values():
            clocks = sooner(had, clocks)
    title = {} if case is None else _retitled(case, findings)
    for start in range(0, len(rest), FINDINGS):
        added = _named(rest[start : start + FINDINGS])
        yield "case.finding_added", {**added, "pins": pins, "priority": priority, "clocks": clocks, **title}
        pins, title = [], {}


def raised(case: Case, added: Mapping[str, Any]) -> Case:
    """The case once findings were added as that payload says; what a further group that joins it is held against."""
    clocks = type(case.clocks).model_validate(added["clocks"])
    return case.model_copy(update={"priority": added["priority"], "clocks": clocks})


def _retitled(case: Case, findings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What a case is called once a finding that it had, of the rule that it is called after, says something else."""
    said = [item["sentence"] for item in findings if item["rule"] == case.subject and item["id"] in case.findings]
    return {"title": str(said[0])[:LONGEST_TITLE]} if said else {}


def _worst(findings: Sequence[Mapping[str, Any]]) -> str:
    return min((str(item["severity"]) for item in findings), key=SEVERITIES.index)


def _named(findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    orders = dict.fromkeys(item["order_id"] for item in findings if item["order_id"])
    return {
        "findings": [item["id"] for item in findings],
        "rules": sorted({item["rule"] for item in findings}),
        "orders": list(orders),
    }


def _opened(case_id: str, earlier: str | None, findings: Sequence[Mapping[str, Any]], priority: str) -> dict[str, Any]:
    worst = next(item for item in findings if item["severity"] == priority)
    one_order = {item["order_id"] for item in findings}
    return {
        "id": case_id,
        "kind": "exception",
        "title": str(worst["sentence"])[:LONGEST_TITLE],
        "priority": priority,
        "provider": worst["provider"],
        "symbol": worst["symbol"],
        "day": worst["day"],
        "order_id": worst["order_id"] if len(one_order) == 1 else None,
        "subject": worst["rule"],
        "group": worst["group"],
        "earlier": earlier,
    }
