"""Measured executions of some symbols, only the columns that a question needs; what `measure_day` gives, fast.

Look-ups and their results are one compiled pass (`fill_kernel`) instead of wide frames. `measure_day` is the reference:
the tests hold every column here equal to its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.fill_kernel import (
    AT_EXECUTION,
    AT_RECEIPT,
    CONTRA,
    FAR,
    FIRST_HORIZON,
    MID,
    QUOTED,
    measure_fills,
)
from routeproof.tables.measured import calendar_dimensions
from routeproof.tables.session_clock import session_name
from routeproof.vocab.absent import NULL
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.tables.asof import Int64s
    from routeproof.tables.quote_book import QuoteBook
    from routeproof.tables.switches import Switches

OF_FILL = ("symbol", "side", "venue", "liquidity", "price", "quantity", "fee", "rebate", "payment")
OF_VERSION = ("provider", "order_type", "order_class", "lot", "size_bucket", "tif", "beyond_displayed")
CALENDAR = ("day", "month", "quarter", "time_of_day")
LOOKED_UP = {
    "mid2": MID,
    "quoted": QUOTED,
    "far_touch": FAR,
    "contra_size": CONTRA,
    "mid2_receipt": AT_RECEIPT,
    "mid2_execution": AT_EXECUTION,
} | {f"mid2_{name}": FIRST_HORIZON + number for number, name in enumerate(HORIZONS_NS)}
COMPUTED = ("sign", "covered", "net_fee", "time_to_execution_ns", "session", *CALENDAR)
COLUMNS = frozenset((*OF_FILL, *OF_VERSION, *LOOKED_UP, *COMPUTED))
"""Columns of the execution frame that are made here; a question that needs others takes `measure_day`."""

BENCHMARKS = ("receipt", "execution")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some symbols of a day.

    Attributes:
        fills: executions sorted by symbol, time: columns of `OF_FILL` that are needed, `executed_at, trading_day,
            open_at, close_at`, and `version_row` (row in `versions`, null if none).
        versions: `measured_terms` of these symbols.
        book: their quotes.
    """

    fills: pl.DataFrame
    versions: pl.DataFrame
    book: QuoteBook


def fused_executions(stretch: Stretch, switches: Switches, needed: frozenset[str]) -> pl.DataFrame:
    """The needed columns of the measured executions, in the order of the fills.

    Args:
        stretch: fills, versions, quotes.
        switches: benchmark `receipt` or `execution`, and all other switches.
        needed: out of `COLUMNS`.
    """
    fills, row = stretch.fills, stretch.fills["version_row"]
    wanted = [name for name in (*OF_VERSION, "clock_start_at", "clock_at") if name in _gathered(needed)]
    of_version = stretch.versions.select(*wanted, pl.col("side").alias("order_side")).select(pl.all().gather(row))
    frame = pl.concat([fills, of_version], how="horizontal").with_columns(
        pl.coalesce("side", "order_side").alias("side")
    )
    looked = _looked_up(stretch, frame, switches)
    series = []
    for name in sorted(needed & LOOKED_UP.keys() | {"mid2"}):
        values = pl.Series(name, np.ascontiguousarray(looked[:, LOOKED_UP[name]]))
        lowest = values.min()
        series.append(values.replace(NULL, None) if lowest == NULL else values)
    return frame.with_columns(series).with_columns(_computed(needed)).select(sorted(needed))


def _gathered(needed: frozenset[str]) -> frozenset[str]:
    return needed | {"clock_start_at", "clock_at"} if "time_to_execution_ns" in needed else needed


def _computed(needed: frozenset[str]) -> list[pl.Expr]:
    buys, fee, rebate = pl.col("side") == "buy", pl.col("fee"), pl.col("rebate")
    made: dict[str, pl.Expr] = {
        "sign": pl.when(buys).then(1).when(pl.col("side").is_not_null()).then(-1).cast(pl.Int64),
        "covered": pl.col("mid2").is_not_null().cast(pl.Int64),
        "session": session_name(pl.col("executed_at")),
    }
    if "net_fee" in needed:
        known = fee.is_not_null() | rebate.is_not_null()
        made["net_fee"] = pl.when(known).then(fee.fill_null(0) - rebate.fill_null(0))
    if "time_to_execution_ns" in needed:
        start, executed = pl.col("clock_start_at"), pl.col("executed_at")
        early = ((start > pl.col("clock_at")) & (start > executed)).fill_null(value=False)
        made["time_to_execution_ns"] = pl.when(~early).then(executed - start)
    chosen = [expression.alias(name) for name, expression in made.items() if name in needed]
    if needed & set(CALENDAR):
        chosen += [item for item in calendar_dimensions("executed_at") if item.meta.output_name() in needed]
    return chosen


def _looked_up(stretch: Stretch, frame: pl.DataFrame, switches: Switches) -> Int64s:
    """(fills, columns) as `fill_kernel.measure_fills` writes them."""
    book, versions = stretch.book, stretch.versions
    side = frame["side"]
    sides = np.where((side == "buy").fill_null(value=False).to_numpy(), 1, -1)
    if side.null_count():
        sides[side.is_null().to_numpy()] = 0
    start = versions["clock_start_at"]
    waited = pl.when(start > versions["clock_at"]).then(start).otherwise(NULL)
    quotes = ("clock_bid", "clock_ask", "clock_bid_size", "clock_ask_size")
    received = np.empty((len(quotes) + 1, versions.height), dtype=np.int64)
    for place, name in enumerate(quotes):
        received[place] = versions[name].to_numpy()
    received[-1] = versions.select(waited.alias("waited"))["waited"].to_numpy()
    close: int | None = frame["close_at"][0] if frame.height else None
    out = np.empty((frame.height, FIRST_HORIZON + len(HORIZONS_NS)), dtype=np.int64)
    measure_fills(
        _stretches(frame["symbol"], book),
        book.at, book.bid, book.ask, book.bid_size, book.ask_size,
        frame["executed_at"].to_numpy(),
        sides.astype(np.int64),
        frame["version_row"].fill_null(-1).cast(pl.Int64).to_numpy(),
        received,
        np.array(list(HORIZONS_NS.values()), dtype=np.int64),
        np.iinfo(np.int64).max if close is None else close,
        switches.shift_ns,
        np.array(_flags(switches), dtype=np.int64),
        out,
    )  # fmt: skip
    return out


def _flags(switches: Switches) -> list[bool]:
    return [
        switches.tie == "inclusive",
        switches.locked == "include",
        switches.after_close == "final_quote",
        switches.benchmark == "execution",
    ]


def _stretches(symbols: pl.Series, book: QuoteBook) -> Int64s:
    """(symbols, 4) first fill, fill after the last, first quote, quote after the last."""
    runs = symbols.to_frame("symbol").select(pl.col("symbol").rle()).unnest("symbol")
    after = np.cumsum(runs["len"].to_numpy().astype(np.int64))
    bounds = np.array([book.ranges.get(symbol, (0, 0)) for symbol in runs["value"]], dtype=np.int64).reshape(-1, 2)
    return np.column_stack([np.concatenate([[0], after[:-1]]), after, bounds]).astype(np.int64)
