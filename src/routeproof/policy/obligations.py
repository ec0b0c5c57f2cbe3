"""What is owed when: every obligation with its rule, owner and due date, as dated policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

Every = Literal["session", "month", "quarter", "year", "anniversary", "event"]
Per = Literal["firm", "provider", "procedure", "monitoring"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """Something that must be done again and again, or after something happened.

    Attributes:
        title: what, in words.
        rule: reference of the rule that asks for it.
        owner: role that answers for it.
        every: the period that it is owed for, `session` = each trading day; `anniversary` = a year after it was last
            done; `event` = once after an event of `opened_by`.
        per: the whole firm, each provider, each procedure in force; `monitoring` = the firm, from the first trading day
            that it judged by the monitoring rules.
        days: due so many days after the period's end, the last time, or the opening event.
        sessions: count trading days instead of calendar days.
        proved_by: types of ledger events that show that it was done; a person may close it with evidence as well.
        proved_when: `member=value` that a proving event's payload must have, all of them.
        opened_by: types of events that open it.
        opened_when: `member=value` that the opening event's payload must have, all of them.
        due_member: member of the payload that opens it (`anniversary`: of the one that proved it last) which says the
            due date itself; `days` where it says none.
        clock_members: members that say the instant from which `days` run, the first that is known; they are looked for
            in everything recorded of the thing, since what is entered later began no later. Where none is known, the
            days run from the business date of the opening event.
        by_all: member of the opening payload that names the persons who must all do it.
        thing: member of the payload that names what is opened and closed, such as the incident.
        horizon_days: what was never done is first due so many days after the beginning (`anniversary`).
        applies: whether the firm owes it at all.
    """

    title: str
    rule: str
    owner: str
    every: Every
    per: Per = "firm"
    days: int = 0
    sessions: bool = False
    proved_by: tuple[str, ...] = ()
    proved_when: tuple[str, ...] = ()
    opened_by: tuple[str, ...] = ()
    opened_when: tuple[str, ...] = ()
    thing: str = ""
    due_member: str = ""
    clock_members: tuple[str, ...] = ()
    by_all: str = ""
    horizon_days: int = 30
    applies: bool = True


_LISTS = ("proved_by", "proved_when", "opened_by", "opened_when", "clock_members")


def obligations_of(subjects: Mapping[str, Any]) -> dict[str, Timeline[Obligation]]:
    """Obligations by name.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a period or scope that there is not.
    """
    return {name: timeline(f"duty {name}", rows, _obligation) for name, rows in subjects.items()}


def _obligation(value: Mapping[str, Any]) -> Obligation:
    if value["every"] not in get_args(Every) or value.get("per", "firm") not in get_args(Per):
        message = f"expected every = {'|'.join(get_args(Every))} and per = {'|'.join(get_args(Per))}, found {value}"
        raise ValueError(message)
    lists = {name: tuple(value.get(name, ())) for name in _LISTS}
    return Obligation(**{**value, **lists})
