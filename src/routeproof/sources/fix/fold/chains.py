"""Orders on one session: 35=D with its replace and cancel requests, and the reports that speak of them."""

from __future__ import annotations

import polars as pl

from routeproof.sources.fix.fold.lookup import meant, roots

EDGE = ["edge"]
"""A session, in the direction orders travel."""

_REPORTS = ("8", "9", "3", "j")


def request_nodes(messages: pl.DataFrame) -> pl.DataFrame:
    """Requests (D, G, F), one row per request, with the chain each belongs to.

    A ClOrdID seen again on the same session and day is the same request. Added: `node` (0…), `chain` (node of the
    chain's
    first request), `at`. A replace whose order was never seen begins a chain of its own; such a cancel request is
    dropped.
    """
    requests = (
        messages.filter(pl.col("msg_type").is_in(["D", "G", "F"]) & ~pl.col("is_copy") & pl.col("hop").is_not_null())
        .unique([*EDGE, "cl_ord_id", "trading_day"], keep="first", maintain_order=True)
        .with_row_index("node")
        .with_columns(pl.col("node").cast(pl.Int64), pl.col("sent_at").alias("at"))
    )
    follow = requests.filter(pl.col("msg_type") != "D").select(
        "node", *EDGE, pl.col("orig_cl_ord_id").alias("id"), "at"
    ).with_row_index("row")  # fmt: skip
    opened = requests.filter(pl.col("msg_type") != "F").select("node", *EDGE, pl.col("cl_ord_id").alias("id"), "at")
    parent = meant(follow, opened, keys=[*EDGE, "id"], value="node")
    linked = requests.join(
        follow.select("node", parent.alias("parent")), on="node", how="left", maintain_order="left"
    ).with_columns(pl.when(pl.col("parent") != pl.col("node")).then("parent").alias("parent"))
    chain = roots(linked["parent"].fill_null(-1).to_numpy())
    chained = linked.with_columns(pl.Series("chain", chain))
    cancels = chained.filter((pl.col("node") == pl.col("chain")) & (pl.col("msg_type") == "F"))["node"]
    return chained.filter(~pl.col("chain").is_in(cancels.to_list())).drop("parent")


def reports(messages: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Reports (8, 9, 3, j) outside drop copies, each with `node`, `chain` and `via`.

    `via` is exact, tag:41, tag:37, tag:45 or unlinked.
    """
    found = (
        messages.filter(pl.col("msg_type").is_in(_REPORTS) & ~pl.col("is_copy"))
        .with_columns(pl.col("sent_at").alias("at"))
        .with_row_index("row")
    )
    ids = nodes.select("node", *EDGE, pl.col("cl_ord_id").alias("id"), "at")
    own = meant(found.select("row", *EDGE, pl.coalesce("cl_ord_id", "ref_id").alias("id"), "at"), ids,
                keys=[*EDGE, "id"], value="node")  # fmt: skip
    original = _fallback(found, own, ids, pl.col("orig_cl_ord_id"), [*EDGE, "id"])
    by_client = found.with_columns(pl.coalesce(own, original).alias("node"))
    orders = by_client.filter(pl.col("node").is_not_null()).select(
        "node", *EDGE, pl.col("provider_order_id").alias("id"), "at"
    )
    known = by_client["node"]
    by_order = _fallback(found, known, orders, pl.col("provider_order_id"), [*EDGE, "id"])
    sequences = nodes.select("node", *EDGE, pl.col("seq").alias("id"), "at", "trading_day")
    by_sequence = _fallback(found, known, sequences,
                            pl.when(pl.col("msg_type").is_in(["3", "j"])).then("ref_seq"),
                            [*EDGE, "id", "trading_day"])  # fmt: skip
    via = (
        pl.when(own.is_not_null())
        .then(pl.lit("exact"))
        .when(original.is_not_null())
        .then(pl.lit("tag:41"))
        .when(by_order.is_not_null())
        .then(pl.lit("tag:37"))
        .when(by_sequence.is_not_null())
        .then(pl.lit("tag:45"))
        .otherwise(pl.lit("unlinked"))
    )
    return (
        found.with_columns(pl.coalesce(by_client["node"], by_order, by_sequence).alias("node"), via.alias("via"))
        .join(
            nodes.select("node", "chain", pl.col("msg_type").alias("request")),
            on="node",
            how="left",
            maintain_order="left",
        )
        .drop("row", "at")
    )


def _fallback(
    found: pl.DataFrame, known: pl.Series, table: pl.DataFrame, identifier: pl.Expr, keys: list[str]
) -> pl.Series:
    missing = found.filter(known.is_null() & found.select(identifier.is_not_null()).to_series())
    if missing.height == 0:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, found.height)
    extra = ["trading_day"] if "trading_day" in keys else []
    asking = missing.select("row", *EDGE, *extra, identifier.alias("id"), "at")
    value = meant(asking, table, keys=keys, value="node")
    return found.select("row").join(asking.select("row", value), on="row", how="left", maintain_order="left")["node"]
