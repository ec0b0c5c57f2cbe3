"""Which venue showed the best price that a route could take, when it was sent."""

from __future__ import annotations

import polars as pl

QUOTE_COLUMNS = ("symbol", "at", "sequence", "bid_venue", "ask_venue")


def best_shown(routes: pl.DataFrame, quotes: pl.DataFrame) -> pl.DataFrame:
    """The venue of the far side of the best quote in force strictly before each route was sent.

    Args:
        routes: `route_id, symbol, side, sent_at` (UTC ns).
        quotes: the day's reference quotes, `QUOTE_COLUMNS`; of quotes of one instant the last in sequence counts.

    Returns:
        `route_id, shown_venue`, one row per route whose quote names the venue.
    """
    book = quotes.sort("symbol", "at", "sequence", maintain_order=True).select("symbol", "at", "bid_venue", "ask_venue")
    sent = routes.select("route_id", "symbol", "side", "sent_at").sort("symbol", "sent_at", "route_id")
    found = sent.join_asof(
        book,
        left_on="sent_at",
        right_on="at",
        by="symbol",
        strategy="backward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    shown = pl.when(pl.col("side") == "buy").then("ask_venue").otherwise("bid_venue").alias("shown_venue")
    return found.select("route_id", shown).drop_nulls("shown_venue").sort("route_id")
