"""Two means side by side: subject minus benchmark, weighted by the subject's own mix wherever that can be done."""

from dataclasses import dataclass, replace

from routeproof.evidence.interval import Interval, interval, refusal
from routeproof.evidence.matching import Pairing, Sides, by_day_and_stratum, by_stratum
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle
from routeproof.evidence.series import day_series
from routeproof.policy.thresholds import EvidenceStandards


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One share-weighted mean or ratio of sums. `interval` is None exactly when `reason` says why."""

    value: float | None
    interval: Interval | None
    reason: str | None
    days: int
    effective_days: float
    largest_order_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Subject minus benchmark, in the metric's unit.

    subject and benchmark are the two means over the compared flow (for `pairing` none: over all flow).
    pairing: `day_and_stratum` = like with like on the same day; `stratum` = like with like, different days;
    `fixed` = against a number without sampling error; `none` = not comparable. overlap: share of the subject's
    weight that was compared. days and effective_days: of the side that has fewer. nearer_zero: the difference is
    of magnitudes, |subject| - |benchmark|. `interval` is None exactly when `reason` says why.
    """

    estimate: float | None
    subject: float | None
    benchmark: float | None
    interval: Interval | None
    reason: str | None
    pairing: Pairing
    overlap: float
    days: int
    effective_days: float
    largest_order_share: float
    nearer_zero: bool = False


def estimate_mean(parts: Partials, standards: EvidenceStandards, *, serial: bool = True) -> Estimate:
    """Return the mean with its day-cluster interval, or without one and the reason; `serial` as in `interval`."""
    value = parts.value
    if value is None:
        return Estimate(
            value=None, interval=None, reason="nothing was measured", days=0, effective_days=0, largest_order_share=0
        )
    series = day_series(parts)
    reason = refusal(series, parts.largest_order_share, standards)
    return Estimate(
        value=settle(value),
        interval=None if reason else interval(value, (series,), standards, serial=serial),
        reason=reason,
        days=len(series.weight),
        effective_days=settle(series.effective_days),
        largest_order_share=settle(parts.largest_order_share),
    )


def compare_fixed(
    subject: Partials, benchmark: float, standards: EvidenceStandards, *, nearer_zero: bool = False
) -> Difference:
    """Compare with a declared figure, taken as exact."""
    value = subject.value
    if value is None:
        return _incomparable(None, benchmark, "nothing was measured on the subject's side")
    sides = Sides(value, benchmark, (day_series(subject),), subject.largest_order_share, 1.0, "fixed")
    mirrored = replace(sides, benchmark=-benchmark)
    return _judged(sides, mirrored if nearer_zero else None, standards)


def compare(
    subject: Partials, benchmark: Partials, standards: EvidenceStandards, *, nearer_zero: bool = False
) -> Difference:
    """Compare two flows: on shared (day, stratum) cells if enough weight is shared, else on shared strata.

    Both sides are weighted by the subject's mix over the shared cells or strata. `strata` codes must mean the same
    on both sides. Too little in common gives a Difference without interval.
    """
    if subject.value is None or benchmark.value is None:
        missing = "subject" if subject.value is None else "benchmark"
        return _incomparable(subject.value, benchmark.value, f"nothing was measured on the {missing}'s side")
    for match in (by_day_and_stratum, by_stratum):
        sides = match(subject, benchmark, standards, 1.0)
        if sides is not None:
            mirrored = match(subject, benchmark, standards, -1.0) if nearer_zero else None
            return _judged(sides, mirrored, standards)
    reason = (
        f"less than {standards.least_overlap:.0%} of the subject's volume has a counterpart in the benchmark "
        "(same security and order class)"
    )
    return _incomparable(subject.value, benchmark.value, reason)


def _incomparable(subject: float | None, benchmark: float | None, reason: str) -> Difference:
    both = subject is not None and benchmark is not None
    return Difference(
        estimate=settle(subject - benchmark) if both else None,  # type: ignore[operator]
        subject=subject,
        benchmark=benchmark,
        interval=None,
        reason=reason,
        pairing="none",
        overlap=0.0,
        days=0,
        effective_days=0.0,
        largest_order_share=0.0,
    )


def _judged(sides: Sides, mirrored: Sides | None, standards: EvidenceStandards) -> Difference:
    reason = next(filter(None, (refusal(one, sides.largest, standards) for one in sides.series)), None)
    estimate = sides.subject - sides.benchmark
    drawn = None if reason else interval(estimate, sides.series, standards)
    if mirrored is not None:
        total = mirrored.subject - mirrored.benchmark
        estimate = abs(sides.subject) - abs(sides.benchmark)
        if drawn is not None:
            drawn = _folded(drawn, interval(total, mirrored.series, standards))
    return Difference(
        estimate=settle(estimate),
        subject=settle(sides.subject),
        benchmark=settle(sides.benchmark),
        interval=drawn,
        reason=reason,
        pairing=sides.pairing,
        overlap=settle(sides.overlap),
        days=min(len(one.weight) for one in sides.series),
        effective_days=settle(min(one.effective_days for one in sides.series)),
        largest_order_share=settle(sides.largest),
        nearer_zero=mirrored is not None,
    )


def _folded(minus: Interval, plus: Interval) -> Interval:
    """Interval of |a| - |b| from those of a - b and a + b.

    |a| - |b| is the smaller of the two in magnitude, positive when they have the same sign; the interval is the
    range of that over both intervals, so its sign is claimed only if both a - b and a + b are clear of 0.
    """
    ends = [_smaller(u, v) for u in (minus.lower, minus.upper) for v in (plus.lower, plus.upper)]
    straddles = [side.lower < 0.0 < side.upper for side in (minus, plus)]
    if any(straddles):
        ends.append(0.0)
    wider = max(minus, plus, key=lambda side: side.standard_error)
    return replace(
        wider,
        lower=min(ends),
        upper=max(ends),
        p_value=max(minus.p_value, plus.p_value),
        detectable=max(minus.detectable, plus.detectable),
    )


def _smaller(u: float, v: float) -> float:
    size = min(abs(u), abs(v))
    return size if (u > 0.0) == (v > 0.0) else -size
