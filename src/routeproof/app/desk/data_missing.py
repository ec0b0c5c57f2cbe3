"""Data that did not come, came refused, or left rules unjudged; told by the record, without a look at rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.monitoring.judged import last_judgement
from routeproof.app.monitoring.worked_days import days_worked
from routeproof.app.objects.governed import ids_of, objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.sla.deliveries import delivery_counts
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.sla.noun import SLA
from routeproof.vocab.times import quarter_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.app.context import Context

LOOKED_BACK = timedelta(days=45)
"""How far back agreed deliveries are called for; what is older is a matter of the agreement's evaluation."""
REFUSED, DAYS_TOLD = 3, 2
FLOW = frozenset({"parent_orders", "routes", "executions"})


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that lacks.

    Attributes:
        what: in words.
        action: what brings it.
        to: page where that is done, or where it is seen.
        due_on: day on which it was due; empty where none was agreed.
    """

    what: str
    action: str
    to: str
    due_on: str = ""


def data_missing(context: Context) -> list[Missing]:
    """What lacks, by what it is: order flow, agreed files, files that were refused, days that rules could not judge."""
    return [*_flow(context), *_market(context), *_agreed(context), *_refused(context), *_unjudged(context)]


def last_days(context: Context) -> dict[str, date]:
    """Provider to the last trading day of which rows of it were accepted."""
    found: dict[str, date] = {}
    for outcome in _outcomes(context):
        days = [str(day["day"]) for day in outcome["days"] if day["day"] and day["accepted"]]
        if outcome["provider"] and days:
            last = date.fromisoformat(max(days))
            found[outcome["provider"]] = max(last, found.get(outcome["provider"], last))
    return found


def quarters_of_flow(context: Context) -> dict[str, set[str]]:
    """Provider to the quarters of which rows of it were accepted, `2026Q3`.

    Orders and fills that name their provider row by row may be of every provider that has a file.
    """
    found: dict[str, set[str]] = {}
    everybody = ids_of(context.records, PROVIDER)
    for outcome in _outcomes(context):
        days = [date.fromisoformat(str(day["day"])) for day in outcome["days"] if day["day"] and day["accepted"]]
        named = [outcome["provider"]] if outcome["provider"] else everybody if outcome["table"] in FLOW else []
        for provider in named:
            found.setdefault(provider, set()).update(map(quarter_of, days))
    return found


def _outcomes(context: Context) -> tuple[dict[str, Any], ...]:
    """What became of every file, read once for each state of the record."""
    ((last,),) = context.records.query("SELECT MAX(seq) FROM lake_sources")
    key = (str(context.workspace.root), last)
    known = _READ.get("last")
    if known is None or known[0] != key:
        rows = context.records.query("SELECT outcome FROM lake_sources ORDER BY seq")
        known = _READ["last"] = (key, tuple(json.loads(str(outcome)) for (outcome,) in rows))
    return known[1]


_READ: dict[str, tuple[tuple[str, object], tuple[dict[str, Any], ...]]] = {}


def _sessions_after(context: Context, day: date) -> list[date]:
    """Trading days after a day whose files should be there: those before today."""
    calendar, yesterday = policy_in_force(context.records).whole.calendar, context.business_day - timedelta(days=1)
    return list(calendar.sessions(day + timedelta(days=1), yesterday)) if day < yesterday else []


def _flow(context: Context) -> Iterator[Missing]:
    """Providers in use of which nothing came for a session or more."""
    ended = {item.id for item in objects_of(context.records, PROVIDER) if item.termination is not None}
    for provider, last in sorted(last_days(context).items()):
        sessions = [] if provider in ended else _sessions_after(context, last)
        if sessions:
            days = f"{len(sessions)} trading day{'s' if len(sessions) > 1 else ''}"
            what = f"Nothing from {provider} for {days}, since {last}"
            yield Missing(what, "take its files in, or ask for them", f"/data?text={provider}", sessions[0].isoformat())


def _market(context: Context) -> Iterator[Missing]:
    """Days with executions and without quotes: nothing of them can be held against the market."""
    manifest = context.lake.manifest()
    lacking = sorted({*manifest.parts("executions")} - {*manifest.parts("quotes")})
    if lacking:
        more = f" and {len(lacking) - DAYS_TOLD} more" if len(lacking) > DAYS_TOLD else ""
        what = f"No quotes of {', '.join(lacking[:DAYS_TOLD])}{more}, though there are executions"
        yield Missing(what, "take market data in", "/data?text=quotes", lacking[0])


def _agreed(context: Context) -> Iterator[Missing]:
    """Files that an agreement in force promises, were due, and are not there."""
    today = context.business_day
    for agreement in objects_of(context.records, SLA):
        version, provider = agreement.in_force(today, today), agreement.provider
        days = agreement.covered(today - LOOKED_BACK, today)
        if version is None or days is None or not version.terms.delivery:
            continue
        counts = delivery_counts(context, version.terms, *days)
        for name, rows in counts.items():
            lacking = [row for row in rows if "missing" in row["found"]]
            if lacking:
                first = min(lacking, key=lambda row: str(row["due_on"]))
                more = f" and {len(lacking) - 1} more days" if len(lacking) > 1 else ""
                what = f"{provider} has not delivered {name} for {first['day']}{more}"
                yield Missing(what, "ask for it, as agreed", f"/providers/{provider}#agreement", str(first["due_on"]))


def _refused(context: Context) -> Iterator[Missing]:
    """The last files that were refused as a whole, and did not come right since."""
    latest: dict[str, dict[str, Any]] = {}
    for outcome in _outcomes(context):
        latest[str(outcome["file"])] = outcome
    refused = [item for item in latest.values() if item["refused"]]
    for outcome in refused[-REFUSED:]:
        what = f"{outcome['file']} was refused: {outcome['refused']}"
        yield Missing(what, "correct it and take it in again", f"/data?text={outcome['file']}")


def _unjudged(context: Context) -> Iterator[Missing]:
    """Open days on which rules could not be judged for want of data, the latest few."""
    waiting = [item["day"] for item in days_worked(context) if not item["closed"]]
    for day in waiting[:DAYS_TOLD]:
        judged = last_judgement(context.records, date.fromisoformat(day))
        if judged is not None and judged.unjudged:
            count = len(judged.unjudged)
            what = f"{count} rule{'s' if count > 1 else ''} could not judge {day} for want of data"
            yield Missing(what, "see what lacks", f"/days/{day}")
