"""The replay of orders: their rows, the quotes around them, and the document that people read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from routeproof.app.cases.replay import Rows, as_bytes, replay_of
from routeproof.vocab.times import NS_PER_S

DAY = date(2026, 7, 1)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.dates()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(st.dictionaries(st.text(), VALUES))
def test_documents_are_json_with_an_indent_of_one(document: dict[str, Any]) -> None:
    """The standard library's encoder writes the same bytes."""
    assert as_bytes(document) == json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()


def _rows(quotes: dict[str, list[int]]) -> Rows:
    """Order A with a fill of X at 10 s and one of Y at 20 s, order B with a fill of X at 40 s; quotes at whole s."""
    fills = [
        {"order_id": order, "execution_id": name, "symbol": symbol, "executed_at": at * NS_PER_S}
        for order, name, symbol, at in (("A", "1", "X", 10), ("A", "2", "Y", 20), ("B", "3", "X", 40))
    ]
    frames = {
        symbol: pl.DataFrame({"symbol": symbol, "at": [at * NS_PER_S for at in times]})
        for symbol, times in quotes.items()
    }
    places = {
        ("executions", "order_id"): {"A": [0, 1], "B": [2]},
        ("executions", "execution_id"): {"1": [0], "2": [1], "3": [2]},
    }
    return Rows(DAY, {"executions": fills}, places, frames)


def _shown(found: dict[str, Any]) -> list[tuple[str, int]]:
    return [(row["symbol"], row["at"] // NS_PER_S) for row in found["quotes"]]


def test_quotes_are_those_of_the_symbols_within_a_second_of_what_happened() -> None:
    """Both ends count; of several symbols all quotes between the first and the last instant, by symbol."""
    rows = _rows({"X": [8, 9, 11, 21, 22, 39, 41, 42], "Y": [1, 15], "Z": [10]})
    assert _shown(replay_of(rows, ["B"])) == [("X", 39), ("X", 41)]
    assert _shown(replay_of(rows, ["A"])) == [("X", 9), ("X", 11), ("X", 21), ("Y", 15)]
    assert [row["execution_id"] for row in replay_of(rows, ["B"], ["1"])["executions"]] == ["1", "3"]
    assert replay_of(rows, ["C"])["quotes"] == []


def test_of_too_many_quotes_the_first_and_the_last_are_kept() -> None:
    """Of 6,002 within the time 5,000, half of them from either end, and it is told how many were left out."""
    found = replay_of(_rows({"X": [9, *[12] * 6_000], "Y": [15]}), ["A"])
    assert _shown(found) == [("X", 9), *[("X", 12)] * 4_998, ("Y", 15)]
    assert found["quotes_left_out"] == 1_002
