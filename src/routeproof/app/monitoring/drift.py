"""A provider's daily streams against their baselines: confidence sequences that may be looked at every day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.firm_facts import firm_facts
from routeproof.app.monitoring.run_day import stream_maker
from routeproof.evidence.baseline import baseline_of
from routeproof.evidence.drift import drift
from routeproof.evidence.partials import Partials
from routeproof.policy.thresholds import DriftStandards
from routeproof.rules.stream_metrics import BETTER, BY_METRIC
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.app.context import Context
    from routeproof.evidence.baseline import Baselines
    from routeproof.evidence.drift import Better

BASELINE_SESSIONS = 63
"""Sessions of a baseline that nobody chose: about a quarter."""
WATCHED = ("price_improvement", "effective_spread", "fill_rate", "time_to_execution_ms")
"""Metrics that are watched: all streams of a provider share one chance of a false alarm, so each further one costs."""
_EPOCH = date(1970, 1, 1)
_KEY = ("venue", "order_type", "metric")
_SHOWN = ("n", "baseline", "mean", "lower", "upper", "reason")


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
        baseline: first and last day of the baseline; the first 63 sessions on record if omitted.
        told: hears which days are measured.

    Returns:
        `provider, day, baseline_from, baseline_to, sessions` (watched since), `streams`: `venue` (null: all),
        `order_type` (null: all), `metric, unit, better, baseline, mean, lower, upper, n, since, alarm_on, reason`.
        Where `reason` is not null it says why nothing can be told, or not yet.

    Raises:
        UsageError: nothing of the provider is on record up to the day.
    """
    manifest = context.lake.manifest().id
    affiliates = firm_facts(context, day, manifest)[0].get("affiliates")
    maker = stream_maker(context, manifest, affiliates, told)
    every = maker.before(day + timedelta(days=1), len(maker.source.days()))
    own = every.filter((pl.col("provider") == provider) & pl.col("metric").is_in(WATCHED))
    days = own["day"].unique().sort().to_list()
    if not days:
        message = f"expected a provider with flow up to {day}, found nothing of {provider}"
        raise UsageError(message, where="--provider")
    first, last = baseline or (days[0], days[:BASELINE_SESSIONS][-1])
    before = own.filter(pl.col("day").is_between(first, last))
    watched = own.filter(pl.col("day") > last)
    return {
        "provider": provider,
        "day": day.isoformat(),
        "baseline_from": first.isoformat(),
        "baseline_to": last.isoformat(),
        "sessions": watched["day"].n_unique(),
        "streams": judged_streams(before, watched),
    }


def judged_streams(before: pl.DataFrame, watched: pl.DataFrame) -> list[dict[str, Any]]:
    """Streams in order of metric, venue and kind; a stream without a baseline is not watched and takes no share."""
    standards = DriftStandards()
    then, now = _by_key(before), _by_key(watched)
    keys = sorted({*then, *now}, key=lambda key: (key[2], key[0] or "", key[1] or ""))
    bases: dict[tuple[str | None, str | None, str], Baselines | str] = {
        key: baseline_of(_partials(then.get(key)), standards) for key in keys
    }
    streams = sum(not isinstance(base, str) for base in bases.values())
    rows = []
    for venue, kind, metric in keys:
        base, better = bases[venue, kind, metric], BETTER[metric]
        row: dict[str, Any] = {
            "venue": venue,
            "order_type": kind,
            "metric": metric,
            "unit": BY_METRIC[metric].unit,
            "better": better,
            **dict.fromkeys(_SHOWN),
            "since": None,
            "alarm_on": None,
        }
        days = _partials(now.get((venue, kind, metric)))
        if isinstance(base, str):
            row |= {"n": len(days.day), "reason": base}
        else:
            row |= _judged(days, base, "higher" if better == "higher" else "lower", streams, standards)
        rows.append(row)
    return rows


def _judged(days: Partials, base: Baselines, better: Better, streams: int, standards: DriftStandards) -> dict[str, Any]:
    found = drift(days, base, better, streams, standards)
    shown = {name: getattr(found, name) for name in _SHOWN}
    return {**shown, "since": _date(found.since), "alarm_on": _date(found.alarm_on)}


def _date(day: int | None) -> str | None:
    return None if day is None else (_EPOCH + timedelta(days=day)).isoformat()


def _by_key(rows: pl.DataFrame) -> dict[tuple[str | None, str | None, str], pl.DataFrame]:
    return {
        (venue, kind, metric): part
        for (venue, kind, metric), part in rows.sort("day").group_by(_KEY, maintain_order=True)
    }


def _partials(rows: pl.DataFrame | None) -> Partials:
    """Days of one stream; none where there are none."""
    if rows is None:
        return Partials.of(day=[], numerator=[], denominator=[])
    return Partials.of(
        day=rows["day"].to_physical().to_numpy(),
        numerator=(rows["value"] * rows["weight"]).to_numpy(),
        denominator=rows["weight"].to_numpy(),
    )
