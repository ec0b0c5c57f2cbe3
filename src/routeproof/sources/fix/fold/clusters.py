"""One fill seen on several sessions: which sightings are the same fill, and which sighting is the one counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.lookup import roots
from routeproof.sources.fix.fold.misfits import told_by_copies_only, told_by_venue_only
from routeproof.sources.fix.fold.narrow import attach
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from datetime import date

MATCH_WINDOW_NS = 2_000_000_000
"""Sightings without a shared identifier must carry times at most this far apart."""

_SAME_ID = (("exec_id", "exec_id"), ("exec_id", "secondary_exec_id"), ("secondary_exec_id", "exec_id"),
            ("trd_match_id", "trd_match_id"))  # fmt: skip
_SAME_TERMS = ("first_price", "first_shares")
_MET_BY = ("fill", "chain", "m", "hop", "is_copy", "exec_id", "secondary_exec_id", "trd_match_id", "cl_ord_id",
           "provider_order_id", "symbol", "trading_day", "executed_at", *_SAME_TERMS)  # fmt: skip


def cluster(
    fills: pl.DataFrame, links: pl.DataFrame, chains: pl.DataFrame, reported_days: frozenset[date] = frozenset()
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """Fills with `cluster` and `counted`, and by reason the fills that did not meet.

    `cluster` is the fill number of the sighting nearest the customer. Sightings of adjacent sessions meet by 17, 527
    or 880, else by (linked order, price, shares, time), in time order where several are alike. Drop copies, and
    sessions without orders, only add sightings. Where the session above did report on the order, a fill below that
    it never reported is not counted for the customer: it is noted as unreported. On `reported_days` the firm's side
    reported on orders that are not among these.
    """
    routed = pl.col("hop").is_not_null() & ~pl.col("is_copy") & pl.col("chain").is_not_null()
    if links.is_empty() and fills.select((routed & (pl.col("hop") == 1)).all()).item():  # nothing to meet: all count
        return fills.with_columns(cluster="fill", counted=pl.lit(value=True)), {}
    placed = attach(fills, links.select("chain", pl.col("parent").alias("above")), "chain")
    known = kept(placed.select(*_MET_BY, "above"), routed)
    up = _meet(known.filter(pl.col("above").is_not_null()), known)
    copies = _meet_anywhere(placed.select(*_MET_BY).filter(~routed), known)
    parents = np.full(fills.height, -1, dtype=np.int64)
    numbers = fills["fill"].to_numpy()
    pairs = pl.concat([up, copies])
    parents[np.searchsorted(numbers, pairs["child"].to_numpy())] = np.searchsorted(numbers, pairs["parent"].to_numpy())
    root = pl.Series("cluster", numbers[roots(parents)])
    joined = placed.with_columns(root, pl.Series("met", parents >= 0))
    return _counted(joined, chains, reported_days)


def _meet(below: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """`child, parent` pairs of fills, each used once."""
    pairs = pl.DataFrame(schema={"child": pl.Int64, "parent": pl.Int64})
    if below.is_empty():
        return pairs
    above = above.filter(pl.col("chain").is_in(below["above"].unique().to_list()))
    for own, other in _SAME_ID:
        left = below.filter(~pl.col("fill").is_in(pairs["child"].to_list())).select(
            "fill", "above", pl.col(own).alias("id")
        )
        right = above.filter(~pl.col("fill").is_in(pairs["parent"].to_list())).select(
            pl.col("fill").alias("parent"), pl.col("chain").alias("above"), pl.col(other).alias("id")
        )
        met = left.drop_nulls().join(right.drop_nulls(), on=["above", "id"]).rename({"fill": "child"})
        pairs = pl.concat([pairs, _each_once(met)])
    for terms in (("executed_at",), ()):
        keys = ["above", *_SAME_TERMS, *terms]
        left = below.filter(~pl.col("fill").is_in(pairs["child"].to_list()))
        right = above.filter(~pl.col("fill").is_in(pairs["parent"].to_list())).with_columns(
            pl.col("chain").alias("above")
        )
        met = _ranked(left, keys).join(_ranked(right, keys), on=[*keys, "rank", "alike"], suffix="_above")
        near = (pl.col("at") - pl.col("at_above")).abs() <= MATCH_WINDOW_NS
        pairs = pl.concat(
            [pairs, met.filter(near).select(pl.col("fill").alias("child"), pl.col("fill_above").alias("parent"))]
        )
    return pairs


def _ranked(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Rows numbered in time order among their like.

    `alike` counts them, so that only equal numbers of fills are paired.
    """
    return frame.sort("executed_at", "m", maintain_order=True).select(
        "fill", *keys, pl.col("executed_at").alias("at"), pl.int_range(pl.len()).over(keys).alias("rank"),
        pl.len().over(keys).alias("alike"),
    )  # fmt: skip


def _each_once(met: pl.DataFrame) -> pl.DataFrame:
    return met.select("child", "parent").unique("child", keep="first", maintain_order=True).unique(
        "parent", keep="first", maintain_order=True
    )  # fmt: skip


def _meet_anywhere(seen: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Sightings that belong to no order session, met with a fill of any session that does.

    The firm's session with its provider comes first.
    """
    pairs = pl.DataFrame(schema={"child": pl.Int64, "parent": pl.Int64})
    if seen.is_empty():
        return pairs
    deepest = known.sort(pl.col("hop") != 1, "hop", "m", maintain_order=True)
    terms = ["trading_day", "symbol", *_SAME_TERMS]
    for own, other in _SAME_ID:
        left = seen.filter(~pl.col("fill").is_in(pairs["child"].to_list())).select(
            pl.col("fill").alias("child"), pl.col(own).alias("id"), *terms
        )
        right = deepest.select(pl.col("fill").alias("parent"), pl.col(other).alias("id"), *terms)
        met = left.drop_nulls("id").join(
            right.drop_nulls("id"), on=["id", *terms], nulls_equal=True, maintain_order="right"
        )
        pairs = pl.concat([pairs, met.select("child", "parent").unique("child", keep="first", maintain_order=True)])
    for own in ("cl_ord_id", "provider_order_id"):
        left = seen.filter(~pl.col("fill").is_in(pairs["child"].to_list())).drop_nulls(own)
        met = left.join(known.drop_nulls(own), on=[own, *_SAME_TERMS], suffix="_above").filter(
            (pl.col("executed_at") - pl.col("executed_at_above")).abs() <= MATCH_WINDOW_NS
        )
        # several alike on one order are told apart by time; an exact one wins, else the nearest
        near = met.sort(
            (pl.col("executed_at") - pl.col("executed_at_above")).abs(), "m", "m_above", maintain_order=True
        )
        found = near.select(pl.col("fill").alias("child"), pl.col("fill_above").alias("parent"))
        pairs = pl.concat([pairs, found.unique("child", keep="first", maintain_order=True)])
    return pairs


def _counted(
    joined: pl.DataFrame, chains: pl.DataFrame, others: frozenset[date]
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    reported = chains.filter("reported").select(pl.col("chain").alias("above"), pl.lit(True).alias("above_reported"))
    below = (
        chains.filter(pl.col("filled") & (pl.col("hop") > 0))
        .select(pl.col("parent").alias("chain"))
        .drop_nulls()
        .unique()
    )
    judged = attach(attach(joined, reported, "above"), below.with_columns(pl.lit(True).alias("below_filled")), "chain")
    own_row = ~pl.col("met")
    deep = own_row & (pl.col("hop") > 1)
    unreported = deep & pl.col("above_reported").fill_null(value=False)
    # without a link nobody can say which customer order it filled; the session with the provider counts its fills
    told = chains.filter(pl.col("reported") & (pl.col("hop") <= 1))["received_on"]
    told_days = [*pl.concat([told, joined.filter(pl.col("hop") <= 1)["trading_day"]]).unique(), *others]
    orphan = deep & pl.col("above").is_null() & pl.col("trading_day").is_in(told_days)
    client_only = own_row & (pl.col("hop") == 0) & pl.col("below_filled").fill_null(value=False)
    # a client report stands for the whole cluster below it, so it is no fill of its own only if nothing met it
    counts = np.bincount(joined["cluster"].to_numpy())
    alone = pl.Series(counts[joined["cluster"].to_numpy()] == 1)
    result = judged.with_columns(
        unreported.alias("unreported"),
        (client_only & alone).alias("client_only"),
        (own_row & pl.col("is_copy")).alias("stray"),
        orphan.alias("orphan"),
    ).with_columns((~pl.any_horizontal("unreported", "client_only", "stray", "orphan")).alias("stands"))
    fallen = np.zeros(counts.size, dtype=bool)
    fallen[result.filter(~pl.col("stands"))["cluster"].to_numpy()] = True
    return result.with_columns(pl.Series("counted", ~fallen[result["cluster"].to_numpy()])), {
        "busts_told_by_drop_copy_only": told_by_copies_only(result),
        "busts_told_by_venue_only": told_by_venue_only(result),
        "venue_fills_not_reported": result.filter("unreported"),
        "venue_fills_unlinked": result.filter("orphan"),
        "client_fills_without_route": result.filter("client_only"),
        "drop_copy_fills_not_met": result.filter("stray"),
    }
