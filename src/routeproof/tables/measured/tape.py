"""The tape measured as if it were flow: eligible prints, signed by the quote rule and the tick test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.measured.executions import measure_executions
from routeproof.tables.measured.rows import calendar_dimensions, horizon_midpoint, reference_age, usable
from routeproof.tables.measured.tape_shares import regular_prints
from routeproof.tables.session_clock import session_name
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.switches import Switches


NOT_OF_PRINTS = frozenset(
    (
        *("iso", "best_touch", "size_improvement", "fee", "rebate", "payment", "net_fee", "time_to_execution_ns"),
        *("receipt_to_route_ns", "route_to_ack_ns", "route_to_execution_ns", "arrived_acknowledged", "arrived_sent"),
        *("mid2_receipt", "mid2_route", "mid2_venue", "arrival_mid2", "vwap_notional_e18", "auction_price"),
    )
)
"""What metrics read of executions and a print does not have, for want of an order, a route or a fee."""


def measured_prints(trades: pl.DataFrame, book: QuoteBook, switches: Switches) -> pl.DataFrame:
    """Eligible regular-hours prints of one day as measured rows.

    Args:
        trades: canonical `trades` of the day plus `open_at, close_at`.
        book: the day's reference quotes.
        switches: with `population = "tape"`.

    Returns:
        The execution frame that metrics read. `sign` is +1 above the midpoint, -1 below; at the midpoint, or without a
        usable reference, the direction of the last price change among the symbol's eligible prints; null before any.
        What needs a side is null on unsigned prints.
    """
    eligible = regular_prints(trades).sort("symbol", "at", "sequence", maintain_order=True)
    looked = measure_executions(eligible.rename({"at": "executed_at"}), book, switches)
    reference = pl.when(usable("execution", switches.locked))
    change = pl.col("price").diff().over("symbol").sign().replace(0, None)
    tick = change.forward_fill().over("symbol")
    return (
        looked.with_columns(
            reference.then(pl.col("execution_bid") + pl.col("execution_ask")).alias("mid2"),
            reference.then(pl.col("execution_ask") - pl.col("execution_bid")).alias("quoted"),
        )
        .with_columns((2 * pl.col("price") - pl.col("mid2")).sign().replace(0, None).fill_null(tick).alias("sign"))
        .with_columns(
            pl.when(pl.col("mid2").is_not_null())
            .then(pl.when(pl.col("sign") > 0).then("execution_ask").when(pl.col("sign") < 0).then("execution_bid"))
            .alias("far_touch"),
            pl.col("execution_status").alias("reference_status"),
            pl.col("mid2").alias("mid2_execution"),
            pl.col("mid2").is_not_null().cast(pl.Int64).alias("covered"),
            *reference_age("execution", switches.stale_after_ns),
            *(horizon_midpoint(name, switches.locked) for name in HORIZONS_NS),
            session_name(pl.col("executed_at")).alias("session"),
            *calendar_dimensions("executed_at"),
        )
    )
