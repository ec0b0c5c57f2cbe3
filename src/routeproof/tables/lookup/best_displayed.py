"""The best displayed price at the reference instant, odd lots included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.lookup.quote_book import book_of, look_up

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

INSTANT_OF = {
    "receipt": "clock_start_at",
    "route": "sent_at",
    "venue": "venue_arrived_at",
    "execution": "executed_at",
}
"""Benchmark point -> column of its instant."""


def with_best_touch(rows: pl.DataFrame, odd_lots: pl.DataFrame | None, switches: Switches) -> pl.DataFrame:
    """Measured executions with `best_touch`, the better of the far touch and the odd-lot price on the same side.

    Args:
        rows: measured executions of one day.
        odd_lots: the day's quotes of kind `odd_lot`.
        switches: benchmark point, tie rule, clock shift.

    Returns:
        `best_touch` in fixed point; the far touch where no odd lot is shown, null where the reference quote is out or
        the symbol has no odd-lot quotes that day. Without any the column is left out.
        Source: 605(a)(1) best available displayed price.
    """
    if odd_lots is None or odd_lots.is_empty() or rows.is_empty():
        return rows
    book = book_of(odd_lots)
    low, high = book.bounds(rows["symbol"])
    instants = (rows[INSTANT_OF[switches.benchmark]] + switches.shift_ns).fill_null(-1).to_numpy()
    shown = look_up(book, low, high, np.asarray(instants, dtype=np.int64), inclusive=switches.tie == "inclusive")
    ask, bid = pl.Series(shown.ask).replace(0, None), pl.Series(shown.bid).replace(0, None)
    best = (
        pl.when(pl.col("side") == "buy")
        .then(pl.min_horizontal("far_touch", ask))
        .otherwise(pl.max_horizontal("far_touch", bid))
    )
    known = pl.col("far_touch").is_not_null() & pl.Series(high > low)
    return rows.with_columns(pl.when(known).then(best).alias("best_touch"))
