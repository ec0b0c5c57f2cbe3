"""Executions against the market: the quote at execution and the midpoints that followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.lookup.quote_book import QuoteBook, look_up
from routeproof.vocab import quote_status as status
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches


def measure_executions(executions: pl.DataFrame, book: QuoteBook, switches: Switches) -> pl.DataFrame:
    """Executions of the book's day with the quote at execution and one per horizon.

    Args:
        executions: canonical `executions` of one day, none busted, plus `close_at` of the day.
        book: the day's reference quotes.
        switches: tie rule, what follows the close, clock shift.

    Returns:
        The executions plus the `Lookup.columns` of `execution` and, per horizon H, `bid_H, ask_H, status_H`. A horizon
        quote is the last at or before execution + H; exactly at the close counts, later is `after_close` unless the
        session's final quote is asked for.
    """
    low, high = book.bounds(executions["symbol"])
    executed_at = (executions["executed_at"] + switches.shift_ns).to_numpy()
    close_at = executions["close_at"].fill_null(np.iinfo(np.int64).max).to_numpy()
    columns = look_up(book, low, high, executed_at, inclusive=switches.tie == "inclusive").columns("execution")
    for name, horizon_ns in HORIZONS_NS.items():
        after = executed_at + horizon_ns
        late = after > close_at
        if switches.after_close == "final_quote":
            after = np.minimum(after, close_at)
        looked = look_up(book, low, high, after, inclusive=True)
        code = looked.status
        if switches.after_close == "null":
            code = np.where(late, np.int8(status.AFTER_CLOSE), code)
        columns += [
            pl.Series(f"bid_{name}", looked.bid),
            pl.Series(f"ask_{name}", looked.ask),
            pl.Series(f"status_{name}", code),
        ]
    return executions.with_columns(columns)
