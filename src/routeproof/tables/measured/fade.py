"""Fade: size that a venue displayed when a route was sent, and that was not there for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.quote_book import QuoteBook, book_of, look_up

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

_POSTED = "post"


def with_fade_base(routes: pl.DataFrame, venue_quotes: pl.DataFrame | None, switches: Switches) -> pl.DataFrame:
    """Routes with `fade_base`: what the venue displayed for them when they were sent, at most what they asked for.

    Args:
        routes: routes of one day.
        venue_quotes: the day's quotes of kind `venue`; `ask_venue`, else `bid_venue`, names whose book it is.
        switches: tie rule, clock shift.

    Returns:
        `fade_base` in shares; null unless the route went to a venue, was marketable against that venue's own quote in
        force when it was sent, and the displayed size is known. Without venue quotes the column is left out.
    """
    if venue_quotes is None or venue_quotes.is_empty() or routes.is_empty():
        return routes
    book, _ = venue_books(venue_quotes)
    at_venue = pl.concat_str("symbol", pl.lit(" "), pl.col("venue").fill_null(""))
    low, high = book.bounds(routes.select(at_venue)["symbol"])
    instants = (routes["sent_at"] + switches.shift_ns).to_numpy()
    shown = look_up(book, low, high, instants, inclusive=switches.tie == "inclusive")
    buys = routes["side"] == "buy"
    touch = pl.select(pl.when(buys).then(pl.Series(shown.ask)).otherwise(pl.Series(shown.bid)).alias("touch"))["touch"]
    size = pl.select(pl.when(buys).then(pl.Series(shown.ask_size)).otherwise(pl.Series(shown.bid_size)).alias("size"))[
        "size"
    ]
    limit = pl.col("limit_price")
    reaches = pl.when(buys).then(limit >= touch).otherwise(limit <= touch)
    marketable = (pl.col("order_type") == "market") | ((pl.col("order_type") == "limit") & reaches)
    stood = (touch > 0) & (size >= 0) & (pl.col("intent").fill_null("") != _POSTED)
    return routes.with_columns(pl.when(marketable & stood).then(pl.min_horizontal("quantity", size)).alias("fade_base"))


def venue_books(venue_quotes: pl.DataFrame) -> tuple[QuoteBook, pl.DataFrame]:
    """Each venue's own book under the key `SYMBOL VENUE`, and which there are: `symbol, book_venue`."""
    named = venue_quotes.with_columns(pl.coalesce("ask_venue", "bid_venue").alias("book_venue")).drop_nulls(
        "book_venue"
    )
    keyed = named.with_columns(pl.concat_str("symbol", pl.lit(" "), "book_venue").alias("symbol"))
    return book_of(keyed), named.select("symbol", "book_venue").unique().sort("symbol", "book_venue")


def with_faded(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Route outcomes with `faded`, the shares of `fade_base` that were not filled; last routes of a chain only."""
    if "fade_base" not in outcomes.columns:
        return outcomes
    base = pl.when(pl.col("is_leaf") == 1).then("fade_base")
    faded = (base - pl.col("executed")).clip(lower_bound=0)
    return outcomes.with_columns(base.alias("fade_base"), faded.alias("faded"))
