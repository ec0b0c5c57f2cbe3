"""Facts of what was agreed with a provider and what it delivered: clauses, expected files, restated data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.sla.deliveries import delivery_counts, taken_in
from routeproof.app.sla.evaluate import agreement_in_force, covered_days, evaluate_sla
from routeproof.governance.sla.noun import SLA
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.app.context import Context
    from routeproof.policy.sessions import SessionCalendar
    from routeproof.stores.records import Records

DELIVERIES = pl.Schema(
    {
        "provider": pl.String(),
        "delivery": pl.String(),
        "day": pl.Date(),
        "due_on": pl.Date(),
        "came_on": pl.Date(),
        "accepted": pl.Int64(),
        "rejected": pl.Int64(),
        "least_rows": pl.Int64(),
        "most_rejected": pl.Float64(),
        "found": pl.List(pl.String()),
    }
)
CLAUSES = pl.Schema(
    {
        "provider": pl.String(),
        "clause": pl.String(),
        "title": pl.String(),
        "metric": pl.String(),
        "observed": pl.Float64(),
        "threshold": pl.Float64(),
        "unit": pl.String(),
        "breached": pl.Boolean(),
        "period": pl.String(),
        "n": pl.Int64(),
    }
)
RESTATED = pl.Schema(
    {"provider": pl.String(), "file": pl.String(), "day": pl.Date(), "rows": pl.Int64(), "contradicting": pl.Int64()}
)
CONTRADICTS = "conflict"
"""In the reason for which rows are set aside that contradict what is known."""


def agreed_facts(context: Context, day: date, manifest: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Members `deliveries` and `sla` of `Facts`, and why they are not there."""
    quarter = f"{day.year}Q{(day.month + 2) // 3}"
    providers = sorted({item.provider for item in objects_of(context.records, SLA)})
    bound = [one for one in providers if agreement_in_force(context, one, quarter_days(quarter))[1] is not None]
    if not bound:
        why = "no agreement with a provider is in force"
        return {}, {"deliveries": why, "sla": why}
    deliveries = pl.concat([_deliveries(context, one, day, quarter) for one in bound])
    calendar = policy_in_force(context.records).whole.calendar
    ended = _ended(calendar, day, quarter)
    clauses = [row for one in bound if ended for row in _clauses(context, one, quarter, manifest, ended)]
    return {"deliveries": deliveries, "sla": pl.DataFrame(clauses, schema=CLAUSES, orient="row")}, {}


def _deliveries(context: Context, provider: str, day: date, quarter: str) -> pl.DataFrame:
    """Expected files of the quarter that are due by the day."""
    first, last = quarter_days(quarter)
    sla, version = agreement_in_force(context, provider, (first, last))
    assert version is not None  # noqa: S101  # the caller looked
    first, last = covered_days(sla, (first, last))
    counted = delivery_counts(context, version.terms, first, min(day, last))
    rows = [
        {
            "provider": provider,
            "delivery": name,
            **{key: _day(row[key]) for key in ("day", "due_on", "came_on")},
            **{key: row[key] for key in ("accepted", "rejected", "least_rows", "found")},
            "most_rejected": float(row["most_rejected"]),
        }
        for name, expected in counted.items()
        for row in expected
    ]
    return pl.DataFrame(rows, schema=DELIVERIES).filter(pl.col("due_on") <= day)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _ended(calendar: SessionCalendar, day: date, quarter: str) -> frozenset[str]:
    """Windows of which a day is the last session: its month, its quarter, or none."""
    first, last = quarter_days(quarter)
    sessions = calendar.sessions(first, last)
    of_month = [one for one in sessions if one.month == day.month]
    ends = {f"{day.year}-{day.month:02d}": of_month, quarter: sessions}
    return frozenset(name for name, known in ends.items() if known and known[-1] == day)


def _clauses(
    context: Context, provider: str, quarter: str, manifest: str, ended: frozenset[str]
) -> Iterator[dict[str, Any]]:
    """Clauses judged over the windows that end with the day."""
    for clause in evaluate_sla(context, provider, quarter, manifest=manifest)["clauses"]:
        metric = BY_NAME.get(clause["metric"])
        for window in clause["windows"]:
            if window["window"] in ended:
                yield {
                    "provider": provider,
                    "clause": clause["id"],
                    "title": clause["title"] or clause["metric"],
                    "metric": metric.name if metric else None,
                    "observed": window["observed"],
                    "threshold": clause["threshold"],
                    "unit": metric.unit if metric else "files",
                    "breached": window["breached"],
                    "period": window["window"],
                    "n": window["n"],
                }


def restated_of(records: Records, day: date) -> pl.DataFrame:
    """Data of a day that a delivery of a later business date changed, by provider and kind of file."""
    first: dict[tuple[str, str, str], str] = {}
    rows = []
    for on, outcome in taken_in(records):
        kind = (str(outcome["provider"]), str(outcome["source"]), str(outcome["table"]))
        for told in outcome["days"]:
            if told["day"] != day.isoformat() or not told["received"]:
                continue
            before = first.setdefault(kind, on)
            wrong = sum(count for reason, count in told["rejected"].items() if CONTRADICTS in reason)
            new = told["accepted"] - told["already_known"]
            if on > before and new + wrong > 0 and kind[0]:
                rows.append((kind[0], str(outcome["file"]), day, max(new, 0) + wrong, wrong))
    return pl.DataFrame(rows, schema=RESTATED, orient="row")
