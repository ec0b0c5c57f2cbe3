"""How far a source's clock is from another's, from events that both stamped or that caused one another.

As in NTP (RFC 5905, section 8): a request is sent before it is answered. With d the source's clock minus the
reference's, an effect stamped by the source less its cause stamped by the reference is at least d, and a cause stamped
by the source less its effect stamped by the reference is at most d. Delays are never negative, so the smallest of the
first kind and the largest of the second hold d between them. Where both stamped the same event, the differences are d.
"""

from dataclasses import dataclass
from math import comb, floor, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Method = Literal["same_event", "request_and_answer"]
CONFIDENCE = 0.95
WIDEST = 2
"""Windows wider than so many times the median one are left out."""
EXACT_BELOW = 1_000
"""Pairs up to which binomial sums are exact; beyond, the normal approximation is as good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset:
    """A source's clock minus the reference's, in nanoseconds; positive = the source is ahead.

    estimate, lower, upper: null exactly when `reason` says why; one bound may be known without the other.
    n: pairs of stamps; windows: short stretches of time that were told apart. steady: one offset fits all windows;
    otherwise lower and upper hold the offsets of every window, and the estimate is the median window's.
    """

    estimate: float | None
    lower: float | None
    upper: float | None
    n: int
    windows: int
    method: Method
    steady: bool = True
    reason: str = ""


def same_event(differences: Int64s) -> ClockOffset:
    """The offset where both stamped the same events: the median difference, with its distribution-free interval.

    Args:
        differences: source stamp minus reference stamp, of each event.

    The bounds are order statistics (sign test) at 95 %; with fewer than six pairs, the smallest and largest difference.
    """
    n = len(differences)
    if not n:
        return _unknown("same_event", "no event was stamped by both")
    ordered = np.sort(differences)
    below = _rank(n)
    return ClockOffset(
        estimate=(float(ordered[(n - 1) // 2]) + float(ordered[n // 2])) / 2,
        lower=float(ordered[below]),
        upper=float(ordered[n - 1 - below]),
        n=n,
        windows=1,
        method="same_event",
    )


def request_and_answer(at_least: dict[int, Int64s], at_most: dict[int, Int64s]) -> ClockOffset:
    """The offset between the tightest causal bounds of each window of time.

    A clock that wanders is told only by stamps that are near in time: a window should be short beside its wandering.

    Args:
        at_least: by window, cause stamped by the source minus effect stamped by the reference: the offset is no less.
        at_most: by window, effect stamped by the source minus cause stamped by the reference: the offset is no more.
    """
    lows = {key: int(found.max()) for key, found in at_least.items() if len(found)}
    highs = {key: int(found.min()) for key, found in at_most.items() if len(found)}
    n = sum(len(found) for side in (at_least, at_most) for found in side.values())
    both = sorted(lows.keys() & highs.keys())
    sound = _telling({key: highs[key] - lows[key] for key in both if lows[key] <= highs[key]})
    if not sound:
        return _one_sided(lows, highs, n, contradicted=bool(both))
    low, high = [lows[key] for key in sound], [highs[key] for key in sound]
    steady = max(low) <= min(high)
    lower, upper = (max(low), min(high)) if steady else (min(low), max(high))
    middle = float(np.median([(one + other) / 2 for one, other in zip(low, high, strict=True)]))
    return ClockOffset(
        estimate=min(max(middle, float(lower)), float(upper)),
        lower=float(lower),
        upper=float(upper),
        n=n,
        windows=len(sound),
        method="request_and_answer",
        steady=steady,
    )


def _telling(widths: dict[int, int]) -> list[int]:
    """Windows that are not much wider than most: where all messages were slow, stamps say too little."""
    most = WIDEST * float(np.median(list(widths.values()))) if widths else 0.0
    return [key for key, width in widths.items() if width <= most]


def _one_sided(lows: dict[int, int], highs: dict[int, int], n: int, *, contradicted: bool) -> ClockOffset:
    if contradicted:
        return _unknown(
            "request_and_answer", "in every window some effect is stamped before its cause, whatever the offset", n
        )
    if not lows and not highs:
        return _unknown("request_and_answer", "no request with its answer was stamped by both")
    missing = "the reference answers no message of the source" if not lows else "the source answers no message"
    return ClockOffset(
        estimate=None,
        lower=float(min(lows.values())) if lows else None,
        upper=float(max(highs.values())) if highs else None,
        n=n,
        windows=len(lows or highs),
        method="request_and_answer",
        reason=f"{missing}: the delay cannot be told from the offset",
    )


def _unknown(method: Method, reason: str, n: int = 0) -> ClockOffset:
    return ClockOffset(estimate=None, lower=None, upper=None, n=n, windows=0, method=method, reason=reason)


def _rank(n: int) -> int:
    """Position from either end of the order statistics that hold the median with 95 %; 0 where none do."""
    if n > EXACT_BELOW:
        return max(floor((n - 1.959963984540054 * sqrt(n)) / 2) - 1, 0)
    tail, place = 0, 0
    while place < n // 2:
        tail += comb(n, place)
        if 2 * tail > (1 - CONFIDENCE) * 2**n:
            break
        place += 1
    return max(place - 1, 0)
