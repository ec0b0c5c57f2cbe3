"""The market on an order's way: the quote before everything that happened, and the path that a chart draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.stores.lake import Lake

COLUMNS = ("at", "bid", "ask", "bid_size", "ask_size", "kind")
AROUND_NS = 2 * NS_PER_S
"""How far before the first event and after the last one the path goes."""
NEAR_NS = NS_PER_S
MOST_NEAR = 6_000
MOST_FAR = 2_000
"""Quotes of a path: all within a second of an event up to the first number, else one in each of so many stretches."""


@dataclass(frozen=True, slots=True)
class Path:
    """Reference quotes of one symbol around an order, by time.

    Attributes:
        quotes: `at, bid, ask, bid_size, ask_size`; a side that is not there is null.
    """

    quotes: pl.DataFrame

    def before(self, at: int) -> dict[str, int | None] | None:
        """The quote in force strictly before an instant, fixed point; null where the path begins later."""
        place = int(self.quotes["at"].to_numpy().searchsorted(at, "left")) - 1
        return self.quotes.row(place, named=True) if place >= 0 else None

    def drawn(self, origin: int, events: Sequence[int]) -> dict[str, Any]:
        """`at` (ns after the origin), `bid`, `ask` (dollars; null where there is none), and how many were left out."""
        chosen = self.quotes[self._chosen(events)]
        return {
            "at": (chosen["at"] - origin).to_list(),
            "bid": (chosen["bid"] / SCALE).to_list(),
            "ask": (chosen["ask"] / SCALE).to_list(),
            "left_out": self.quotes.height - chosen.height,
        }

    def _chosen(self, events: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Rows to draw, ascending: all near an event, of the others the last of each stretch."""
        at = self.quotes["at"].to_numpy()
        if at.size <= MOST_NEAR + MOST_FAR:
            return np.arange(at.size)
        near = np.zeros(at.size, dtype=bool)
        for event in events:
            low, high = at.searchsorted([event - NEAR_NS, event + NEAR_NS])
            near[low:high] = True
        places = np.flatnonzero(near)[:MOST_NEAR]
        stretches = np.linspace(at[0], at[-1], MOST_FAR).astype(np.int64)
        far = np.maximum(at.searchsorted(stretches, "right") - 1, 0)
        return np.union1d(places, far)


def path_of(lake: Lake, manifest: str, days: Sequence[date], symbol: str, events: Sequence[int]) -> Path:
    """Reference quotes of a symbol from before the first event to after the last, on the days of the order."""
    frames = [part for day in days for part in _day(lake, manifest, day, symbol)]
    empty = pl.DataFrame(schema={name: pl.Int64 for name in COLUMNS if name != "kind"})
    quotes = pl.concat([empty, *frames])
    if not events or quotes.is_empty():
        return Path(quotes.head(0))
    first, last = min(events) - AROUND_NS, max(events) + AROUND_NS
    at = quotes["at"].to_numpy()
    start, stop = int(at.searchsorted(first, "left")), int(at.searchsorted(last, "right"))
    begin = max(start - 1, 0)
    return Path(quotes.slice(begin, stop - begin))


def _day(lake: Lake, manifest: str, day: date, symbol: str) -> list[pl.DataFrame]:
    """The symbol's stretch of a day's file, which stands in order."""
    ranges = lake.symbol_ranges("quotes", day, manifest)
    held = lake.manifest(manifest).partitions.get(("quotes", day.isoformat()))
    if held is None or symbol not in ranges:
        return []
    place = ranges[symbol]
    rows = lake.read_rows(held, place.start, place.rows, COLUMNS)
    return [rows.filter(pl.col("kind").cast(pl.String).is_in(REFERENCE_KINDS)).drop("kind")]
