"""A guessed map: names that vendors and FIX use, units of time by their size, words of others; and its text is TOML."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.sources.map_file import parse_map
from routeproof.sources.map_guess import guessed_map, guessed_time
from routeproof.sources.map_text import map_text
from routeproof.tables.registry import TABLES


def test_names_of_vendors_are_known() -> None:
    """A quote file of a vendor, in local time."""
    names = ["Ticker", "Quote_Time", "Bid Price", "BidSz", "Offer", "unheard of"]
    row = dict(zip(names, ["A", "2026-07-01 09:30:00.5", "1", "100", "1.01", "?"], strict=True))
    assert guessed_map("quotes", names, [row]) == {
        "table": "quotes",
        "columns": {"symbol": "Ticker", "at": "Quote_Time", "bid": "Bid Price", "ask": "Offer", "bid_size": "BidSz"},
        "time": {"at": {"unit": "iso", "zone": "America/New_York"}},
    }


def test_words_of_fix_are_recoded() -> None:
    """Side by tag value and by letter; what is a word already is left alone."""
    rows = [{"55": "A", "54": side} for side in ("1", "5", "buy", "B", "?")]
    assert guessed_map("executions", ["55", "54"], rows)["values"] == {
        "side": {"1": "buy", "5": "sell_short", "B": "buy"}
    }


def test_a_column_stands_for_one_thing() -> None:
    """The canonical name has the better claim to a column than a synonym."""
    found = guessed_map("executions", ["order_id", "ClOrdID", "time"], [])["columns"]
    assert found == {"order_id": "order_id", "executed_at": "time"}


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("1751376600", {"unit": "s"}),
        ("1751376600.25", {"unit": "s"}),
        ("1751376600123", {"unit": "ms"}),
        ("1751376600123456", {"unit": "us"}),
        ("1751376600123456789", {"unit": "ns"}),
        ("2026-07-01T09:30:00Z", {"unit": "iso"}),
        ("2026-07-01T09:30:00-04:00", {"unit": "iso"}),
        ("20260701-09:30:00.123", {"unit": "iso", "zone": "America/New_York"}),
        ("34200", {}),
        ("soon", {}),
    ],
)
def test_units_of_time(text: str, format_: dict[str, str]) -> None:
    """By digits, or by how a clock is written; seconds of a day are no instant."""
    assert guessed_time([text]) == format_


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_guess_is_a_map(table: str) -> None:
    """Its text is TOML, and the reader of maps takes it, for every table and its own names."""
    names = [column.name for column in TABLES[table].columns]
    text = map_text(guessed_map(table, names, [dict.fromkeys(names, "1")]))
    assert parse_map(tomllib.loads(text)).columns == {name: name for name in names}


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8) | st.integers(-9, 9) | st.booleans(), max_size=4))
def test_any_text_comes_back_from_toml(section: dict[str, object]) -> None:
    """Quotes, control characters, dots and blanks in keys and values."""
    document = {"table": "quotes", "values": section} if section else {"table": "quotes"}
    assert tomllib.loads(map_text(document)) == document
