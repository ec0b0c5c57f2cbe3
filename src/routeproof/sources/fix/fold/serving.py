"""Which version of the order above, and of the parent order, each version of an order on a session serves."""

from __future__ import annotations

import polars as pl

from routeproof.sources.fix.fold.history import OPENING
from routeproof.sources.fix.fold.lookup import roots
from routeproof.sources.fix.fold.narrow import attach, beside, take
from routeproof.tables.wide import kept

NO_SERVING = pl.DataFrame(
    schema={"chain": pl.Int64, "version": pl.Int64, "above": pl.Int64, "order_version": pl.Int64, "until": pl.Int64,
            "top": pl.Int64, "order_at": pl.Int64}
)  # fmt: skip
_NAMING = ("cl_ord_id", "declared", "secondary_cl_ord_id", "cl_ord_link_id", "secondary_order_id")
"""Where a request says which request above it is for: as in `link_chains`, the first one decides."""


def serving(chains: pl.DataFrame, events: pl.DataFrame, nodes: pl.DataFrame, declared: str) -> pl.DataFrame:
    """One row per version of each order on a session; none where no order has one above it.

    Args:
        chains: orders on sessions, with `parent` (chain above) and `is_parent`.
        events: `history`.
        nodes: `request_nodes`.
        declared: a map's expression that finds the ClOrdID above in a ClOrdID; empty = none.

    Returns:
        `chain, version`; `above`: version of the chain above that it was sent for; `top`: chain of the parent order,
        with `order_version`, the version of that order, which may go on to `until` while this version lasts (null:
        further), and `order_at`, when the version's acceptance was reported. Null where no parent order is known.
    """
    if chains["parent"].null_count() == chains.height:
        return NO_SERVING
    asked_at = pl.coalesce("asked_at", "effective_at")  # of a request that only a copy tells of
    told = events.select(
        "event", "chain", "version", "node", asked_at, "effective_at", "order_at", "answered_at", "unasked"
    )
    opened = attach(kept(told, pl.col("event").is_in(OPENING)), chains.select("chain", "parent", "is_parent"), "chain")
    rows = kept(opened, pl.col("is_parent").is_not_null()).with_row_index("row")
    rows = rows.with_columns(pl.col("row").cast(pl.Int64), _above(rows, nodes, declared).alias("above"))
    # versions count from 1 and stand together, so the row of a version is found by counting from its order's first
    first = rows.unique("chain", keep="first", maintain_order=True).select(
        pl.col("chain").alias("parent"), pl.col("row").alias("first")
    )
    place = attach(rows.select("parent", "above"), first, "parent").select(pl.col("first") + pl.col("above") - 1)
    top = take(rows.select("chain", "version", "is_parent"), roots(place.to_series().fill_null(-1).to_numpy()))
    served = rows.with_columns(
        pl.when(top["is_parent"]).then(top["version"]).alias("order_version"),
        pl.when(top["is_parent"]).then(top["chain"]).alias("top"),
    )
    goes_on = pl.col("chain").shift(-1) == pl.col("chain")
    until = pl.when(goes_on).then(pl.col("order_version").shift(-1) - 1).alias("until")
    return served.with_columns(until).select(NO_SERVING.columns)


def _above(rows: pl.DataFrame, nodes: pl.DataFrame, declared: str) -> pl.Series:
    """The version above that each version was sent for.

    It is the one that its request names, unless a later one had been accepted before: what was replaced by then was no
    more, and who still names it names the order. Else the last one that had been asked for.
    """
    asking = rows.select("row", "parent", pl.col("asked_at").alias("at")).filter(pl.col("parent").is_not_null())
    asking = asking.sort("at", maintain_order=True)
    opened = rows.select(
        pl.col("chain").alias("parent"), pl.col("version").alias("above"), "effective_at", "order_at", "answered_at"
    )
    asked = opened.select("parent", "above", pl.col("effective_at").alias("at")).sort("at", "above")
    accepted = opened.filter(pl.col("answered_at").is_not_null()).select(
        "parent", pl.col("above").alias("accepted"), pl.col("order_at").alias("at")
    )
    found = asking.join_asof(asked, on="at", by="parent", check_sortedness=False).join_asof(
        accepted.sort("at", "accepted"), on="at", by="parent", allow_exact_matches=False, check_sortedness=False
    )  # fmt: skip
    known = attach(found, _named(rows, nodes, declared), "row")
    by_name = pl.when(pl.col("named").is_not_null()).then(pl.max_horizontal("named", "accepted"))
    return attach(
        rows.select("row"), known.select("row", pl.coalesce(by_name, "above", pl.lit(1)).alias("above")), "row"
    )["above"]


def _named(rows: pl.DataFrame, nodes: pl.DataFrame, declared: str) -> pl.DataFrame:
    """`row, named`: the version of the order above whose request's ClOrdID the request of a version names.

    A ClOrdID that several versions have, as those that nobody asked for do, means the last one by then.
    """
    asking = rows.filter(pl.col("parent").is_not_null() & ~pl.col("unasked").fill_null(value=False))
    extracted = pl.col("cl_ord_id").str.extract(declared, 1) if declared else pl.lit(None, dtype=pl.String)
    said = nodes.select("node", extracted.alias("declared"), *(name for name in _NAMING if name != "declared"))
    named = attach(asking.select("row", "parent", "node", pl.col("asked_at").alias("at")), said, "node")
    names = pl.concat(
        [named.select("row", "parent", "at", pl.col(name).alias("id"), pl.lit(rank).alias("rank"))
         for rank, name in enumerate(_NAMING)]
    ).drop_nulls("id").sort("at", maintain_order=True)  # fmt: skip
    own = attach(rows.select("chain", "version", "node", "effective_at"), nodes.select("node", "cl_ord_id"), "node")
    known = own.select(
        pl.col("chain").alias("parent"), pl.col("cl_ord_id").alias("id"), pl.col("effective_at").alias("at"),
        pl.col("version").alias("named"),
    ).sort("at", "named")  # fmt: skip
    before, after = (
        names.join_asof(known, on="at", by=["parent", "id"], strategy=strategy, check_sortedness=False)
        for strategy in ("backward", "forward")
    )
    met = before.with_columns(pl.coalesce("named", after["named"])).drop_nulls("named")
    return met.sort("row", "rank", maintain_order=True).unique("row", keep="first", maintain_order=True).select(
        "row", "named"
    )  # fmt: skip


def with_order_version(fills: pl.DataFrame, served: pl.DataFrame) -> pl.DataFrame:
    """Fills (`chain, chain_version, is_parent, executed_at`) with `order_version`: in force when they traded.

    It is the one that their route served; or, if the route stayed as it was, a later one that had been accepted.
    """
    if served.is_empty():
        return fills.with_columns(pl.when("is_parent").then("chain_version").alias("order_version"))
    keys = ["chain", "chain_version"]
    of_route = served.select("chain", pl.col("version").alias("chain_version"), "order_version", "until", "top")
    asking = beside(fills.select(*keys, "is_parent", "executed_at").with_row_index("row"), of_route, keys)
    accepted = kept(served, pl.col("chain") == pl.col("top")).select(
        "top", pl.col("version").alias("accepted"), pl.col("order_at").alias("executed_at")
    )
    found = asking.sort("executed_at", maintain_order=True).join_asof(
        accepted.sort("executed_at", "accepted"), on="executed_at", by="top", allow_exact_matches=False,
        check_sortedness=False,
    ).sort("row")  # fmt: skip
    later = pl.max_horizontal("order_version", pl.min_horizontal("accepted", "until"))
    moved = ~pl.col("is_parent") & pl.col("order_version").is_not_null() & pl.col("accepted").is_not_null()
    return fills.with_columns(
        found.select(pl.when(moved).then(later).otherwise("order_version").alias("order_version")).to_series()
    )
