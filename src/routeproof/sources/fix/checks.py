"""What a well-framed message must still satisfy to be accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.checks import NEGATIVE_REASON, ZERO_REASON
from routeproof.sources.fix.cells import SENT_AT
from routeproof.sources.fix.tags import COLUMN

if TYPE_CHECKING:
    import numpy.typing as npt

_NEEDED = {
    "D": ("cl_ord_id", "side", "order_qty"),
    "G": ("cl_ord_id", "orig_cl_ord_id"),
    "F": ("cl_ord_id", "orig_cl_ord_id"),
    "8": ("exec_id",),
    "9": ("cl_ord_id",),
}
_ORDER_MESSAGES = ("D", "F", "G", "8", "9", "3", "j", "AB")
_SIZES = ("order_qty", "last_qty", "cum_qty", "leaves_qty")


def reason_of() -> pl.Expr:
    """Reason word why a message is rejected, null if it is accepted. Needs the columns of `FIX_MESSAGES` and `bad`."""
    kind = pl.col("msg_type")
    is_order = kind.is_in(_ORDER_MESSAGES)
    missing = pl.any_horizontal(
        is_order & (pl.col("sender").is_null() | pl.col("target").is_null() | pl.col("sent_at").is_null()),
        *((kind == name) & pl.col(column).is_null() for name, columns in _NEEDED.items() for column in columns),
    )
    fill = (kind == "8") & pl.col("exec_type").is_in(["1", "2", "F", "G"]) & (pl.col("last_qty") > 0)
    executed = _executes()
    return (
        pl.when(kind.is_null())
        .then(pl.lit("no_message_type"))
        .when(pl.col("bad") > 0)
        .then(pl.lit("bad_value"))
        .when(is_order & pl.any_horizontal(pl.col(*_SIZES) < 0))
        .then(pl.lit("negative_quantity"))
        .when(missing | (fill & pl.col("last_px").is_null()))
        .then(pl.lit("missing_tag"))
        .when(executed & (pl.col("last_px") == 0))
        .then(pl.lit(ZERO_REASON["price"]))
        .when(executed & (pl.col("last_px") < 0))
        .then(pl.lit(NEGATIVE_REASON["price"]))
    )


def _executes() -> pl.Expr:
    """Whether a report says that shares were traded, or corrects what was; it needs a price above zero then.

    Reports that trade nothing often state 31=0, busts and status reports too. The price of a spread, and of its legs,
    may well be zero or negative.
    """
    happened = pl.coalesce("exec_type", "ord_status").is_in(["1", "2", "F", "G"])
    transaction = pl.col("exec_trans_type").fill_null("0")
    trades = (transaction == "2") | (happened & transaction.is_in(["1", "3"]).not_())
    one_leg = pl.col("multileg_type").fill_null("1").is_in(["2", "3"]).not_()
    return (pl.col("msg_type") == "8") & trades & one_leg & (pl.col("last_qty") > 0)


def needs_table() -> npt.NDArray[np.uint64]:
    """Columns, a bit each, that a message must have to be surely accepted, by its type's one letter."""
    table = np.zeros(256, dtype=np.uint64)
    for kind in _ORDER_MESSAGES:
        if len(kind) == 1:
            columns = [COLUMN[name] for name in ("sender", "target", *_NEEDED.get(kind, ()))]
            table[ord(kind)] = sum(1 << column for column in (*columns, SENT_AT))
    return table
