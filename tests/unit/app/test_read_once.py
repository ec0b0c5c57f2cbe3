"""A source of days that reads nothing twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from routeproof.app.facts.read_once import ReadOnce
from routeproof.app.measuring.frame_source import FrameSource

DAY, NEXT = date(2026, 7, 1), date(2026, 7, 2)


class Counted(FrameSource):
    """Frames that tell what was asked of them."""

    def __init__(self) -> None:
        super().__init__({}, pl.DataFrame())
        self.asked: list[tuple[Any, ...]] = []

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Names itself."""
        self.asked.append((table, day))
        return pl.DataFrame({"is": [f"{table} {day}"]})

    def book(self, day: date, symbols: pl.Series | None) -> Any:  # noqa: ANN401  # a fake book
        """Names itself."""
        self.asked.append((day, None if symbols is None else tuple(symbols)))
        return self.asked[-1]


def test_rows_are_read_once_by_table_and_day() -> None:
    """Asking again gives the same frame."""
    source = Counted()
    once = ReadOnce(source)
    assert once.rows("routes", DAY) is once.rows("routes", DAY)
    assert once.rows("routes", NEXT)["is"].to_list() == ["routes 2026-07-02"]
    assert source.asked == [("routes", DAY), ("routes", NEXT)]


def test_a_book_serves_whoever_asks_for_some_of_its_symbols() -> None:
    """Another day, or a symbol that it was not made for, needs another book."""
    source = Counted()
    once = ReadOnce(source)
    for day, symbols in ((DAY, "AB"), (DAY, "B"), (DAY, "BC"), (NEXT, "B"), (NEXT, None)):
        once.book(day, None if symbols is None else pl.Series(list(symbols)))
    assert source.asked == [(DAY, ("A", "B")), (DAY, ("B", "C")), (NEXT, ("B",)), (NEXT, None)]
