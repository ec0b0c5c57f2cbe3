"""What venues displayed on the far side at an instant: each venue's own quote, else the best quote with its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.quote_book import book_in_order, book_of, look_up
from routeproof.vocab.quote_status import OK

if TYPE_CHECKING:
    from routeproof.tables.lookup.quote_book import Int64s, Lookup, QuoteBook
    from routeproof.tables.switches import Switches

BEST_COLUMNS = ("symbol", "at", "sequence", "bid", "ask", "bid_size", "ask_size", "bid_venue", "ask_venue")
BOOK_COLUMNS = BEST_COLUMNS[:7]
"""What a book is made of: all but the names of venues."""

LEVELS = pl.Schema(
    {"ladder": pl.Int64(), "name": pl.String(), "price": pl.Int64(), "size": pl.Int64(), "told_by": pl.String()}
)


def touches(ladders: pl.DataFrame, best: pl.DataFrame, switches: Switches) -> pl.DataFrame:
    """The best quote at each ladder's instant.

    Args:
        ladders: `ladder, symbol, sign, instant` (UTC ns).
        best: reference quotes of the day, `BEST_COLUMNS`.
        switches: tie rule, clock shift.

    Returns:
        `ladder, bid, ask, price` (far side), `size` (null = not told), `name` (venue, null = not named) of the ladders
        with a two-sided quote that is neither locked nor crossed.
    """
    ordered = best.sort("symbol", "at", "sequence", maintain_order=True)
    book = book_in_order(ordered)
    found = _found(book, ladders["symbol"], ladders, switches)
    row = pl.Series(found.row).replace(-1, None)
    names = ordered.select("bid_venue", "ask_venue")
    shown = ladders.with_columns(
        pl.Series("bid", found.bid),
        pl.Series("ask", found.ask),
        pl.Series("bid_size", found.bid_size),
        pl.Series("ask_size", found.ask_size),
        pl.Series("status", found.status),
        *(names[name].gather(row) for name in names.columns),
    ).filter(pl.col("status") == OK)
    return shown.select("ladder", "bid", "ask", *_far_side("price", "", "size", "_size", "name", "_venue"))


def venue_levels(ladders: pl.DataFrame, venue_quotes: pl.DataFrame, switches: Switches) -> pl.DataFrame:
    """Every venue's own far side at each ladder's instant; columns `LEVELS`, without prices or sizes that are not told.

    Args:
        ladders: as `touches` takes them.
        venue_quotes: the day's quotes of kind `venue`.
        switches: tie rule, clock shift.
    """
    named = venue_quotes.lazy().with_columns(pl.coalesce("ask_venue", "bid_venue").alias("name"))
    names = named.select(pl.col("name").drop_nulls().unique().sort()).collect()["name"].to_list()
    own = [named.filter(pl.col("name") == name).select(BOOK_COLUMNS) for name in names]
    frames = zip(names, pl.collect_all(own), strict=True)
    parts = [_of_venue(ladders, quotes, name, switches) for name, quotes in frames]
    return _told(pl.concat(parts), "venue") if parts else LEVELS.to_frame()


def _of_venue(ladders: pl.DataFrame, quotes: pl.DataFrame, name: str, switches: Switches) -> pl.DataFrame:
    """One venue's far side; no key of symbol and venue is made for the whole day's rows."""
    found = _found(book_of(quotes), ladders["symbol"], ladders, switches)
    shown = ladders.with_columns(
        pl.Series("bid", found.bid),
        pl.Series("ask", found.ask),
        pl.Series("bid_size", found.bid_size),
        pl.Series("ask_size", found.ask_size),
    )
    return shown.select("ladder", pl.lit(name).alias("name"), *_far_side("price", "", "size", "_size"))


def best_level(touch: pl.DataFrame) -> pl.DataFrame:
    """The best quote alone as levels; a venue that is not named has a null `name`."""
    return _told(touch.select("ladder", "name", "price", "size"), "best quote")


def _told(levels: pl.DataFrame, by: str) -> pl.DataFrame:
    told = levels.filter((pl.col("price") > 0) & (pl.col("size") > 0))
    return told.with_columns(pl.lit(by).alias("told_by")).select(*LEVELS).cast(LEVELS)


def _far_side(*names: str) -> list[pl.Expr]:
    """`as, suffix` pairs: the ask's columns for buys, the bid's for sells; a size of -1 becomes null."""
    pairs = zip(names[::2], names[1::2], strict=True)
    buys = pl.col("sign") > 0
    return [
        pl.when(buys).then(f"ask{suffix}").otherwise(f"bid{suffix}").alias(name).replace(-1, None)
        if suffix == "_size"
        else pl.when(buys).then(f"ask{suffix}").otherwise(f"bid{suffix}").alias(name)
        for name, suffix in pairs
    ]


def _found(book: QuoteBook, symbols: pl.Series, at: pl.DataFrame, switches: Switches) -> Lookup:
    low, high = book.bounds(symbols)
    instants: Int64s = (at["instant"] + switches.shift_ns).to_numpy()
    return look_up(book, low, high, instants, inclusive=switches.tie == "inclusive")
