"""Faults that last: what a rule says of a whole day again goes on with the case that it opened some days ago."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.rules.grouping import EXPLAINING, OF_ORDER
from routeproof.rules.registry import ALL
from routeproof.tables.trading_days import earlier_days, next_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.policy.cases import CaseRules
    from routeproof.policy.sessions import SessionCalendar
    from routeproof.stores.records import Records

    Fault = tuple[str, str | None, str | None]

OF_DAYS = {rule.name: rule for rule in ALL if rule.kind == "window" and rule.family not in EXPLAINING}
"""Rules that judge a day or longer. Outages and gaps happen at their hour: the next one is another one."""


def cases_of_other_days(
    records: Records,
    day: date,
    groups: Mapping[str, Sequence[Mapping[str, Any]]],
    rules: CaseRules,
    calendar: SessionCalendar,
) -> dict[str, set[str]]:
    """By group of a day: cases that near trading days opened over each of the group's faults.

    A fault is a rule with the provider and venue that it speaks of. Of a group with a fault that a case does not hold,
    the case is not one: what is new is told as new.
    """
    wanted = {group: {_fault(item) for item in found} for group, found in groups.items() if _is_of_days(group, found)}
    days = _near(day, rules.lasting_days, calendar)
    if not wanted or not days:
        return {}
    held = _held(records, days, {rule for faults in wanted.values() for rule, _, _ in faults})
    return {group: set.intersection(*(held.get(fault, set()) for fault in faults)) for group, faults in wanted.items()}


def _is_of_days(group: str, found: Sequence[Mapping[str, Any]]) -> bool:
    return not group.startswith(OF_ORDER) and all(item["rule"] in OF_DAYS for item in found)


def _fault(item: Mapping[str, Any]) -> Fault:
    return item["rule"], item["provider"], None if OF_DAYS[item["rule"]].wide else item["venue"]


def _near(day: date, count: int, calendar: SessionCalendar) -> list[date]:
    """So many trading days before and after a day: an earlier one may be judged again."""
    before = earlier_days(calendar.hours, day)
    return [*before[max(len(before) - count, 0) :], *next_days(calendar.hours, day)[:count]]


def _held(records: Records, days: Sequence[date], names: set[str]) -> dict[Fault, set[str]]:
    on = {f"d{place}": each.isoformat() for place, each in enumerate(days)}
    by = {f"r{place}": name for place, name in enumerate(sorted(names))}
    rows = records.query(
        "SELECT DISTINCT rule, provider, venue, case_id FROM findings WHERE case_id IS NOT NULL AND withdrawn = 0 "  # noqa: S608  # our names
        f"AND day IN ({', '.join(f':{name}' for name in on)}) AND rule IN ({', '.join(f':{name}' for name in by)}) "
        "AND group_id LIKE 'incident:%'",
        on | by,
    )
    held: dict[Fault, set[str]] = {}
    for rule, provider, venue, case in rows:
        fault = _fault({"rule": str(rule), "provider": provider, "venue": venue})
        held.setdefault(fault, set()).add(str(case))
    return held
