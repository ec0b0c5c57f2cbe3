"""Shares of counts: how small or how likely the true share may be."""

from __future__ import annotations

import math
from statistics import NormalDist

import polars as pl


def least_share(hits: pl.Expr, n: pl.Expr, confidence: float) -> pl.Expr:
    """Lower bound of a share, one-sided, after Wilson (1927).

    Args:
        hits: how often it happened, of `n` times.
        n: how often it could have happened; null or 0 gives null.
        confidence: such as 0.999.
    """
    z = NormalDist().inv_cdf(confidence)
    count = pl.when(n > 0).then(n.cast(pl.Float64))
    share = hits / count
    reach = z * (share * (1 - share) / count + z * z / (4 * count * count)).sqrt()
    return ((share + z * z / (2 * count) - reach) / (1 + z * z / count)).clip(lower_bound=0.0)


def tail(hits: int, n: int, share: float) -> float:
    """Upper bound of the probability that at least `hits` of `n` happen by chance, each with probability `share`.

    The bound of Chernoff (1952): exp(-n KL(hits / n, share)); 1 where the count is not above what is expected.
    """
    if n <= 0 or hits <= n * share:
        return 1.0
    if share <= 0.0:
        return 0.0
    seen = hits / n
    rest = 0.0 if hits >= n else (1 - seen) * math.log((1 - seen) / (1 - share))
    return math.exp(-n * (seen * math.log(seen / share) + rest))
