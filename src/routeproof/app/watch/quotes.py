"""Reference quotes of a day while it goes on: those of the lake, and those that arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.sources.registry import SOURCES
from routeproof.sources.source import ReadContext
from routeproof.tables.lookup.quote_book import QuoteBook, book_of
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from routeproof.sources.map_file import FileMap
    from routeproof.stores.lake import Lake

_READ = ("symbol", "at", "sequence", "bid", "ask", "bid_size", "ask_size")
_TOLD = [name for name in _READ if name != "sequence"]
"""What makes a quote of the lake the same as one that came."""


class LiveQuotes:
    """Quotes by day; a book is made when somebody asks for it and something has come since."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._live: dict[date, list[pl.DataFrame]] = {}
        self._books: dict[date, tuple[str, QuoteBook]] = {}
        self._stored: dict[date, tuple[str, pl.DataFrame]] = {}
        self._latest = self._rows = 0
        self._came: dict[str, int] = {}
        self._settled_until = 0

    def add(self, quotes: pl.DataFrame) -> None:
        """Take in canonical quotes; those without a sequence of their own come after what came before."""
        wanted = quotes.filter(pl.col("kind").is_in(REFERENCE_KINDS))
        if (wanted["sequence"] == wanted["source_row"]).all():
            wanted = wanted.with_columns(pl.col("sequence") + self._rows)
        last = quotes["source_row"].max()
        self._rows += last if isinstance(last, int) else 0
        for (day,), rows in wanted.group_by("trading_day"):
            self._live.setdefault(day, []).append(rows.select(_READ))
            self._books.pop(day, None)
            latest = rows["at"].max()
            self._latest = max(self._latest, latest if isinstance(latest, int) else 0)
        for symbol, at in wanted.group_by("symbol").agg(pl.col("at").min()).drop_nulls().iter_rows():
            self._came[symbol] = min(at, self._came.get(symbol, at))

    def read(self, source: str, file_map: FileMap, content: bytes, name: str, scratch: Path) -> None:
        """Take in content of a file of quotes, named so for who reads an error.

        Raises:
            RouteproofError: it cannot be read under the map; rows that are no quotes are left to the lake to count.
        """
        path = scratch / "quotes"
        path.write_bytes(content)
        for piece in SOURCES[source].read(path, file_map, ReadContext(file=name, source_id="live")):
            if TABLES["quotes"].name in piece.tables:
                self.add(TABLES["quotes"].conform(piece.tables[TABLES["quotes"].name]))

    def came_late(self, seen_until: int) -> dict[str, int]:
        """Symbols of which quotes came since this was asked last that others were judged without, and since when.

        Late is what is older than the event time seen when this was asked last, which grants some lateness.
        """
        late = {symbol: at for symbol, at in self._came.items() if at < self._settled_until}
        self._came, self._settled_until = {}, seen_until
        return late

    def book(self, day: date) -> QuoteBook:
        """The day's reference quotes as known now."""
        held = self._lake.manifest().partitions.get(("quotes", day.isoformat()))
        stored = held.sha256 if held else ""
        if day in self._books and self._books[day][0] == stored:
            return self._books[day][1]
        live = self._live.get(day, [])
        if live:
            every = pl.concat([self._of_lake(day, stored), *live])
            book = book_of(every.unique(_TOLD, keep="last", maintain_order=True))
        else:
            book = LakeSource(self._lake, self._lake.manifest().id).book(day, None)
        self._books[day] = (stored, book)
        return book

    def seen_until(self, day: date) -> int:
        """Instant of the latest quote of the day; 0 where there is none."""
        at = self.book(day).at
        return int(at.max()) if at.size else 0

    def latest(self) -> int:
        """Instant of the latest quote that arrived, of any day; 0 before the first."""
        return self._latest

    def let_go(self, days: set[date]) -> None:
        """Days that are over; if they are asked for again, the lake has them."""
        for held in (self._live, self._books, self._stored):
            for day in days & held.keys():
                del held[day]

    def _of_lake(self, day: date, stored: str) -> pl.DataFrame:
        if day not in self._stored or self._stored[day][0] != stored:
            rows = self._lake.read("quotes", [day]) if stored else TABLES["quotes"].empty()
            self._stored[day] = (stored, rows.filter(pl.col("kind").is_in(REFERENCE_KINDS)).select(_READ))
        return self._stored[day][1]
