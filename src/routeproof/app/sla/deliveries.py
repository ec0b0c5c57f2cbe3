"""The data-delivery calendar: which files were due when, and which came late, incomplete or not at all.

A file is known by what was taken in: it speaks of a day if rows of that day were accepted from it, and it came on the
business date of the commit that took it in. A file that lay on somebody's desk counts as late, unless it was taken in
under the date on which it came.
"""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from routeproof.app.policy_in_force import policy_in_force
from routeproof.ledger.entry import read_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.sla.terms import Delivery, Terms
    from routeproof.policy.sessions import SessionCalendar
    from routeproof.stores.records import Records

Row = dict[str, Any]


def delivery_counts(context: Context, terms: Terms, first: date, last: date) -> dict[str, list[Row]]:
    """By delivery, each expected file: `day, due_on, came_on, files, accepted, rejected, refused, found` and the terms.

    `refused`: whether a file of it was, as a whole. Terms: `least_rows`, `most_rejected`. `found` is a list of `late`,
    `missing`, `incomplete`; empty is as agreed. Files that are not due yet are left out.
    """
    calendar = policy_in_force(context.records).whole.calendar
    sessions = calendar.sessions(first, last)
    came = list(taken_in(context.records))
    today = context.actor.business_on
    return {
        delivery.id: [
            row
            for group in _groups(delivery, sessions)
            if (row := _expected(delivery, group, came, calendar, terms.provider))["due_on"] <= today or row["files"]
        ]
        for delivery in terms.delivery
    }


def _groups(delivery: Delivery, sessions: Sequence[date]) -> list[list[date]]:
    """The days that each expected file speaks of."""
    if delivery.every == "session":
        return [[day] for day in sessions]
    months = dict.fromkeys((day.year, day.month) for day in sessions)
    return [[day for day in sessions if (day.year, day.month) == month] for month in months]


def taken_in(records: Records) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each source's outcome and the business date of its commit."""
    rows = records.query(
        "SELECT outcome, entry FROM lake_sources JOIN lake_commits ON lake_commits.seq = lake_sources.seq "
        "JOIN ledger_entries ON ledger_entries.entry_index = lake_commits.entry_index ORDER BY lake_sources.seq"
    )
    for outcome, entry in rows:
        assert isinstance(entry, bytes | memoryview)  # noqa: S101  # what the statement returns
        yield read_entry(bytes(entry)).fact.business_on, json.loads(str(outcome))


def _expected(
    delivery: Delivery,
    days: Sequence[date],
    came: Sequence[tuple[str, Mapping[str, Any]]],
    calendar: SessionCalendar,
    provider: str,
) -> Row:
    names = {day.isoformat() for day in days}
    due_on = _due(delivery, days[-1], calendar).isoformat()
    found: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        (on, outcome, day)
        for on, outcome in came
        if outcome["source"] == delivery.source
        and delivery.table in (None, outcome["table"])
        and outcome["provider"] in ("", provider)
        for day in outcome["days"]
        if day["day"] in names and day["received"]
    ]
    accepted = sum(day["accepted"] for _, _, day in found)
    rejected = sum(sum(day["rejected"].values()) for _, _, day in found)
    row = {
        "day": days[-1].isoformat(),
        "due_on": due_on,
        "came_on": min((on for on, _, _ in found), default=None),
        "files": sorted({str(outcome["file"]) for _, outcome, _ in found}),
        "accepted": accepted,
        "rejected": rejected,
        "refused": any(outcome["refused"] for _, outcome, _ in found),
        "least_rows": delivery.least_rows,
        "most_rejected": str(delivery.most_rejected),
        "found": [],
    }
    share = Decimal(rejected) / (accepted + rejected) if accepted + rejected else Decimal(0)
    too_few = accepted < delivery.least_rows or share > delivery.most_rejected
    if row["came_on"] is None:
        row["found"] = ["missing"]
        return row
    row["found"] = ["late"] * (row["came_on"] > due_on) + ["incomplete"] * (row["refused"] or too_few)
    return row


def _due(delivery: Delivery, day: date, calendar: SessionCalendar) -> date:
    due, left = day, delivery.due_sessions
    while left:
        due += timedelta(days=1)
        left -= calendar.is_session(due)
    return due
