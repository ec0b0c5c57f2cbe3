"""Quotes that come in portions stand in the order in which they came, whatever rows they had in their portion."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.watch.quotes import LiveQuotes
from routeproof.tables.registry import TABLES

DAY = date(2026, 7, 1)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as opened:
        yield opened


def portion(*bids: int, sequences: tuple[int, ...] = ()) -> pl.DataFrame:
    """Quotes of one instant, numbered by the rows of their portion where they have no sequence of their own."""
    rows = pl.int_range(2, len(bids) + 2, dtype=pl.Int64, eager=True)
    frame = pl.DataFrame({"symbol": ["A"] * len(bids), "at": [5] * len(bids), "bid": bids, "ask": [9] * len(bids)})
    sequence = pl.Series("sequence", sequences) if sequences else rows
    return TABLES["quotes"].conform(frame.with_columns(sequence=sequence, source_row=rows, trading_day=pl.lit(DAY)))


def test_a_portion_comes_after_the_one_before_it(context: Context) -> None:
    """The third quote of an instant stands first in its own portion, and last of the instant."""
    quotes = LiveQuotes(context.lake)
    quotes.add(portion(1, 2))
    quotes.add(portion(3))
    assert quotes.book(DAY).bid.tolist() == [1, 2, 3]


def test_a_sequence_of_its_own_orders_portions(context: Context) -> None:
    """Numbered 12, 11 and then 10."""
    quotes = LiveQuotes(context.lake)
    quotes.add(portion(1, 2, sequences=(12, 11)))
    quotes.add(portion(3, sequences=(10,)))
    assert quotes.book(DAY).bid.tolist() == [3, 2, 1]


def test_what_the_lake_has_by_now_is_there_once(context: Context) -> None:
    """A portion, once the lake took it in under other row numbers."""
    quotes = LiveQuotes(context.lake)
    quotes.add(portion(1, 2))
    quotes.add(portion(3))
    quotes.add(portion(1, 2, 3))
    assert quotes.book(DAY).bid.tolist() == [1, 2, 3]
