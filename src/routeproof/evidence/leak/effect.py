"""From day sums of differences in differences to an effect with its interval, or to the reason why there is none.

Days are the clusters. An event's difference is against the window before it and against controls of the same day, so
that a day's own level is taken off twice: no allowance is made for days that hang together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.evidence.interval import Interval, interval, refusal
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle
from routeproof.evidence.series import day_series

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from routeproof.evidence.series import DaySeries
    from routeproof.policy.thresholds import EvidenceStandards


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """Differences summed by day, in the order of days.

    Attributes:
        day: (d,) numbers of days.
        total: (d,) sum of the differences, whole numbers.
        count: (d,) events.
        largest: (d,) events of the order that has most of them.
    """

    day: npt.NDArray[np.int64]
    total: npt.NDArray[np.int64]
    count: npt.NDArray[np.int64]
    largest: npt.NDArray[np.int64]

    @property
    def n(self) -> int:
        """All events."""
        return int(self.count.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A mean difference over events; `found` is None exactly when `reason` says why."""

    estimate: float | None
    found: Interval | None
    n: int
    days: int
    reason: str | None
    series: DaySeries | None = None


def effect(sums: DaySums, unit: int, standards: EvidenceStandards) -> Effect:
    """The mean difference of an event, its days taken as clusters.

    Args:
        sums: by day.
        unit: what the totals are divided by (a million for millionths).
        standards: confidence, fewest days, largest share of one order.
    """
    kept = sums.count > 0
    days = int(kept.sum())
    parts = Partials.of(
        day=sums.day[kept],
        numerator=sums.total[kept] / unit,
        denominator=sums.count[kept],
        largest=sums.largest[kept],
    )
    if not days:
        return Effect(estimate=None, found=None, n=0, days=0, reason="no event has a control")
    series = day_series(parts)
    reason = refusal(series, parts.largest_order_share, standards)
    if reason is not None:
        return Effect(estimate=None, found=None, n=sums.n, days=days, reason=reason)
    value = settle(int(sums.total[kept].sum()) / unit / sums.n)
    return Effect(
        estimate=value,
        found=interval(value, (series,), standards, serial=False),
        n=sums.n,
        days=days,
        reason=None,
        series=series,
    )


def apart(one: Effect, other: Effect, standards: EvidenceStandards) -> Interval | None:
    """How far an effect lies above another one's; null without both.

    The two are taken as independent; what moves the market on a day moves both alike: they are closer than that.
    """
    if one.series is None or other.series is None or one.estimate is None or other.estimate is None:
        return None
    return interval(settle(one.estimate - other.estimate), (one.series, other.series), standards, serial=False)
