"""Looks at the exit metric of heightened monitoring: measured before the lock is taken, from the data as it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from routeproof.governance.remediation.rules import next_look_from
from routeproof.governance.remediation.state import Look
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.remediation.state import Remediation

METRIC_OF_ROW: dict[str, str] = {
    "price_improvement": "price_improvement_usd_per_share",
    "spread_capture": "spread_capture",
    "fill_time": "time_to_execution_ms_avg",
    "limit_fill_rate": "limit_fill_rate_shares",
    "reversion": "reversion_usd_per_share_60s",
}
"""What a scorecard row measures."""


def metric_names() -> dict[str, str]:
    """The metric that is measured, by every name that an exit test may use."""
    return {**METRIC_OF_ROW, **{name: name for name in BY_NAME}}


def look_until(context: Context, remediation: Remediation, day: date) -> list[dict[str, Any]]:
    """One look over the days since the last one, up to the day before `day`; none if no whole day has passed."""
    first, last = next_look_from(remediation), day - timedelta(days=1)
    if remediation.monitoring is None or last < first:
        return []
    return [_measured(context, remediation, first, last)]


def looks_due(context: Context, remediation: Remediation, day: date) -> list[dict[str, Any]]:
    """A look for every whole review period since the last one: what a regular look would have found."""
    if remediation.monitoring is None:
        return []
    days = timedelta(days=remediation.monitoring.review_every_days)
    first, found = next_look_from(remediation), []
    while first + days <= day:
        found.append(_measured(context, remediation, first, first + days - timedelta(days=1)))
        first += days
    return found


def _measured(context: Context, remediation: Remediation, first: date, last: date) -> dict[str, Any]:
    from routeproof.app.measuring.measure import Question, measure  # noqa: PLC0415  # slow to import

    monitoring = remediation.monitoring
    if monitoring is None:
        message = "a look needs heightened monitoring"
        raise TypeError(message)
    name = monitoring.exit.metric
    if monitoring.exit.within is not None:
        from routeproof.app.desk.stream_looks import measured_streams  # noqa: PLC0415  # slow to import

        seen = measured_streams(context, remediation, monitoring, last)
        within = Look(from_on=first, to_on=last, metric=name, **seen)
        return within.model_dump(mode="json", exclude={"on", "by"})
    metric = metric_names().get(name)
    if metric is None:
        unknown = Look(from_on=first, to_on=last, metric=name, reason=f"no metric is named {name!r}")
        return unknown.model_dump(mode="json", exclude={"on", "by"})
    question = Question(
        metrics=(metric, "executions"),
        first=first,
        last=last,
        provider=remediation.provider,
        where=monitoring.exit.where,
    )
    value: float | None = None
    count: int | None = None
    reason, manifest = "", ""
    try:
        measurement = measure(context.lake, question)
    except RouteproofError as error:
        reason = error.message
    else:
        manifest, rows = measurement.meta["manifest"], measurement.as_plain()["rows"]
        value = rows[0][metric] if rows else None
        count = rows[0]["executions"] if rows else None
        reason = "" if value is not None else (rows[0]["reasons"].get(metric, "") if rows else "no executions")
    look = Look(from_on=first, to_on=last, metric=name, value=value, n=count, reason=reason, manifest=manifest)
    return look.model_dump(mode="json", exclude={"on", "by"})
