"""A provider's daily streams against their baselines: confidence sequences that may be looked at every day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.agreed_levels import agreed_levels
from routeproof.app.facts.firm_facts import firm_facts
from routeproof.app.monitoring.policy import rule_policy
from routeproof.app.monitoring.run_day import stream_maker
from routeproof.app.policy_in_force import policy_in_force
from routeproof.rules.drifting import WATCHED, day_of, divided, judged_streams
from routeproof.rules.stream_metrics import BETTER, BY_METRIC
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.policy.thresholds import DriftStandards
    from routeproof.rules.drifting import JudgedStream

_OF_DRIFT = ("baseline", "mean", "lower", "upper")


def show_drift(
    context: Context,
    provider: str,
    day: date,
    baseline: tuple[date, date] | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Every watched stream of a provider at its last look.

    Args:
        context: workspace.
        provider: its id.
        day: the last day to look at.
        baseline: first and last day of the baseline; if omitted the first sessions of the watch that the day lies in,
            as the rule `quality_drift` takes them: see `rules.drifting`.
        told: hears which days are measured.

    Returns:
        `provider, day, policy, baseline_from, baseline_to, sessions` (watched since), `streams`: `venue` (null: all),
        `order_type` (null: all), `metric, unit, better, baseline, clause` (of the agreement that sets the baseline;
        null: estimated), `mean, lower, upper, n, since, alarm_on, alarms, reason`. Where `reason` is not null it says
        why nothing can be told, or not yet.

    Raises:
        UsageError: nothing of the provider is on record up to the day.
    """
    standards = drift_standards(context, day)
    own = provider_streams(context, provider, day, told).filter(pl.col("metric").is_in(WATCHED))
    if own.is_empty():
        message = f"expected a provider with flow up to {day}, found nothing of {provider}"
        raise UsageError(message, where="--provider")
    before, watched = _chosen(own, baseline) if baseline else divided(own, day, standards)
    days = before["day"]
    first, last = baseline or (days.min(), days.max())
    levels = agreed_levels(context, day).filter(pl.col("provider") == provider)
    return {
        "provider": provider,
        "day": day.isoformat(),
        "policy": rule_policy(context.records, day).id,
        "baseline_from": _text(first),
        "baseline_to": _text(last),
        "sessions": watched["day"].n_unique(),
        "streams": [_row(stream) for stream in judged_streams(before, watched, standards, levels)],
    }


def drift_standards(context: Context, day: date) -> DriftStandards:
    """The policy of drift in force on a day."""
    return policy_in_force(context.records).whole.monitoring.drift.on_or_first(day).value


def provider_streams(
    context: Context, provider: str, day: date, told: Callable[[str], None] = lambda _: None
) -> pl.DataFrame:
    """`rules.streams.STREAMS` of a provider, all days on record up to and with a day."""
    manifest = context.lake.manifest().id
    affiliates = firm_facts(context, day, manifest)[0].get("affiliates")
    maker = stream_maker(context, manifest, affiliates, told)
    every = maker.before(day + timedelta(days=1), len(maker.source.days()))
    return every.filter(pl.col("provider") == provider)


def _chosen(own: pl.DataFrame, baseline: tuple[date, date]) -> tuple[pl.DataFrame, pl.DataFrame]:
    first, last = baseline
    return own.filter(pl.col("day").is_between(first, last)), own.filter(pl.col("day") > last)


def _row(stream: JudgedStream) -> dict[str, Any]:
    venue, kind, metric = stream.key
    found = stream.found
    return {
        "venue": venue,
        "order_type": kind,
        "metric": metric,
        "unit": BY_METRIC[metric].unit,
        "better": BETTER[metric],
        **{name: getattr(found, name, None) for name in _OF_DRIFT},
        "clause": stream.clause,
        "n": stream.n,
        "since": None if found is None or found.since is None else day_of(found.since).isoformat(),
        "alarm_on": None if found is None or found.alarm_on is None else day_of(found.alarm_on).isoformat(),
        "alarms": [] if found is None else [day_of(one).isoformat() for one in found.alarms],
        "reason": stream.reason,
    }


def _text(day: object) -> str | None:
    return None if day is None else str(day)
