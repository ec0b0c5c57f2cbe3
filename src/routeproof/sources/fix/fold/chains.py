"""Orders on one session: 35=D with its replace and cancel requests, and the reports that speak of them."""

from __future__ import annotations

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.lookup import meant, roots
from routeproof.sources.fix.fold.narrow import attach, first_rows
from routeproof.tables.wide import kept, slim

EDGE = ["edge"]
"""A session, in the direction orders travel."""

_REPORTS = ("8", "9", "3", "j")
_REQUEST = [*EDGE, "cl_ord_id", "trading_day"]


def request_nodes(messages: pl.DataFrame) -> pl.DataFrame:
    """Requests (D, G, F), one row per request, with the chain each belongs to.

    A ClOrdID seen again on the same session and day is the same request. Added: `node` (0…), `chain` (node of the
    chain's
    first request), `at`. A replace whose order was never seen begins a chain of its own; such a cancel request is
    dropped.
    """
    asked = messages.filter(
        pl.col("msg_type").is_in(["D", "G", "F"]) & ~pl.col("is_copy") & pl.col("hop").is_not_null()
    )
    requests = (
        first_rows(slim(_without_told_twice(asked)), _REQUEST)
        .with_row_index("node")
        .with_columns(pl.col("node").cast(pl.Int64), pl.col("sent_at").alias("at"))
    )
    parents = np.full(requests.height, -1, dtype=np.int64)
    if (requests["msg_type"] != "D").any():
        said = requests.select("node", "msg_type", *EDGE, "cl_ord_id", "orig_cl_ord_id", "at")
        follow = said.filter(pl.col("msg_type") != "D").select(
            "node", *EDGE, pl.col("orig_cl_ord_id").alias("id"), "at"
        ).with_row_index("row")  # fmt: skip
        opened = said.filter(pl.col("msg_type") != "F").select("node", *EDGE, pl.col("cl_ord_id").alias("id"), "at")
        parents[follow["node"].to_numpy()] = meant(follow, opened, keys=[*EDGE, "id"], value="node").fill_null(-1)
    chain = roots(np.where(parents == requests["node"].to_numpy(), -1, parents))
    chained = requests.with_columns(pl.Series("chain", chain))
    if not (chained["msg_type"] == "F").any():
        return chained
    cancels = kept(
        chained.select("node", "chain", "msg_type"), (pl.col("node") == pl.col("chain")) & (pl.col("msg_type") == "F")
    )["node"]
    return kept(chained, ~pl.col("chain").is_in(cancels.to_list()))


def _without_told_twice(asked: pl.DataFrame) -> pl.DataFrame:
    """Requests without the copies of those that are there themselves, by whatever clock the copy came first."""
    is_copy = asked["asked_at"].is_null()
    if not is_copy.any():
        return asked
    twice = asked.filter(is_copy).join(asked.filter(~is_copy), on=_REQUEST, how="semi")
    return asked.filter(~pl.col("m").is_in(twice["m"].implode()))


def reports(messages: pl.DataFrame, nodes: pl.DataFrame) -> pl.DataFrame:
    """Reports (8, 9, 3, j) outside drop copies, each with `node`, `chain` and `via`.

    `via` is exact, tag:41, tag:37, tag:45 or unlinked. A ClOrdID used on several days means its latest use, but for
    reports that name a good-till order of an earlier day by its OrderID.
    """
    reported = slim(messages.filter(pl.col("msg_type").is_in(_REPORTS) & ~pl.col("is_copy")))
    found = reported.with_columns(pl.col("sent_at").alias("at")).with_row_index("row")
    ids = nodes.select("node", *EDGE, pl.col("cl_ord_id").alias("id"), "at")
    by_name = meant(found.select("row", *EDGE, pl.coalesce("cl_ord_id", "ref_id").alias("id"), "at"), ids,
                    keys=[*EDGE, "id"], value="node")  # fmt: skip
    own = _of_order_named(found.select("row", by_name.alias("node"), "provider_order_id"), nodes)
    requested = nodes.select("node", "chain", pl.col("msg_type").alias("request"))
    if not own.null_count():
        return attach(reported.with_columns(own.alias("node"), pl.lit("exact").alias("via")), requested, "node")
    original = _fallback(found, own, ids, pl.col("orig_cl_ord_id"), [*EDGE, "id"])
    known = found.select(pl.coalesce(own, original).alias("node")).to_series()
    orders = found.select(known, *EDGE, pl.col("provider_order_id").alias("id"), "at").filter(known.is_not_null())
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
    node = pl.coalesce(known, by_order, by_sequence).alias("node")
    return attach(reported.with_columns(node, via.alias("via")), requested, "node")


def _of_order_named(told: pl.DataFrame, nodes: pl.DataFrame) -> pl.Series:
    """`node` of reports, that of an earlier use of their ClOrdID where that is the one known for their OrderID.

    It is where an order that lives on carried both before, and the later use has an OrderID that the earlier ones of
    this ClOrdID never had: counters of both may begin anew every morning.
    """
    known = told["node"]
    if nodes["trading_day"].n_unique() <= 1:
        return known
    lasting = nodes["time_in_force"].is_in(words.LASTING_CODES).fill_null(value=False)
    if not lasting.any():
        return known
    name = [*EDGE, "cl_ord_id"]
    used = nodes.select("node", *name, "at", lasting.alias("lasting")).filter(
        (pl.len().over(name) > 1) & pl.col("lasting").any().over(name)
    )
    pairs = told.drop_nulls().join(used, on="node")
    if pairs.is_empty():
        return known
    carried = pairs.unique(["node", "provider_order_id"]).sort("at", "node", "provider_order_id").with_row_index("pair")
    before = pl.when("lasting").then("pair").forward_fill().shift(1).over(*name, "provider_order_id")
    earlier = carried.select("node", before.cast(pl.Int64).alias("pair"))
    taken_over = earlier.select(
        pl.when(pl.col("pair").is_null().any().over("node")).then("pair").fill_null(-1)
    ).to_series()
    meant_node = carried["node"].gather(pl.Series(roots(taken_over.to_numpy())))
    found = pairs.join(
        carried.select("node", "provider_order_id", meant_node.alias("meant")), on=["node", "provider_order_id"]
    )
    better = attach(told.select("row"), found.select("row", "meant"), "row")["meant"]
    return pl.select(pl.coalesce(better, known)).to_series()


def _fallback(
    found: pl.DataFrame, known: pl.Series, table: pl.DataFrame, identifier: pl.Expr, keys: list[str]
) -> pl.Series:
    unknown = known.is_null()
    if not unknown.any():
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, found.height)
    extra = ["trading_day"] if "trading_day" in keys else []
    named = found.select("row", *EDGE, *extra, identifier.alias("id"), "at").filter(unknown)
    asking = named.drop_nulls("id")
    answers = asking.select("row", meant(asking, table, keys=keys, value="node"))
    return attach(found.select("row"), answers, "row")["node"]
