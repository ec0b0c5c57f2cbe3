"""Fills as each session reported them: originals, corrections and busts folded into one state per fill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold import words
from routeproof.sources.fix.fold.chains import EDGE
from routeproof.sources.fix.fold.lookup import referred, roots
from routeproof.sources.fix.fold.narrow import first_told
from routeproof.tables.row_order import all_differ
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    import numpy.typing as npt

_CARRIED = ("from_party", "to_party", "hop", "is_copy", "chain", "node", "via", "exec_id", "sent_at", "cl_ord_id",
            "provider_order_id", "seq", "trading_day", "source_id", "source_row", "sender", "target")  # fmt: skip
_KEPT = ("last_mkt", "liquidity", "capacity", "fee", "secondary_exec_id", "trd_match_id", "symbol", "side")

_STATED = ("action", "transact_at", "last_px", "last_qty", "exec_ref_id", "security_id", "last_liquidity",
           "order_capacity", "last_capacity", "commission", "comm_type", "misc_fee", "last_mkt", "secondary_exec_id",
           "trd_match_id", "symbol", "symbol_suffix", "side", "m", "edge")  # fmt: skip
_TURN = ("turn_at", "turn_step")
_LONGEST_CHAIN = 64
"""Reports that refer to one another, at the most; those on a circle are each their own."""
_NEEDED = (*_CARRIED, *_STATED, "poss_dup")


def families(reports: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One row per fill and session, and the busts that spoke of a fill nobody saw.

    Args:
        reports: all 35=8, drop copies too, with `action, chain, node, hop, is_copy, m` in canonical order.

    Returns:
        `fill` (0…), identity of the original report, and price, shares and status after all corrections and busts:
        the last sent one decides, wherever it stands in the file, but a report comes after the one that it refers to.
        What a correction does not state stays as it was. `executed_at` is the original's; `reported_at` the deciding
        report's.
    """
    priced = kept(reports, pl.col("action").is_in(["fill", "bust", "correct"]))
    said = (
        _once(priced.select(*_NEEDED))
        .with_row_index("fill")
        .with_columns(
            pl.col("fill").cast(pl.Int64),
            pl.col("sent_at").alias("at"),
            words.liquidity().alias("liquidity"),
            words.capacity().alias("capacity"),
            words.fee().alias("fee"),
            words.symbol().alias("symbol"),
            words.side().alias("side"),
        )
    )
    if not (said["action"] != "fill").any():
        return said.select(_plain("fill", *_STATES)), said.clear()
    parents = referred(said, (*EDGE, "chain"), EDGE)  # of the same order if there is one, else of the same session
    root = said.with_columns(pl.Series("root", roots(parents)), *_turn(said["at"].to_numpy(), parents))
    revised = root.filter(pl.col("root") != pl.col("fill"))["root"].unique()
    is_plain = (pl.col("action") == "fill") & ~pl.col("root").is_in(revised.to_list())
    ordered = root.filter(~is_plain).sort("root", pl.col("action") != "fill", *_TURN, "m", maintain_order=True)
    states = ordered.group_by("root", maintain_order=True).agg(_STATES.values())
    is_known = pl.col("price").is_not_null() & pl.col("shares").is_not_null()
    lost = states.filter(~is_known)
    every = kept(root, is_plain).select(_plain("root", *_STATES))
    if states.height:
        told = states.filter(is_known)
        every = pl.concat([every, told], how="vertical_relaxed").sort("root")
    return every.rename({"root": "fill"}), lost


def _once(said: pl.DataFrame) -> pl.DataFrame:
    """One report per session, order, ExecID, action and day, the first that is no copy; else the first.

    An ExecID that comes once needs no look.
    """
    if all_differ(said.get_column("exec_id")):
        return said
    return first_told(said, [*EDGE, "chain", "exec_id", "action", "trading_day"])


def _turn(sent_at: npt.NDArray[np.int64], parents: npt.NDArray[np.int64]) -> list[pl.Series]:
    """When each report takes its turn: as it was sent, but not before the one it refers to, and after that one."""
    at, step = sent_at.copy(), np.zeros(sent_at.size, dtype=np.int64)
    referring = np.flatnonzero(parents >= 0)
    for _ in range(_LONGEST_CHAIN):
        later = np.maximum(at[referring], at[parents[referring]])
        further = step[parents[referring]] + 1
        if np.array_equal(later, at[referring]) and np.array_equal(further, step[referring]):
            break
        at[referring], step[referring] = later, further
    return [pl.Series(name, values) for name, values in zip(_TURN, (at, step), strict=True)]


def _plain(*names: str) -> list[pl.Expr]:
    """A fill that nothing was said about later."""
    made = {
        "executed_at": pl.coalesce("transact_at", "sent_at"),
        "reported_at": pl.col("sent_at"),
        "price": pl.col("last_px"),
        "shares": pl.col("last_qty"),
        "first_price": pl.col("last_px"),
        "first_shares": pl.col("last_qty"),
        "status": pl.lit("new"),
        "refers_to": pl.lit(None, dtype=pl.String),
    }
    return [made.get(name, pl.col(name)).alias(name) for name in names]


def _state() -> list[pl.Expr]:
    priced = pl.col("action") != "bust"
    last = pl.col("action").last()
    original = pl.col("action") == "fill"
    return [
        pl.col("m").first().alias("m"),
        *(pl.col(name).first() for name in (*EDGE, *_CARRIED)),
        pl.coalesce(pl.col("transact_at").first(), pl.col("sent_at").first()).alias("executed_at"),
        pl.col("sent_at").last().alias("reported_at"),
        pl.col("last_px").filter(priced).drop_nulls().last().alias("price"),
        pl.col("last_qty").filter(priced).drop_nulls().last().alias("shares"),
        pl.col("last_px").first().alias("first_price"),
        pl.col("last_qty").first().alias("first_shares"),
        *(pl.col(name).filter(priced).drop_nulls().last().alias(name) for name in _KEPT),
        pl.when(last == "bust").then(pl.lit("busted")).when(last == "correct").then(pl.lit("corrected"))
        .otherwise(pl.lit("new")).alias("status"),
        pl.when(last != "fill").then(pl.coalesce(pl.col("exec_id").filter(original).first(),
                                                 pl.col("exec_ref_id").first())).alias("refers_to"),
    ]  # fmt: skip


_STATES = {expr.meta.output_name(): expr for expr in _state()}
"""Columns of a state, from the reports on one fill in their order."""
