"""How many shares of an order were filled at a moment, where the report of that moment does not say (14 absent)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fix.fold.lookup import referred, roots
from routeproof.sources.fix.fold.narrow import Runs, first_told
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

_ASKING = ("replace", "cancel", "reject", "expire", "done", "restate", "trigger")
_READ = ("chain", "m", "msg_type", "action", "exec_id", "exec_ref_id", "cum_qty", "last_qty", "sent_at", "trading_day",
         "poss_dup")  # fmt: skip


def filled_by_then(events: pl.DataFrame, reports: pl.DataFrame) -> pl.Series:
    """Shares of its order that were filled when each event happened.

    Args:
        events: `chain, event, tie, cum_qty`.
        reports: reports on orders, in canonical order, with `action`.

    Returns:
        (n,) what the event's own report states in 14; else what was last stated on the order, and what was filled,
        corrected and busted since. A report that comes again says nothing new. Null where nothing is made of it.
    """
    stated = events.get_column("cum_qty")
    asks = events.select(pl.col("event").is_in(_ASKING) & pl.col("cum_qty").is_null()).to_series()
    if not asks.any():
        return stated
    asking = events.select("chain", "tie", pl.col("event") == "replace").filter(asks)
    chosen = (pl.col("msg_type") == "8") & pl.col("chain").is_in(asking["chain"].unique().implode())
    told = first_told(kept(reports.select(_READ), chosen), ["chain", "exec_id", "action", "trading_day"])
    if told.is_empty():
        return stated.set(asks, 0)
    told = told.sort("chain", "m")
    chains, ties, at = asking["chain"].to_numpy(), asking["tie"].to_numpy(), told["m"].to_numpy()
    span = int(max(ties.max(), at.max())) + 1
    own = told["chain"].to_numpy()
    places = np.searchsorted(own * span + at, chains * span + ties, side="right") - 1
    # a fill that opens a version is of that version: what was filled by then is without it
    fills = (told["action"] == "fill").fill_null(value=False).to_numpy()
    places -= asking["event"].to_numpy() & (places >= 0) & (at[places] == ties) & fills[places]
    known = (places >= 0) & (own[places] == chains)
    found = np.where(known, _running(told)[np.maximum(places, 0)], 0)
    filled = np.zeros(events.height, dtype=np.int64)
    filled[asks.to_numpy()] = found
    return pl.select(pl.when(asks).then(pl.Series(filled)).otherwise(stated)).to_series()


def _running(told: pl.DataFrame) -> Numbers:
    """(n,) shares filled after each report, of reports by order and time."""
    runs = Runs(told["chain"].to_numpy())
    added = runs.sums(_changes(told))
    last = runs.latest(told["cum_qty"] - pl.Series(added))
    return (last.fill_null(0) + pl.Series(added)).to_numpy()


def _changes(told: pl.DataFrame) -> Numbers:
    """(n,) shares that each report adds to those of its order, or takes from them."""
    numbered = told.with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    priced = kept(numbered, pl.col("action").is_in(["fill", "bust", "correct"]))
    shares = priced.select(pl.when(pl.col("action") == "bust").then(0).otherwise("last_qty").alias("shares"))
    changes = np.zeros(told.height, dtype=np.int64)
    is_fill = (priced["action"] == "fill").to_numpy()
    if is_fill.all():
        changes[priced["place"].to_numpy()] = shares["shares"].fill_null(0).to_numpy()
        return changes
    parents = referred(priced.with_columns(pl.col("sent_at").alias("at")), ("chain",))
    root = roots(parents)
    order = np.argsort(root, kind="stable")
    runs = Runs(root[order])
    begins = np.ones(order.size, dtype=bool)
    begins[1:] = root[order][1:] != root[order][:-1]
    # what was busted or corrected before it was told says nothing any more
    overtaken = np.zeros(order.size, dtype=bool)
    overtaken[parents[np.flatnonzero(parents > np.arange(parents.size))]] = True
    overtaken[order] |= is_fill[order] & ~begins
    late, said = pl.Series(overtaken[order]), shares["shares"].gather(order)
    names = pl.DataFrame({"late": late, "said": said})
    decided = runs.latest(names.select(pl.when(~pl.col("late")).then("said")).to_series())
    original = runs.latest(names.select(pl.when("late").then("said")).to_series())
    state = pl.DataFrame([decided.alias("a"), original.alias("b")]).select(pl.coalesce("a", "b").fill_null(0))
    values = state.to_series().to_numpy()
    earlier = np.where(begins, 0, np.roll(values, 1))
    changes[priced["place"].to_numpy()[order]] = values - earlier
    return changes
