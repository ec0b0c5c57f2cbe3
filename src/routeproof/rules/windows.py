"""Recent sessions beside earlier ones: what window rules over daily streams have in common.

Figures are added up exactly (`fsum`), so that they do not depend on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import fsum, sqrt
from statistics import median
from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.times import NS_PER_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from routeproof.rules.facts import Facts

MEETING = ("market", "limit")
"""Kinds of orders that meet the market: for them the provider chooses where to trade."""
MAD_TO_SIGMA = 1.4826
"""The median absolute deviation times this is the standard deviation of normal values."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One day of a stream: see `rules.streams.STREAMS`."""

    value: float
    n: int
    weight: float


Days = dict[date, Point]


def end_of(facts: Facts) -> int:
    """When a day is over: the close of its session, else the end of the day in UTC; ns."""
    if facts.close_at is not None:
        return facts.close_at
    return ((facts.day - _EPOCH).days + 1) * NS_PER_DAY - 1


def series(
    history: pl.DataFrame, metric: str, kinds: Sequence[str] | None = None
) -> dict[tuple[str, str | None], Days]:
    """Days of a metric by provider and venue (null: all venues), several kinds of orders pooled by weight.

    Args:
        history: `rules.streams.STREAMS`.
        metric: of the streams.
        kinds: of orders to pool; null: the stream of all orders.
    """
    kind = pl.col("order_type").is_null() if kinds is None else pl.col("order_type").is_in(kinds)
    rows = history.filter((pl.col("metric") == metric) & kind)
    parts: dict[tuple[str, str | None], dict[date, list[Point]]] = {}
    for provider, venue, day, value, n, weight in rows.select(
        "provider", "venue", "day", "value", "n", "weight"
    ).iter_rows():
        parts.setdefault((provider, venue), {}).setdefault(day, []).append(Point(value, n, weight))
    return {
        key: {day: pooled(points) for day, points in sorted(days.items())}
        for key, days in sorted(parts.items(), key=_named)
    }


def _named(item: tuple[tuple[str, str | None], object]) -> tuple[str, str]:
    (provider, venue), _ = item
    return provider, venue or ""


def pooled(points: Iterable[Point]) -> Point:
    """Several figures as one, by their weights; at least one of them."""
    known = list(points)
    weight = fsum(one.weight for one in known)
    top = fsum(one.value * one.weight for one in known)
    return Point(top / weight if weight else 0.0, sum(one.n for one in known), weight)


def divided_days(days: Iterable[date], day: date, sessions: int) -> tuple[list[date], list[date]]:
    """The last so many days up to and with a day, and those before them; nothing is recent if the day is not there."""
    known = sorted(one for one in days if one <= day)
    if not known or known[-1] != day:
        return [], known
    return known[-sessions:], known[:-sessions]


def spread(values: Sequence[float]) -> float:
    """Robust standard deviation: median absolute deviation as normal values have it."""
    middle = median(values)
    return MAD_TO_SIGMA * median(abs(value - middle) for value in values)


def share_error(share: float, n: int) -> float:
    """Standard error of a share of n records that come independently."""
    return sqrt(max(share * (1 - share), 1 / max(n, 1)) / max(n, 1))


def wilson(share: float, n: int, z: float) -> tuple[float, float]:
    """Wilson's interval of a share of n records (Wilson 1927)."""
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return middle - reach, middle + reach


def counts(history: pl.DataFrame, metric: str, kinds: Sequence[str]) -> dict[str, dict[date, dict[str, int]]]:
    """Records by provider, day and venue."""
    found: dict[str, dict[date, dict[str, int]]] = {}
    for (provider, venue), days in series(history, metric, kinds).items():
        for day, point in days.items():
            if venue is not None:
                found.setdefault(provider, {}).setdefault(day, {})[venue] = point.n
    return found


def share_of(
    by_day: Mapping[date, Mapping[str, float]], days: Iterable[date], venues: Iterable[str]
) -> tuple[float, float]:
    """Share of some venues in what was counted on some days, and the whole that it is a share of."""
    wanted, known = set(venues), list(days)
    whole = fsum(amount for day in known for amount in by_day[day].values())
    part = fsum(amount for day in known for venue, amount in by_day[day].items() if venue in wanted)
    return (part / whole if whole else 0.0), whole
