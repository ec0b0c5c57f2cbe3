"""Quotes handed in as a frame give the same books and figures in any form, row order and way of reading."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import routeproof as rp
from examples import examples
from oracle.random_flow import Dice, frame, random_flow, random_market
from routeproof.app.measuring.handed_quotes import HandedQuotes, RunSizes
from routeproof.app.measuring.quote_batches import (
    OutOfOrderError,
    Rows,
    batches,
    batches_in_order,
    rows_by_day,
    rows_of_symbol,
)
from routeproof.stores.quote_reader import Buffers
from routeproof.tables.canonical.market import QUOTES
from routeproof.tables.fixed_kernel import is_in_order, write_floats
from routeproof.tables.intake.coerce import coerce, in_kind
from routeproof.tables.lookup.quote_book import QuoteBook, book_of
from routeproof.vocab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("nbbo", "composite")
DAYS = [date(2026, 11, 23) + timedelta(days=number) for number in range(3)]
NOON = 1_795_453_200_000_000_000
DAY_NS = 86_400 * 10**9

NEAR_HALVES = [(2.0**49 + k / 8) / 1e9 for k in range(16)]
FLOATS = st.one_of(
    st.integers(-3, 10**15).map(lambda value: value / 1e9),
    st.integers(0, 10**6).map(lambda value: value / 100.0),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([*NEAR_HALVES, 0.1 + 0.2, -0.0, 1e-10, 9.3e9, math.nextafter(10.01, 11)]),
)


@given(st.lists(FLOATS, max_size=8))
@example([*NEAR_HALVES, math.nan])
@examples(100, more_by_night=75)
def test_floats_are_written_as_polars_converts_them(values: list[float]) -> None:
    """The same integers; what `coerce` refuses, or what is negative, is not written."""
    out = np.empty(len(values), dtype=np.int64)
    good = write_floats(np.array(values, dtype=np.float64), -1, out)
    try:
        fixed = in_kind(pl.Series(values, dtype=pl.Float64), "price", "quotes.bid")
    except (SchemaError, pl.exceptions.PolarsError):
        assert not good
        return
    lowest = fixed.min()
    assert good == (lowest is None or lowest >= 0)
    assert not good or out.tolist() == fixed.fill_null(-1).to_list()


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=4), max_size=4), st.booleans())
@examples(80, more_by_night=62)
def test_order_is_what_sorting_would_not_change(symbols: list[list[tuple[int, int]]], numbered: bool) -> None:  # noqa: FBT001
    """Within each symbol, by instant alone or by instant and sequence."""
    rows = np.array([row for symbol in symbols for row in symbol], dtype=np.int64).reshape(-1, 2)
    lengths = np.array([len(symbol) for symbol in symbols], dtype=np.int64)
    width = 2 if numbered else 1
    expected = all([row[:width] for row in symbol] == sorted(row[:width] for row in symbol) for symbol in symbols)
    sequence = rows[:, 1].copy() if numbered else np.empty(0, dtype=np.int64)
    assert is_in_order(rows[:, 0].copy(), sequence, lengths) == expected


PRICES = st.none() | st.integers(900, 1100).map(lambda cents: cents / 100)
SIZES = st.none() | st.integers(1, 9).map(lambda lots: lots * 100.0)
ROWS = st.tuples(
    st.integers(0, 2), st.sampled_from("ABC"), st.integers(0, 5), PRICES, PRICES, SIZES, SIZES, st.integers(0, 3),
    st.sampled_from(["nbbo", "composite", "venue", None]),
)  # fmt: skip


@st.composite
def handed(draw: st.DrawFn) -> pl.DataFrame:
    """A few quotes of three days and symbols with ties, in some order and form, with and without optional columns."""
    rows = draw(st.lists(ROWS, min_size=1, max_size=25))
    names = ("number", "symbol", "step", "bid", "ask", "bid_size", "ask_size", "sequence", "kind")
    types = {"bid": pl.Float64, "ask": pl.Float64, "bid_size": pl.Float64, "ask_size": pl.Float64, "kind": pl.String}
    quotes = pl.DataFrame(rows, schema=list(names), schema_overrides=types, orient="row")
    quotes = quotes.with_columns(at=NOON + pl.col("number") * DAY_NS + pl.col("step"))
    order = draw(st.sampled_from([["number", "symbol", "step"], ["number", "symbol"], ["symbol", "step"], ["step"]]))
    quotes = quotes.sort(order, maintain_order=True)
    if draw(st.booleans()):
        quotes = quotes.with_columns(kind=pl.lit("nbbo"))
    if draw(st.booleans()):  # a day of its own, as if the session had another
        quotes = quotes.with_columns(
            trading_day=pl.when(pl.col("step") < 5).then(pl.lit(DAYS[0]) + pl.duration(days="number"))
        )
    for name in draw(st.sets(st.sampled_from(["bid", "ask_size", "sequence", "kind"]))):
        quotes = quotes.drop(name)
    prices = [name for name in ("bid", "ask") if name in quotes.columns]
    forms = {
        "floats": quotes,
        "narrow": quotes.with_columns(pl.col("^.*_size$").cast(pl.Float32)),
        "text": quotes.with_columns(pl.col(prices).round(2).cast(pl.String)),
        "decimals": quotes.with_columns(pl.col(prices).cast(pl.Decimal(12, 2))),
        "scaled": quotes.with_columns((pl.col(prices) * 1e9).round().cast(pl.Int64)),
        "instants": quotes.with_columns(at=pl.from_epoch("at", time_unit="ns").dt.replace_time_zone("UTC")),
        "words": quotes.with_columns(pl.col("symbol").cast(pl.Enum(["C", "B", "A"]))),
    }
    return forms[draw(st.sampled_from(sorted(forms)))].drop("number", "step")


TIED_WITHIN_A_MICROSECOND = pl.DataFrame(
    {"symbol": ["A"] * 4, "at": [NOON, NOON + 2, NOON + 2, NOON + 2], "sequence": [1, 3, 2, 1], "bid": [1.0, 2, 3, 4]}
).with_columns(pl.from_epoch("at", time_unit="ns").dt.replace_time_zone("UTC"))
"""A long symbol whose last instant goes on in the next part, as datetimes."""


@given(
    handed(), st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.booleans(),
    st.sets(st.sampled_from("ABCD"), min_size=1),
)  # fmt: skip
@example(TIED_WITHIN_A_MICROSECOND, 3, 1, 1, False, {"A"})
@examples(80, more_by_night=125)
def test_books_are_those_of_the_whole_frame(
    quotes: pl.DataFrame,
    size: int,
    run: int,
    long: int,
    lazy: bool,  # noqa: FBT001
    asked: set[str],
) -> None:
    """Read in pieces of any size, in the order of the rows or put in order first."""
    given_frame, sizes = quotes.lazy() if lazy else quotes, RunSizes(run, long)
    canonical = coerce(quotes, QUOTES, where="quotes").filter(pl.col("kind").is_in(KINDS))

    def again(symbol: str) -> Iterator[Rows]:
        return rows_by_day(batches(rows_of_symbol(given_frame, symbol), size))

    try:
        check_books(HandedQuotes(rows_by_day(batches(given_frame, size)), KINDS, sizes, again), canonical, asked)
    except OutOfOrderError:
        keys = coerce(quotes, QUOTES, where="quotes").select("trading_day", "symbol", "at")
        assert not keys.equals(keys.sort("trading_day", "symbol", "at"))
        ordered = rows_by_day(batches_in_order(given_frame, size))
        check_books(HandedQuotes(ordered, KINDS, sizes, None), canonical, asked)


ARRAYS = ("at", "bid", "ask", "bid_size", "ask_size")


def check_books(quotes: HandedQuotes, canonical: pl.DataFrame, asked: set[str]) -> None:
    """The books of two of the three days, symbol by symbol, once all rows were seen to be in order."""
    found: dict[tuple[date, str], list[list[int]]] = {}
    for day in DAYS[:2]:
        of_day, buffers = quotes.of_day(day), Buffers()
        for run in of_day.chunks(sorted(asked)):
            if len(run) == 1 and of_day.is_long(run[0]):
                for _ in range(2):  # it may be read twice
                    parts = [columns(part, run[0]) for part in of_day.parts(run[0])]
                    found[day, run[0]] = [list(chain(*values)) for values in zip(*parts, strict=True)]
                continue
            book = of_day.book(run, buffers)
            for symbol in run:
                found[day, symbol] = columns(book, symbol)
    quotes.finish()
    assert list(found) == [(day, symbol) for day in DAYS[:2] for symbol in sorted(asked)]
    for (day, symbol), values in found.items():
        assert values == columns(book_of(canonical.filter(pl.col("trading_day") == day)), symbol)


def columns(book: QuoteBook, symbol: str) -> list[list[int]]:
    """The quotes of one symbol, column by column."""
    low, high = book.ranges.get(symbol, (0, 0))
    return [getattr(book, name)[low:high].tolist() for name in ARRAYS]


FILLS_ONLY = ("executions", "covered_shares", "e_over_q", "price_improvement_usd_per_share", "markout_bps_1s",
              "realized_spread_usd_per_share_15s", "time_to_execution_ms_avg", "hhi_venue")  # fmt: skip


@given(st.integers(0, 10_000), st.sampled_from([(), ("symbol", "order_class"), ("day", "venue")]), st.booleans())
@examples(12)
def test_figures_do_not_depend_on_how_quotes_come(seed: int, by: tuple[str, ...], lazy: bool) -> None:  # noqa: FBT001
    """Asked alone (one pass) or with a figure of orders (whole days), in any row order: the same to the bit."""
    dice = Dice(seed)
    market, flow = random_market(dice), random_flow(dice, orders=40)
    for event in flow["versions"]:
        event["time_in_force"] = "day" if event["time_in_force"] == "gtc" else event["time_in_force"]
    quotes = frame(market.quotes)
    tables: dict[str, Any] = {"orders": frame(flow["orders"]), "order_versions": frame(flow["versions"])}
    whole = rp.measure(frame(flow["executions"]), quotes, by=by, metrics=(*FILLS_ONLY, "orders"), **tables)
    expected = whole.filter(pl.col("executions") > 0).select(*by, *FILLS_ONLY)
    for order in (["symbol", "at"], ["at"], ["sequence", "bid"]):
        arranged = quotes.sort(order, maintain_order=True)
        found = rp.measure(
            frame(flow["executions"]), arranged.lazy() if lazy else arranged, by=by, metrics=FILLS_ONLY, **tables
        )
        assert found.equals(expected, null_equal=True), order


AT = NOON + 5
FILL = pl.DataFrame(
    {"execution_id": ["e"], "symbol": ["B"], "side": ["buy"], "executed_at": [AT], "price": [10.0], "quantity": [100.0]}
)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bid": 10.0000000051234}, "at most 9 decimals in quotes.bid, found 10.0000000051234"),
        ({"ask": float("inf")}, "at most 9 decimals in quotes.ask, found inf"),
        ({"bid": -1.0}, "no negative values in quotes.bid, found 1 rows"),
        ({"at": None}, "a value in every row of quotes.at, found 1 rows"),
        ({"symbol": None}, "a value in every row of quotes.symbol, found 1 rows"),
        ({"kind": "nbb"}, "quotes.kind to be one of nbbo, .*, found nbb"),
    ],
)
def test_a_bad_quote_is_an_error_wherever_it_stands(place: int, change: dict[str, Any], says: str) -> None:
    """Of the symbol of a fill, of another one before or after it, on a day without fills."""
    rows = [
        {"symbol": symbol, "at": at, "bid": 9.99, "ask": 10.01, "kind": "nbbo"}
        for symbol, at in (("A", NOON), ("B", NOON), ("C", NOON), ("A", NOON + DAY_NS))
    ]
    rows[place] |= change
    for quotes in (pl.DataFrame(rows), pl.LazyFrame(rows)):
        with pytest.raises(SchemaError, match=says):
            rp.measure(FILL, quotes, benchmark="execution", metrics=["e_over_q"])


def test_small_whole_sizes_are_refused_as_before() -> None:
    """Integers are fixed point: sizes that would be less than a thousandth of a share are told, not taken."""
    quotes = pl.DataFrame({"symbol": ["B"], "at": [NOON], "bid": [9.99], "ask": [10.01], "bid_size": [300]})
    with pytest.raises(SchemaError, match="multiply by 1000000000"):
        rp.measure(FILL, quotes, benchmark="execution", metrics=["e_over_q"])
