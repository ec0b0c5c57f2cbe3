"""Where the fills lie that a report leaves out, and whether leaving out has to do with how good they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.evidence.association import Table2x2, exact_p, permutation_p
from routeproof.evidence.quantiles import settle
from routeproof.tables.measured.rows import side_sign

if TYPE_CHECKING:
    from routeproof.policy.thresholds import EvidenceStandards

PLACES = ("inside", "at", "outside", "no_quote")
"""Against the far touch when it traded, summed over the order's fills in question."""
_BPS = 10_000
_WIDE = pl.Int128()


def place_of_lacking(fills: pl.DataFrame, lacking: pl.DataFrame, standards: EvidenceStandards) -> dict[str, Any]:
    """Orders with fills that the report leaves out, by place, beside those that it has.

    Args:
        fills: our fills of the period, as `Record.fills`.
        lacking: `execution_id` of those left out.
        standards: number and seed of the permutations.

    Returns:
        `orders, executions, shares` left out; `missing` and `reported`: orders by `PLACES`; `missing_cost_bps` and
        `reported_cost_bps`: mean over orders of the cost against the midpoint; `outside_p`: exact chance that so many
        of those left out lie outside the quote if leaving out had nothing to do with it; `cost_p`: the same of their
        mean cost, by permutation. Orders are the unit, since fills of one order share their fate. Nulls: `reason`.
    """
    standing = fills.filter(~pl.col("busted")).with_columns(
        pl.col("execution_id").is_in(lacking["execution_id"].implode()).alias("lacking"),
        pl.coalesce("order_id", "execution_id").alias("order"),
    )
    orders = _by_order(standing)
    gone, there = orders.filter("lacking"), orders.filter(~pl.col("lacking"))
    out = standing.filter("lacking")
    found: dict[str, Any] = {
        "orders": gone.height,
        "executions": out.height,
        "shares": int(out["quantity"].sum()) / 1e9,
        "missing": _counts(gone),
        "reported": _counts(there),
        "missing_cost_bps": _mean(gone),
        "reported_cost_bps": _mean(there),
    }
    return found | _tests(orders, standards)


def _by_order(fills: pl.DataFrame) -> pl.DataFrame:
    """One row an order, of the fills left out if there are any, else of all: `lacking, place, cost_bps`."""
    chosen = fills.filter(pl.col("lacking") == pl.col("lacking").any().over("order"))
    shares = pl.col("quantity").cast(_WIDE)
    worse = side_sign() * (pl.col("price") - pl.col("far"))
    paid = side_sign() * (2 * pl.col("price") - pl.col("middle2"))
    sums = chosen.group_by("order", maintain_order=True).agg(
        pl.col("lacking").first(),
        pl.col("far").is_null().any().alias("unquoted"),
        (shares * worse.cast(_WIDE)).sum().alias("worse"),
        (shares * paid.cast(_WIDE)).sum().cast(pl.Float64).alias("paid"),
        (shares * pl.col("middle2").cast(_WIDE)).sum().cast(pl.Float64).alias("middle"),
    )
    return sums.with_columns(
        pl.when("unquoted")
        .then(pl.lit("no_quote"))
        .when(pl.col("worse") > 0)
        .then(pl.lit("outside"))
        .when(pl.col("worse") < 0)
        .then(pl.lit("inside"))
        .otherwise(pl.lit("at"))
        .alias("place"),
        pl.when(~pl.col("unquoted") & (pl.col("middle") > 0))
        .then(pl.col("paid") / pl.col("middle") * _BPS)
        .alias("cost_bps"),
    )


def _counts(orders: pl.DataFrame) -> dict[str, int]:
    known = dict(orders["place"].value_counts().iter_rows())
    return {place: int(known.get(place, 0)) for place in PLACES}


def _mean(orders: pl.DataFrame) -> float | None:
    costs = orders["cost_bps"].drop_nulls()
    return settle(float(costs.sum()) / costs.len()) if costs.len() else None


def _tests(orders: pl.DataFrame, standards: EvidenceStandards) -> dict[str, Any]:
    quoted = orders.filter(pl.col("place") != "no_quote")
    gone, outside = quoted["lacking"], quoted["place"] == "outside"
    table = Table2x2(
        both=int((gone & outside).sum()),
        first=int((gone & ~outside).sum()),
        second=int((~gone & outside).sum()),
        neither=int((~gone & ~outside).sum()),
    )
    priced = quoted.drop_nulls("cost_bps")
    cost_p = permutation_p(
        priced["cost_bps"].to_numpy(),
        priced["lacking"].to_numpy(),
        standards.bootstrap_draws,
        standards.bootstrap_seed,
    )
    return {"outside_p": exact_p(table), "cost_p": cost_p, "reason": _reason(table, cost_p)}


def _reason(table: Table2x2, cost_p: float | None) -> str:
    if cost_p is None:
        alone = "nothing with a quote is left out" if table.both + table.first == 0 else "everything is left out"
        return f"no test: {alone}"
    return "" if exact_p(table) is not None else "no exact test: all or none lie outside the quote"
