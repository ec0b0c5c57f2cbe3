"""Final findings of a day become cases, one per group, by the program itself; what is suppressed is marked instead."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_events import Terms, case_name, events_of, raised
from routeproof.app.cases.incidents import cases_of_incidents, matters_of
from routeproof.app.cases.lasting import cases_of_other_days
from routeproof.app.objects.act import project_objects
from routeproof.app.objects.amended_day import program_fact
from routeproof.app.objects.findings import SUPPRESSED, entries_at, replay_findings, stream_of
from routeproof.app.objects.fold import happened, object_of, step
from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.case.noun import CASE
from routeproof.governance.case.state import AWAITING_REVIEW, CLOSED
from routeproof.governance.suppression import SUPPRESSION

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.objects.fold import Version
    from routeproof.governance.case.state import Case
    from routeproof.governance.suppression import Suppression
    from routeproof.ledger.entry import Fact
    from routeproof.policy.cases import CaseRules
    from routeproof.stores.records import Records
    from routeproof.stores.records_database import Database

    Found = dict[str, Any]
    Groups = Mapping[str, Sequence[Found]]
    Pinner = Callable[[Groups], Callable[[Groups], Mapping[str, Found]]]

GROUPS = 1_000
"""Groups that one transaction takes."""
MARKED = 1_000
"""Findings that one entry marks as suppressed."""


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of findings.

    Attributes:
        opened: cases that were opened, by id.
        joined: findings that joined a case that was open.
        suppressed: findings that a suppression keeps from a case.
    """

    opened: tuple[str, ...] = ()
    joined: int = 0
    suppressed: int = 0


def work_findings(
    context: Context,
    day: date,
    pinned: Pinner | None = None,
    at_once: int = GROUPS,
    goes_on: Callable[[], bool] = lambda: True,
) -> Worked:
    """Take all final findings of a day that have no case into one; doing it again changes nothing.

    Args:
        context: the workspace; entries stand under the account that runs the program.
        day: trading day.
        pinned: of all groups of findings, what makes the evidence of some: group to `sha256`, `rows`; none where there
            is no lake.
        at_once: groups that one transaction takes: as long as it takes, nobody else records.
        goes_on: asked before each transaction; groups that it leaves out are there the next time.
    """
    policy = policy_in_force(context.records).whole
    rules = policy.cases.on(context.today)
    suppressed = _suppress(context, day, rules)
    opened: list[str] = []
    joined = 0
    size = context.records.size()
    groups = _candidates(context.records, day, rules)
    pin = pinned(groups) if pinned and groups else None
    names = list(groups)
    for start in range(0, len(names), at_once):
        if not goes_on():
            break
        part = {name: groups[name] for name in names[start : start + at_once]}
        pins = pin(part) if pin else {}
        batch = _Batch(context, day, Terms(rules, policy.calendar, context.clock()), pins, part, size)
        written = context.records.decide(batch.decide, batch.project)
        size += len(written)
        opened += batch.opened
        joined += batch.joined
        for sha256 in {pin["sha256"] for pin in pins.values()} - batch.used:
            context.evidence.destroy(sha256)
    return Worked(tuple(opened), joined, suppressed)


def _candidates(records: Records, day: date, rules: CaseRules) -> dict[str, list[Found]]:
    """Findings that ask for a case, by group, both by time."""
    severities = ", ".join(f":s{place}" for place in range(len(rules.opening)))
    rows = records.query(
        "SELECT document FROM findings WHERE day = :day AND status = 'final' AND withdrawn = 0 AND case_id IS NULL "  # noqa: S608
        f"AND suppressed_by IS NULL AND severity IN ({severities or 'NULL'}) ORDER BY at, id",
        {"day": day.isoformat(), **{f"s{place}": name for place, name in enumerate(rules.opening)}},
    )
    found = [json.loads(str(document)) for (document,) in rows]
    groups: dict[str, list[Found]] = {}
    for finding, group in zip(found, matters_of(records, day, found, rules), strict=True):
        groups.setdefault(group, []).append({**finding, "group": group})
    return groups


def _suppress(context: Context, day: date, rules: CaseRules) -> int:
    """Mark findings that an approved suppression covers; how many."""
    marked: list[int] = []

    def decide(records: Records) -> list[Fact]:
        approved = [item for item in objects_of(records, SUPPRESSION) if item.state == "approved"]
        found = [item for part in _candidates(records, day, rules).values() for item in part] if approved else []
        by = _by_suppression(approved, found)
        marked.append(sum(map(len, by.values())))
        return [
            program_fact(
                context, stream_of(day), SUPPRESSED, {"day": day.isoformat(), "suppression": name, "findings": part}
            )
            for name, ids in by.items()
            for part in (ids[start : start + MARKED] for start in range(0, len(ids), MARKED))
        ]

    def project(database: Database, indexes: list[int]) -> None:
        for entry in entries_at(database, indexes):
            replay_findings(database, entry)

    context.records.decide(decide, project)
    return marked[0]


def _by_suppression(approved: Sequence[Suppression], found: Sequence[Found]) -> dict[str, list[str]]:
    by: dict[str, list[str]] = {}
    for finding in found:
        name = next((item.id for item in approved if item.covers(finding)), None)
        if name is not None:
            by.setdefault(name, []).append(finding["id"])
    return by


@dataclass(frozen=True, slots=True)
class _Known:
    """A case that there is: its id, its state, and the group under which it was opened."""

    id: str
    state: str
    group: str

    def goes_on(self, same_day: bool) -> bool:  # noqa: FBT001  # which of two it is
        """Whether a further finding joins it, one of the day that it is about or one of another."""
        return self.state != CLOSED and (same_day or self.state != AWAITING_REVIEW)


def _cases_of(records: Records, groups: Sequence[str], held: Mapping[str, Collection[str]]) -> dict[str, list[_Known]]:
    """The cases that groups have or had, the newest first; `held` names, by group, those that hold findings of it."""
    if not groups:
        return {}
    names = {f"g{place}": group for place, group in enumerate(groups)}
    wanted = sorted({case for group in groups for case in held.get(group, ())})
    ids = {f"c{place}": case for place, case in enumerate(wanted)}
    rows = records.query(
        f"SELECT group_id, id, state FROM cases WHERE group_id IN ({_marks(names)}) "  # noqa: S608  # our names
        f"OR id IN ({_marks(ids) or 'NULL'}) ORDER BY opened_at DESC, id DESC",
        names | ids,
    )
    cases = [_Known(str(name), str(state), str(group)) for group, name, state in rows]
    own: dict[str, list[_Known]] = {}
    for case in cases:
        own.setdefault(case.group, []).append(case)
    further = {group: set(held.get(group, ())) for group in groups}
    return {
        group: own.get(group, [])
        if not further[group]
        else [case for case in cases if case.group == group or case.id in further[group]]
        for group in groups
    }


def _marks(names: Mapping[str, str]) -> str:
    return ", ".join(f":{name}" for name in names)


class _Batch:
    """One transaction: groups as they are under the write lock, their events, and the rows that follow.

    `groups` hold as they were read while the record has `size` entries; when others appended, they are read again.
    """

    def __init__(  # what one transaction needs
        self, context: Context, day: date, terms: Terms, pins: Mapping[str, Found], groups: Groups, size: int
    ) -> None:
        self._context, self._day, self._terms, self._pins, self._groups = context, day, terms, pins, groups
        self._size = size
        self._before: dict[str, Version[Case] | None] = {}
        self._now: dict[str, Case] = {}
        self.opened: list[str] = []
        self.joined = 0
        self.used: set[str] = set()

    def decide(self, records: Records) -> list[Fact]:
        """Facts of all groups."""
        wanted = self._groups
        if records.size() != self._size:
            groups = _candidates(records, self._day, self._terms.rules)
            wanted = {name: found for name, found in groups.items() if name in self._groups}
        rules, calendar = self._terms.rules, self._terms.calendar
        of_day = cases_of_incidents(records, self._day, rules)
        of_others = cases_of_other_days(records, self._day, wanted, rules, calendar)
        held = {name: of_day.get(name, set()) | of_others.get(name, set()) for name in wanted}
        before = _cases_of(records, list(wanted), held)
        return [
            fact
            for name, found in wanted.items()
            for fact in self._facts(records, name, found, before.get(name, []), of_day.get(name, ()))
        ]

    def _facts(
        self, records: Records, group: str, found: Sequence[Found], before: Sequence[_Known], of_day: Collection[str]
    ) -> list[Fact]:
        """Facts of one group: it joins an open case, but one of other days is left to close once that was asked for."""
        known = next((case for case in before if case.goes_on(case.group == group or case.id in of_day)), None)
        earlier = None if known else next((case.id for case in before if case.state == CLOSED), None)
        case_id = known.id if known else case_name(group, sum(case.group == group for case in before))
        case = self._stands(records, case_id) if known else None
        self._before.setdefault(CASE.stream(case_id), None)
        pin = self._pins.get(group)
        if pin:
            self.used.add(pin["sha256"])
        if case is None:
            self.opened.append(case_id)
        else:
            self.joined += len(found)
        events = list(events_of(case_id, case, earlier, found, pin, self._terms))
        if case is not None:
            self._now[case_id] = raised(case, events[-1][1])
        return [
            program_fact(
                self._context,
                CASE.stream(case_id),
                kind,
                payload,
                [item["sha256"] for item in payload["pins"]],
                2 if kind == "case.opened" or "title" in payload else 1,
            )
            for kind, payload in events
        ]

    def _stands(self, records: Records, case_id: str) -> Case:
        """A case as it stands after the groups that joined it in this transaction."""
        if case_id not in self._now:
            version = object_of(records, CASE, case_id)
            assert version is not None  # noqa: S101  # a row of the table of cases
            self._before[CASE.stream(case_id)] = version
            self._now[case_id] = version.state
        return self._now[case_id]

    def project(self, database: Database, indexes: list[int]) -> None:
        """Rows of the cases after their entries."""
        for entry in entries_at(database, indexes):
            stream = entry.fact.stream
            self._before[stream] = step(CASE, self._before[stream], happened(entry))
        if after := [version for version in self._before.values() if version is not None]:
            project_objects(database, CASE, after)
