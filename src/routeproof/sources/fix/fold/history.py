"""The life of each order on one session: versions, cancels, rejects, in canonical order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.actions import reject_reason
from routeproof.sources.fix.fold.narrow import Runs, attach, take
from routeproof.sources.fix.fold.running import filled_by_then
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    import numpy.typing as npt

OPENING = ("new", "replace")
_ENDING = ("cancel", "reject", "restate", "trigger", "expire", "done")
_DUPLICATE = 6  # OrdRejReason
_NO_REPLACES = pl.DataFrame(schema={"answered_at": pl.Int64, "unasked": pl.Boolean})
TERMS = ("order_type", "limit_price", "stop_price", "time_in_force", "instructions")


def history(nodes: pl.DataFrame, reports: pl.DataFrame, told_elsewhere: frozenset[Any] = frozenset()) -> pl.DataFrame:
    """One row per event of each chain, with the terms in force.

    Args:
        nodes: `request_nodes`.
        reports: `reports` with `action`.
        told_elsewhere: (from_party, to_party, trading_day) of sessions that reported on other orders.

    Returns:
        `chain, node, event (new, replace, cancel, reject, restate, trigger, expire, done, fill), version, effective_at,
        quantity, leaves, terms…, cum, requested_by, reason, m`. A replace is in force from the moment its request was
        received, as an order is (field 60 of the request, else 52), and opens a version only when it was accepted.
    """
    own = kept(reports, pl.col("chain").is_not_null())
    events = pl.concat([_opening(nodes), _replaces(nodes, own, told_elsewhere), _later(own)], how="diagonal_relaxed")
    ordered = take(events, _in_order(events))
    runs = Runs(ordered["chain"].to_numpy())
    opens = ordered.select(pl.col("event").is_in(OPENING)).to_series().to_numpy()
    typed = ordered.with_columns(runs.latest(ordered[name]) for name in ("order_type", "time_in_force", "instructions"))
    # limit and stop of the version; null in one version must not fall back to the version before
    of_version = Runs(np.cumsum(opens))
    stated = typed.with_columns(
        pl.Series("version", runs.sums(opens.astype(np.int64))),
        filled_by_then(ordered, own).alias("cum"),
        runs.latest(ordered["new_quantity"]).alias("order_quantity"),
        of_version.latest(typed.select(_limit()).to_series()),
        of_version.latest(ordered["stop_price"]),
        _cancels(ordered, runs, nodes, own),
    )
    versioned = _late_rejects(stated, runs)
    left = pl.max_horizontal(pl.col("order_quantity") - pl.col("cum"), pl.lit(0))
    ends = pl.col("event").is_in(["cancel", "expire", "done"])
    closed = pl.col("event").is_in(["cancel", "reject", "expire", "done"])
    return versioned.with_columns(
        pl.when(ends).then(left).otherwise("order_quantity").alias("quantity"),
        pl.when(closed).then(0).when(pl.col("event") == "new").then("order_quantity")
        .otherwise(pl.coalesce("leaves_qty", left)).alias("leaves"),
    )  # fmt: skip


def _limit() -> pl.Expr:
    """The limit that an event states; a price without an order type is none where the order in force has no limit."""
    means_none = pl.col("untyped").fill_null(value=False) & pl.col("order_type").is_in(words.UNLIMITED)
    return pl.when(~means_none).then("limit_price").alias("limit_price")


def _late_rejects(events: pl.DataFrame, runs: Runs) -> pl.DataFrame:
    """Rejects of orders that had been accepted before: one that says the order is over is a cancel nobody asked for.

    Others, such as those of a duplicate, speak of something else.
    """
    lively = events.select(pl.col("event").is_in(["fill", "replace"]) | pl.col("acknowledged")).to_series()
    alive = pl.Series(runs.sums(lively.fill_null(value=False).to_numpy().astype(np.int64)) > 0)
    late = events.select((pl.col("event") == "reject") & alive).to_series()
    if not late.any():
        return events
    told = events.with_columns(late.alias("late")).filter(~pl.col("late") | pl.col("is_over"))
    return told.with_columns(
        pl.when("late").then(pl.lit("cancel")).otherwise("event").alias("event"),
        pl.when("late").then(pl.lit("unasked")).otherwise("cancel").alias("cancel"),
    ).drop("late")


def _cancels(events: pl.DataFrame, runs: Runs, nodes: pl.DataFrame, own: pl.DataFrame) -> pl.Series:
    """`cancel`: whether each cancel was `asked` for.

    It was if it names a cancel request that was not refused, or if such a request was sent before it, of the version in
    force: one that names that version, or was sent since it was opened.
    """
    is_asked = np.zeros(events.height, dtype=bool)
    if (nodes["msg_type"] == "F").any():
        refused = own.filter(pl.col("action") == "refuse_request")["node"].drop_nulls().unique()
        requests = nodes.filter((pl.col("msg_type") == "F") & ~pl.col("node").is_in(refused.implode())).select(
            "chain", pl.col("node").alias("request"), "orig_cl_ord_id", "m", "sent_at"
        )
        opens = events.select(pl.when(pl.col("event").is_in(OPENING)).then(pl.col("tie", "node")))
        cancels = events.select("chain", "node", "order_at").with_columns(
            runs.latest(opens["tie"]).alias("opened"), runs.latest(opens["node"]).alias("opening")
        ).with_row_index("row").filter(events["event"] == "cancel")  # fmt: skip
        named = cancels.filter(pl.col("node").is_in(requests["request"].implode()))
        others = cancels.filter(~pl.col("row").is_in(named["row"].implode()))
        ids = nodes.select(pl.col("node").alias("opening"), pl.col("cl_ord_id").alias("version_id"))
        before = attach(others.join(requests, on="chain"), ids, "opening").filter(
            (pl.col("sent_at") <= pl.col("order_at"))
            & ((pl.col("orig_cl_ord_id") == pl.col("version_id")) | (pl.col("m") > pl.col("opened")))
        )
        is_asked[named["row"].to_numpy()] = True
        is_asked[before["row"].to_numpy()] = True
    return pl.select(pl.when(pl.Series(is_asked)).then(pl.lit("asked")).otherwise(pl.lit("unasked"))
                     .alias("cancel")).to_series()  # fmt: skip


def _in_order(events: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Row numbers by chain and time.

    `tie` is the number of a message, and messages are numbered in time order; what opens an order comes first.
    """
    tie = np.where(events["phase"].to_numpy() == 0, 0, events["tie"].to_numpy() + 1)
    return np.argsort(events["chain"].to_numpy() * (tie.max(initial=0) + 1) + tie, kind="stable")


def _terms() -> list[pl.Expr]:
    return [
        words.order_type().alias("order_type"),
        words.limit_price().alias("limit_price"),
        words.stop_price().alias("stop_price"),
        words.time_in_force().alias("time_in_force"),
        words.instructions().alias("instructions"),
    ]


def received_at() -> pl.Expr:
    """When a request was received: field 60, else 52 (as first sent)."""
    return pl.coalesce("transact_at", "sent_at")


def _opening(nodes: pl.DataFrame) -> pl.DataFrame:
    return nodes.filter(pl.col("node") == pl.col("chain")).select(
        "chain", "node", pl.lit("new").alias("event"), pl.lit(0).alias("phase"), pl.col("sent_at").alias("order_at"),
        pl.lit(0).alias("tie"), received_at().alias("effective_at"), pl.col("order_qty").alias("new_quantity"),
        *_terms(), pl.lit(False).alias("acknowledged"), pl.col("source_id"), pl.col("source_row"), pl.col("seq"),
        pl.col("asked_at"),
    )  # fmt: skip


def _replaces(nodes: pl.DataFrame, own: pl.DataFrame, told_elsewhere: frozenset[Any]) -> pl.DataFrame:
    """Accepted replaces.

    Reported as replaced, or reported on under the new ClOrdID, or on a session without any reports that day.
    """
    if not (nodes["msg_type"] == "G").any() and not (own["action"] == "replace").any():
        return _NO_REPLACES
    asked = nodes.filter((pl.col("msg_type") == "G") & (pl.col("node") != pl.col("chain")))
    answered = asked.join(_accepted(own), on="node")
    told_days = own.select("edge", "trading_day").unique()
    silent = asked.join(own.select("node").drop_nulls().unique(), on="node", how="anti").join(
        told_days, on=["edge", "trading_day"], how="anti"
    )
    session = ("from_party", "to_party", "trading_day")
    told = pl.DataFrame(list(told_elsewhere), schema={name: nodes.schema[name] for name in session}, orient="row")
    silent = silent.join(told, on=session, how="anti")
    silent = silent.with_columns(pl.col("sent_at").alias("order_at"), pl.col("m").alias("tie"))
    requested = pl.concat([answered, silent], how="diagonal").select(
        "chain", "node", pl.lit("replace").alias("event"), pl.lit(1).alias("phase"), "order_at", "tie",
        received_at().alias("effective_at"), _first(("ack_quantity", "order_qty")).alias("new_quantity"), *_terms(),
        pl.lit(True).alias("acknowledged"), "source_id", "source_row", "seq", "asked_at",
        pl.col("ack_at").alias("answered_at"), pl.col("ack_cum").alias("cum_qty"),
    )  # fmt: skip
    unasked = own.filter((pl.col("action") == "replace") & (pl.col("request") != "G")).select(
        "chain", "node", pl.lit("replace").alias("event"), pl.lit(1).alias("phase"),
        pl.col("sent_at").alias("order_at"), pl.col("m").alias("tie"), received_at().alias("effective_at"),
        pl.col("order_qty").alias("new_quantity"), words.limit_price().alias("limit_price"),
        words.stop_price().alias("stop_price"), pl.col("ord_type").is_null().alias("untyped"),
        pl.lit(True).alias("acknowledged"), "source_id", "source_row", "seq", pl.col("sent_at").alias("asked_at"),
        received_at().alias("answered_at"), "cum_qty", pl.lit(True).alias("unasked"),
    )  # fmt: skip
    return pl.concat([requested, unasked], how="diagonal_relaxed")


def _accepted(own: pl.DataFrame) -> pl.DataFrame:
    """`node, order_at, tie, ack_cum, ack_quantity, ack_at` of replaces that were accepted.

    The first report under the new ClOrdID opens the version, be it a fill: what had been filled by then is without it.
    The report that says replaced states the terms, whenever it came.
    """
    speaks_of_it = (pl.col("request") == "G") & (pl.col("node") != pl.col("chain"))
    accepting = own.filter(
        speaks_of_it & pl.col("action").is_in(["replace", "ack", "fill", "cancel", "expire", "done"])
    )
    formal = accepting.sort(pl.col("action") != "replace", "m", maintain_order=True).unique(
        "node", keep="first", maintain_order=True
    )
    own_shares = pl.when(pl.col("action") == "fill").then("last_qty").fill_null(0)
    before = pl.col("cum_qty") - own_shares
    first = accepting.unique("node", keep="first", maintain_order=True).select(
        "node",
        pl.col("sent_at").alias("order_at"),
        pl.col("m").alias("tie"),
        pl.when(before > 0).then(before).when(before <= 0).then(0).alias("ack_cum"),
    )
    said = formal.select("node", pl.col("order_qty").alias("ack_quantity"), received_at().alias("ack_at"))
    return attach(first, said, "node")


def _first(names: tuple[str, ...]) -> pl.Expr:
    return pl.coalesce(*(pl.when(pl.col(name) > 0).then(name) for name in names))


def _later(own: pl.DataFrame) -> pl.DataFrame:
    restates = pl.col("action") == "restate"
    return (
        own.filter(
            pl.col("action").is_in([*_ENDING, "fill", "ack"])
            & ((pl.col("action") != "reject") | (pl.col("request") == "D"))
        ).select(
            "chain", "node", pl.col("action").alias("event"), pl.lit(1).alias("phase"),
            pl.col("sent_at").alias("order_at"), pl.col("m").alias("tie"), received_at().alias("effective_at"),
            "cum_qty", "leaves_qty",
            pl.when(restates & (pl.col("order_qty") > 0)).then("order_qty").alias("new_quantity"),
            pl.when(restates).then(words.limit_price()).alias("limit_price"),
            pl.col("ord_type").is_null().alias("untyped"),
            (pl.col("action") == "ack").alias("acknowledged"), "source_id", "source_row", "seq",
            pl.when(pl.col("action") == "reject").then(reject_reason()).alias("reason"),
            ((pl.col("ord_status") == "8") & pl.col("ord_rej_reason").ne_missing(_DUPLICATE)).alias("is_over"),
        )
    )  # fmt: skip
