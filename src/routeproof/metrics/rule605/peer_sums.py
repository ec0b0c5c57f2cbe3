"""Figures of public Rule 605 rows: terms added up as integers by any dimension, and one division last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.tables.rule605.sums import HORIZONS, PRODUCTS, SHARES, WEIGHTS
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIMENSIONS = ("reporter", "participant", "month", "symbol", "order_type", "order_size", "lot_size", "sp500")
"""What rows can be told apart by; `sp500` is a field of summary reports, and of others what the instruments say."""

LAYOUT_HORIZONS = {"legacy": ("300s",), "detailed": HORIZONS, "summary": ()}
"""Horizons of the realized spreads that a layout states in dollars."""

ROUNDING = 0.001
"""Dollars a share by which averages of four decimals and rows of few shares may miss each other."""

NET = ("net_e18", "net_shares", "classified_shares")
_TOTALS = ("covered_orders", *SHARES, *PRODUCTS, *NET)
_CLASSES = ("improved", "at_quote", "outside")


def with_net(terms: pl.LazyFrame) -> pl.LazyFrame:
    """Additive rows with `NET`.

    `classified_shares` are those improved, at and outside the quote; null where a row states none of the three.
    `net_e18` is improvement less disimprovement in dollars times shares, and `net_shares` the classified shares of the
    rows that know it: a row with improved shares and no amount knows nothing of their dollars.
    """
    shares = [pl.col(f"{name}_shares") for name in _CLASSES]
    classified = pl.when(pl.any_horizontal(item.is_not_null() for item in shares)).then(
        sum((item.fill_null(0) for item in shares[1:]), shares[0].fill_null(0))
    )
    amounts = [("improved_e18", "improved_shares"), ("outside_e18", "outside_shares")]
    is_known = pl.all_horizontal(pl.col(usd).is_not_null() | pl.col(of).is_null() for usd, of in amounts)
    net = pl.col("improved_e18").fill_null(0) - pl.col("outside_e18").fill_null(0)
    return terms.with_columns(classified.alias("classified_shares")).with_columns(
        pl.when(is_known & pl.col("classified_shares").is_not_null()).then(net).alias("net_e18"),
        pl.when(is_known).then("classified_shares").alias("net_shares"),
    )


def added_up(terms: pl.LazyFrame, by: Sequence[str]) -> pl.DataFrame:
    """One row for each combination of `by` that is there: exact sums, and `rows` that they are of.

    A sum is null where no row states what it adds up: nothing is invented for it.
    """
    sums = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in _TOTALS]
    weights = [pl.col(name).sum() for name in WEIGHTS]
    found = with_net(terms).group_by(grouping(by)).agg(*sums, *weights, pl.len().alias("rows"))
    return found.sort(by, nulls_last=True).collect() if by else found.drop("_all").collect()


def grouping(by: Sequence[str]) -> list[pl.Expr]:
    """Keys of a grouping; one constant `_all` where there are none, so that everything is one group."""
    return [pl.col(name) for name in by] or [pl.lit(1).alias("_all")]


def figures(sums: Mapping[str, Any], layout: str) -> dict[str, Any]:
    """What a reader gets of a row of `added_up`: counts, shares, dollars, averages; null where no row states it.

    Averages are weighted by the shares, executed at the reporter and away, of the rows that state them; `coverage` is
    the share of executed shares whose rows state the effective spread. E/Q is the quotient of the summed spreads of the
    rows that state both. Net improvement is over the classified shares.
    """
    executed = _added(sums["executed_shares"], sums["executed_away_shares"])
    return {
        "covered_orders": sums["covered_orders"],
        **{name: unit(sums[name]) for name in SHARES[:4]},
        "fill_rate_shares": ratio(executed, sums["covered_shares"]),
        "classified_shares": unit(sums["classified_shares"]),
        **{name: unit(sums[name]) for name in SHARES[4:]},
        "improved_usd": unit(sums["improved_e18"], SCALE * SCALE),
        "outside_usd": unit(sums["outside_e18"], SCALE * SCALE),
        "price_improvement_usd_per_share": per_share(sums["net_e18"], sums["net_shares"]),
        "effective_spread_usd_per_share": per_share(sums["effective_e18"], sums["effective_shares"]),
        "quoted_spread_usd_per_share": per_share(sums["quoted_e18"], sums["quoted_shares"]),
        "e_over_q": ratio(sums["both_effective_e18"], sums["both_quoted_e18"]),
        **{
            f"realized_spread_usd_per_share_{horizon}": per_share(
                sums[f"realized_{horizon}_e18"], sums[f"realized_{horizon}_shares"]
            )
            for horizon in LAYOUT_HORIZONS[layout]
        },
        "time_ms": per_share(sums["time_ms_e18"], sums["time_shares"]),
        "coverage": ratio(sums["effective_shares"], executed),
        "rows": sums["rows"],
    }


def _added(first: int | None, second: int | None) -> int | None:
    return None if first is None and second is None else (first or 0) + (second or 0)


def unit(total: int | None, divisor: int = SCALE) -> int | float | None:
    """A sum in its unit: a whole number where it is one."""
    if total is None:
        return None
    whole, rest = divmod(total, divisor)
    return total / divisor if rest else whole


def ratio(top: int | None, bottom: int | None) -> float | None:
    """One sum over another; null where either is missing or the lower one is 0."""
    return None if top is None or not bottom else top / bottom


def per_share(product_e18: int | None, shares_e9: int | None) -> float | None:
    """Dollars (or milliseconds) a share."""
    return None if product_e18 is None or not shares_e9 else product_e18 / (shares_e9 * SCALE)


def contradicts(row: Mapping[str, Any]) -> bool:
    """Whether net improvement and effective spread cannot both be averages of the same shares.

    Improvement is half of quoted less effective spread, so effective spread and twice the improvement are the quoted
    spread, which is not negative. Judged where no quoted spread is stated.
    """
    effective, net = row.get("effective_spread_usd_per_share"), row.get("price_improvement_usd_per_share")
    if effective is None or net is None or row.get("quoted_spread_usd_per_share") is not None:
        return False
    return bool(effective + 2 * net < -ROUNDING)


def with_shares(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with `shares`: executed by the reporter and away, which its averages are weighted by; null if neither is.

    A broker that routes everything away has executed none itself.
    """
    both = [row.get(name) for name in ("executed_shares", "executed_away_shares")]
    stated = [shares for shares in both if shares is not None]
    return {**row, "shares": sum(stated) if stated else None}
