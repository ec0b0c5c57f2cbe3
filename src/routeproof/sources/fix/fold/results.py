"""Canonical executions, sightings and links from clustered fills."""

from __future__ import annotations

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.lookup import content_ids
from routeproof.sources.fix.fold.narrow import attach
from routeproof.sources.fix.fold.serving import with_order_version
from routeproof.tables.session_clock import day_of
from routeproof.tables.wide import kept

_SOURCE = ("source_id", "source_row")
_SEEN = ("cluster", "sender", "target", "sent_at", "is_copy", "hop", "exec_id", "seq", *_SOURCE)


def executions(
    clustered: pl.DataFrame, chains: pl.DataFrame, routes: pl.DataFrame, served: pl.DataFrame, firm_id: str
) -> pl.DataFrame:
    """Canonical executions with `cluster`: one row per fill that is counted.

    Price, shares, status and times are those of the firm's session with its provider; route, venue and liquidity
    those of the
    sighting nearest the venue.
    """
    counted = kept(clustered, pl.col("counted"))
    chosen = _first_of_cluster(
        counted, pl.col("hop") != 1, pl.col("is_copy"), pl.col("hop"), pl.col("m"), nulls_last=True
    )
    deep = _nearest_venue(counted, routes)
    owner = chains.select(
        "chain", "order_id", "is_parent", pl.col("symbol").alias("order_symbol"), pl.col("side").alias("order_side")
    )
    rows = with_order_version(attach(attach(chosen, deep, "cluster"), owner, "chain"), served)
    made = content_ids(
        rows, pl.lit("execution"), pl.lit(firm_id), "from_party", "to_party", "trading_day", "exec_id", "cl_ord_id"
    )
    seen = np.bincount(counted["cluster"].to_numpy())[rows["cluster"].to_numpy()]
    onward = pl.when(pl.col("deep_hop") > 1).then("route_venue")
    return rows.with_columns(made.alias("execution_id"), pl.Series("sightings", seen, dtype=pl.Int64)).select(
        "execution_id",
        "route_id",
        "order_id",
        "provider_id",
        pl.col("order_version").alias("version"),
        pl.coalesce("order_symbol", "symbol").alias("symbol"),
        pl.coalesce("order_side", "side").alias("side"),
        "executed_at",
        "reported_at",
        "price",
        pl.col("shares").alias("quantity"),
        pl.coalesce("deep_last_mkt", "last_mkt", onward).alias("venue"),
        pl.coalesce("deep_liquidity", "liquidity").alias("liquidity"),
        "capacity",
        "fee",
        "status",
        "refers_to",
        "sightings",
        day_of(pl.col("executed_at")).alias("trading_day"),
        pl.col("seq").alias("sequence"),
        *_SOURCE,
        "cluster",
        "via",
    )


def _nearest_venue(counted: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """Per cluster the sighting nearest the venue, with its route."""
    names = ("last_mkt", "liquidity", "to_party")
    routed = kept(
        counted.select("cluster", "chain", "chain_version", "hop", "m", "is_copy", *names),
        pl.col("hop").is_not_null() & ~pl.col("is_copy"),
    )
    deepest = _first_of_cluster(routed, -pl.col("hop"), pl.col("m"))
    return deepest.select(
        "cluster", pl.col("chain").alias("deep_chain"), pl.col("chain_version").alias("deep_version"),
        pl.col("hop").alias("deep_hop"), *(pl.col(name).alias(f"deep_{name}") for name in names),
    ).join(
        routes.select(pl.col("chain").alias("deep_chain"), pl.col("chain_version").alias("deep_version"), "route_id",
                      "provider_id", pl.col("venue").alias("route_venue")),
        on=["deep_chain", "deep_version"], how="left", maintain_order="left",
    )  # fmt: skip


def _first_of_cluster(fills: pl.DataFrame, *order: pl.Expr, nulls_last: bool = False) -> pl.DataFrame:
    """The first row of each cluster in that order, by cluster; most clusters are one fill that was seen once."""
    if fills["cluster"].is_sorted() and fills["cluster"].n_unique() == fills.height:
        return fills
    keys = fills.select("cluster", *(key.alias(f"by{at}") for at, key in enumerate(order))).with_row_index("row")
    names = [name for name in keys.columns if name != "row"]
    arranged = keys.sort(names, nulls_last=nulls_last, maintain_order=True)
    return fills[arranged.unique("cluster", keep="first", maintain_order=True)["row"]]


def sightings(clustered: pl.DataFrame, executed: pl.DataFrame) -> pl.DataFrame:
    """Canonical sightings of the fills that are counted."""
    role = (
        pl.when("is_copy")
        .then(pl.lit("drop_copy"))
        .when(pl.col("hop") == 0)
        .then(pl.lit("client"))
        .when(pl.col("hop") == 1)
        .then(pl.lit("provider"))
        .when(pl.col("hop") > 1)
        .then(pl.lit("venue"))
        .otherwise(pl.lit("drop_copy"))
    )
    seen = attach(clustered.select(*_SEEN), executed.select("cluster", "execution_id"), "cluster")
    return kept(seen, pl.col("execution_id").is_not_null()).select(
        "execution_id",
        pl.concat_str("sender", "target", separator=">").alias("session"),
        pl.col("sent_at").alias("seen_at"),
        role.alias("role"),
        pl.col("exec_id").alias("exec_id_seen"),
        day_of(pl.col("sent_at")).alias("trading_day"),
        pl.col("seq").alias("sequence"),
        *_SOURCE,
    )


def link_rows(routes: pl.DataFrame, executed: pl.DataFrame, links: pl.DataFrame, uncertainty_ns: int) -> pl.DataFrame:
    """Canonical links: each route to its order or route above, each execution to its route."""
    method = pl.col("method").fill_null("exact")
    by_time = pl.when(pl.col("method") == "attributes").then(uncertainty_ns)
    upward = attach(routes, links.select("chain", "method"), "chain").select(
        pl.lit("route").alias("child_kind"),
        pl.col("route_id").alias("child_id"),
        pl.when(pl.col("parent_route_id").is_not_null()).then(pl.lit("route")).when(pl.col("order_id").is_not_null())
        .then(pl.lit("order")).alias("parent_kind"),
        pl.coalesce("parent_route_id", "order_id").alias("parent_id"),
        method.alias("method"),
        by_time.cast(pl.Int64).alias("clock_uncertainty_ns"),
        "trading_day",
        *_SOURCE,
    )  # fmt: skip
    of_fills = executed.select(
        pl.lit("execution").alias("child_kind"),
        pl.col("execution_id").alias("child_id"),
        pl.when(pl.col("route_id").is_not_null()).then(pl.lit("route")).alias("parent_kind"),
        pl.col("route_id").alias("parent_id"),
        pl.when(pl.col("route_id").is_null()).then(pl.lit("unlinked")).otherwise("via").alias("method"),
        pl.lit(None, dtype=pl.Int64).alias("clock_uncertainty_ns"),
        "trading_day",
        *_SOURCE,
    )
    return pl.concat([upward, of_fills])
