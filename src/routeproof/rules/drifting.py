"""A provider's daily streams against their baselines, for whoever shows them and for the rule that finds an alarm.

One watch lasts for a calendar year. Its baseline are the provider's first sessions on record, but none before October
of the year before: so a year of looks spends one chance of a false alarm, and what is judged does not depend on how far
back the record goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from routeproof.evidence.baseline import baseline_of
from routeproof.evidence.drift import drift
from routeproof.evidence.partials import Partials
from routeproof.rules.stream_keys import AGREED
from routeproof.rules.stream_metrics import BETTER

if TYPE_CHECKING:
    from routeproof.evidence.baseline import Baselines
    from routeproof.evidence.drift import Better, Drift
    from routeproof.policy.thresholds import DriftStandards
    from routeproof.rules.stream_keys import Key

WATCHED = ("price_improvement", "effective_spread", "fill_rate", "time_to_execution_ms")
"""Metrics that are watched: all streams of a provider share one chance of a false alarm, so each further one costs."""
FIRST_MONTH = 10
"""The last quarter of a year is the next one's baseline: about 63 sessions."""
_EPOCH = date(1970, 1, 1)
_KEY = ("venue", "order_type", "metric")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedStream:
    """One watched stream at its last look.

    Attributes:
        key: venue, kind of order, metric.
        found: null where it has no baseline, and `reason` then says why.
        n: days since the baseline.
        clause: of the agreement that sets the level; null: estimated from the baseline's days.
    """

    key: Key
    found: Drift | None
    n: int
    reason: str | None
    clause: str | None = None


def day_of(number: int) -> date:
    """The day of a day number, as streams of evidence count days."""
    return _EPOCH + timedelta(days=number)


def divided(own: pl.DataFrame, day: date, standards: DriftStandards) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Streams of one provider's watch at a day: those of its baseline, and those watched since."""
    begun = date(day.year - 1, FIRST_MONTH, 1)
    known = own.filter(pl.col("day").is_between(begun, day))
    days = known["day"].unique().sort()[: standards.baseline_sessions]
    in_baseline = pl.col("day").is_in(days.implode())
    return known.filter(in_baseline), known.filter(~in_baseline)


def judged_streams(
    before: pl.DataFrame, watched: pl.DataFrame, standards: DriftStandards, agreed: pl.DataFrame | None = None
) -> list[JudgedStream]:
    """Streams in order of metric, venue and kind; one without a baseline is not watched and takes no share.

    Args:
        before: `rules.streams.STREAMS` of one provider, the days of the baseline.
        watched: the days since.
        standards: of the policy in force.
        agreed: `rules.stream_keys.AGREED` of the provider; such a stream is watched from the agreement's first day on.
    """
    then, now, levels = _by_key(before), _by_key(watched), _levels(agreed)
    keys = sorted({*then, *now}, key=lambda key: (key[2], key[0] or "", key[1] or ""))
    bases = {key: baseline_of(days_of(then.get(key)), standards, levels.get(key, _OWN)[0]) for key in keys}
    streams = sum(not isinstance(base, str) for base in bases.values())
    found = []
    for key in keys:
        level, since, clause = levels.get(key, _OWN)
        rows = now.get(key)
        days = days_of(rows if rows is None or since is None else rows.filter(pl.col("day") >= since))
        base = bases[key]
        if isinstance(base, str):
            found.append(JudgedStream(key=key, found=None, n=len(days.day), reason=base))
        else:
            judged = drift(days, base, better(key[2]), streams, standards)
            kept = clause if level is not None else None
            found.append(JudgedStream(key=key, found=judged, n=judged.n, reason=judged.reason, clause=kept))
    return found


_OWN: tuple[float | None, date | None, str | None] = (None, None, None)
"""No level was agreed."""


def better(metric: str) -> Better:
    """Which way a watched metric is better."""
    return "higher" if BETTER[metric] == "higher" else "lower"


def own_baseline(before: pl.DataFrame, key: Key, standards: DriftStandards, level: float | None) -> Baselines | str:
    """Baseline of one stream out of a provider's baseline days, or why there is none; `level`: agreed."""
    return baseline_of(days_of(_by_key(before).get(key)), standards, level)


def days_of(rows: pl.DataFrame | None) -> Partials:
    """Days of one stream; none where there are none."""
    if rows is None:
        return Partials.of(day=[], numerator=[], denominator=[])
    return Partials.of(
        day=rows["day"].to_physical().to_numpy(),
        numerator=(rows["value"] * rows["weight"]).to_numpy(),
        denominator=rows["weight"].to_numpy(),
    )


def _levels(agreed: pl.DataFrame | None) -> dict[Key, tuple[float | None, date | None, str | None]]:
    rows = AGREED.to_frame() if agreed is None else agreed
    return {
        (venue, kind, metric): (level, since, clause)
        for venue, kind, metric, level, since, clause in rows.select(*_KEY, "level", "since", "clause").iter_rows()
    }


def _by_key(rows: pl.DataFrame) -> dict[Key, pl.DataFrame]:
    return {
        (venue, kind, metric): part
        for (venue, kind, metric), part in rows.sort("day").group_by(_KEY, maintain_order=True)
    }
