"""The streamed executions hold what `measure_day` gives, column by column, whatever the switches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.measuring.measure import Question, measure
from routeproof.app.measuring.stream_fills import stream_fills
from routeproof.app.shipped_rules import shipped_rules
from routeproof.metrics.registry import ALL
from routeproof.stores.commits import commit
from routeproof.tables.lookup.quote_book import QuoteBook, book_of
from routeproof.tables.measured.day import Carry, DayTables, measure_day
from routeproof.tables.measured.day_flow import DayFlow, day_flow
from routeproof.tables.measured.fused_day import COLUMNS
from routeproof.tables.measured.standing_rows import terms_of_every_order
from routeproof.tables.measured.version_terms import version_terms
from routeproof.tables.registry import TABLES
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DAY = date(2026, 6, 1)
OPEN = 1_780_320_600_000_000_000
SECOND = 10**9
CENT = 10**7
SYMBOLS = ("AAA", "BBB", "CCC", "NOQ")


def _quotes(rng: np.random.Generator) -> pl.DataFrame:
    """Bids and asks that are now and then missing, locked or crossed, some at equal instants; one symbol has none."""
    n = 600
    bid = 1000 + np.cumsum(rng.integers(-1, 2, n))
    ask = bid + rng.integers(-1, 4, n)
    frame = pl.DataFrame(
        {
            "symbol": [SYMBOLS[k] for k in rng.integers(0, 3, n)],
            "at": OPEN + np.sort(rng.integers(-5, 23_500, n)) * SECOND,
            "bid": pl.Series(bid * CENT).set(pl.Series(rng.random(n) < 0.05), None),
            "ask": pl.Series(ask * CENT).set(pl.Series(rng.random(n) < 0.05), None),
            "bid_size": pl.Series(rng.integers(1, 9, n) * 100 * SECOND).set(pl.Series(rng.random(n) < 0.1), None),
            "ask_size": rng.integers(1, 9, n) * 100 * SECOND,
            "sequence": np.arange(n),
        }
    )
    return TABLES["quotes"].conform(frame)


def _orders(rng: np.random.Generator, *, plain: bool = False) -> tuple[pl.DataFrame, pl.DataFrame]:
    n = 80
    kind = rng.choice(["market", "limit", "stop", "pegged"], n, p=[0.4, 0.4, 0.1, 0.1])
    ids = [f"o{k}" for k in range(n)]
    received = OPEN + rng.integers(-100, 23_000, n) * SECOND
    orders = pl.DataFrame(
        {
            "order_id": ids,
            "provider_id": rng.choice(["P", "Q"], n),
            "symbol": rng.choice(SYMBOLS, n),
            "side": rng.choice(["buy", "sell", "sell_short"], n),
            "received_at": received,
        }
    )
    price = pl.Series((1000 + rng.integers(-12, 12, n)) * CENT)
    first = pl.DataFrame(
        {
            "order_id": ids,
            "version": [1] * n,
            "effective_at": received,
            "event": ["new"] * n,
            "quantity": rng.integers(1, 900, n) * SECOND,
            "order_type": kind,
            "limit_price": price.set(pl.Series(kind != "limit"), None),
            "stop_price": price.set(pl.Series(kind != "stop"), None),
            "time_in_force": rng.choice(["day", "ioc"], n),
        }
    )
    replaced = first.filter(pl.Series(rng.random(n) < 0.2)).with_columns(
        version=pl.lit(2, dtype=pl.Int64), effective_at=pl.col("effective_at") + 600 * SECOND, event=pl.lit("replace")
    )
    kept = first.filter(pl.Series(rng.random(n) < (2 if plain else 0.9)))  # some orders are without terms
    triggers = first.filter(pl.Series((kind == "stop") & (rng.random(n) < 0.5))).with_columns(
        effective_at=pl.col("effective_at") + pl.Series(rng.integers(-50, 900, n)).head(1) * SECOND,
        event=pl.lit("trigger"),
    )
    cancels = first.filter(pl.Series(rng.random(n) < 0.3)).with_columns(
        effective_at=pl.col("effective_at") + 900 * SECOND, event=pl.lit("cancel")
    )
    events = [kept] if plain else [kept, replaced, triggers, cancels]
    return TABLES["parent_orders"].conform(orders), TABLES["order_versions"].conform(pl.concat(events))


def _executions(rng: np.random.Generator, orders: pl.DataFrame) -> pl.DataFrame:
    n = 300
    picked = orders[rng.integers(0, orders.height, n)]
    side = picked["side"].to_list()
    return (
        TABLES["executions"]
        .conform(
            pl.DataFrame(
                {
                    "execution_id": [f"x{k}" for k in range(n)],
                    "order_id": [None if rng.random() < 0.05 else name for name in picked["order_id"]],
                    "version": [int(rng.integers(1, 3)) if rng.random() < 0.2 else None for _ in range(n)],
                    "symbol": picked["symbol"],
                    "side": [None if rng.random() < 0.1 else name for name in side],
                    "executed_at": picked["received_at"] + pl.Series(rng.integers(0, 900, n) * SECOND),
                    "price": (1000 + rng.integers(-12, 12, n)) * CENT,
                    "quantity": rng.integers(1, 500, n) * SECOND,
                    "venue": rng.choice(["XNAS", "XNYS"], n),
                    "fee": [int(rng.integers(0, 99)) if rng.random() < 0.5 else None for _ in range(n)],
                    "rebate": [int(rng.integers(0, 99)) if rng.random() < 0.5 else None for _ in range(n)],
                    "status": rng.choice(["new", "busted"], n, p=[0.9, 0.1]),
                }
            ).with_columns(trading_day=pl.lit(DAY))
        )
        .sort("symbol", "executed_at", "execution_id")
    )


ALL_SWITCHES = [
    Switches(benchmark=benchmark, tie=tie, locked=locked, after_close=after, shift_ns=shift)  # type: ignore[arg-type]
    for benchmark, tie, locked, after, shift in product(
        ("receipt", "execution"), ("strict", "inclusive"), ("exclude", "include"), ("null", "final_quote"), (0, SECOND)
    )
]


@dataclass(frozen=True)
class HeldQuotes:
    """A book in memory as a source of quotes that holds at most some rows at once."""

    whole: QuoteBook
    chunk_rows: int

    def chunks(self, symbols: Sequence[str]) -> Iterator[list[str]]:
        """One symbol at a time."""
        yield from ([symbol] for symbol in symbols)

    def is_long(self, symbol: str) -> bool:
        """Whether there are more rows than may be held."""
        low, high = self.whole.ranges.get(symbol, (0, 0))
        return high - low > self.chunk_rows

    def parts(self, symbol: str, *, sizes: bool = True) -> Iterator[QuoteBook]:  # noqa: ARG002 - sizes are always there
        """Consecutive rows, at most as many as may be held."""
        low, high = self.whole.ranges[symbol]
        for begin in range(low, high, self.chunk_rows):
            after = min(begin + self.chunk_rows, high)
            arrays = [getattr(self.whole, name)[begin:after] for name in ("at", "bid", "ask", "bid_size", "ask_size")]
            yield QuoteBook(*arrays, {symbol: (0, after - begin)})

    def book(self, *_: object, **__: object) -> QuoteBook:
        """Everything: the ranges say whose rows are whose."""
        return self.whole


@dataclass(frozen=True)
class HeldFlow:
    """One day in memory as a source of days that can be streamed."""

    tables: DayTables
    orders: pl.DataFrame
    versions: pl.DataFrame
    held: HeldQuotes

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Nothing outlives the day."""
        return self.orders.clear(), self.versions.clear()

    def flow(self, day: date, columns: frozenset[str]) -> DayFlow:
        """The day's standing fills and versions."""
        standing = self.tables.executions.filter(pl.col("status") != "busted")
        return day_flow(day, standing, self.orders, self.versions, columns)

    def quotes(self, _: date) -> HeldQuotes:
        """The quotes."""
        return self.held


def _agrees(seed: int, chunk_rows: int, every: Sequence[Switches], *, plain: bool = False) -> None:
    """The streamed executions hold what the measured day does, column by column."""
    rng = np.random.default_rng(seed)
    quotes = _quotes(rng)
    orders, versions = _orders(rng, plain=plain)
    executions = _executions(rng, orders)
    rules = shipped_rules()
    tables = DayTables(
        DAY,
        version_terms(orders, terms_of_every_order(orders, versions)),
        TABLES["routes"].empty(),
        executions,
        TABLES["trades"].empty(),
        TABLES["market_status"].empty(),
    )
    book = book_of(quotes)
    source = HeldFlow(tables, orders, versions, HeldQuotes(writable(book), chunk_rows))
    standing = executions.filter(pl.col("status") != "busted")
    for switches in every:
        whole, _ = measure_day(tables, book, rules, switches, Carry())
        pieces = stream_fills(source, [DAY], rules, switches, COLUMNS)
        assert pieces is not None
        found = pl.concat([rows.frame(sorted(COLUMNS)) for rows in pieces])
        expected = standing.select("execution_id").join(
            whole.executions, on="execution_id", how="left", maintain_order="left"
        )
        for name in sorted(COLUMNS):
            assert found[name].to_list() == expected[name].to_list(), (name, switches, chunk_rows)


def writable(book: QuoteBook) -> QuoteBook:
    """The book in memory of its own, as readers of files give it."""
    arrays = [getattr(book, name).copy() for name in ("at", "bid", "ask", "bid_size", "ask_size")]
    return QuoteBook(*arrays, book.ranges)


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.night) for seed in range(2, 8))])
def test_streamed_executions_equal_the_measured_day(seed: int) -> None:
    """All columns, under all mixes of switches; orders with replaces, stops, missing sides and symbols."""
    _agrees(seed, 10_000, ALL_SWITCHES)


def test_orders_of_one_version_need_no_joins_and_say_the_same() -> None:
    """No replaces: identities are linked by hash, and compared."""
    _agrees(5, 10_000, ALL_SWITCHES[:2], plain=True)


@examples(12)
@given(seed=st.integers(0, 10**6), chunk_rows=st.integers(1, 90), chosen=st.integers(0, len(ALL_SWITCHES) - 1))
def test_a_symbol_whose_quotes_are_read_in_parts_says_the_same(seed: int, chunk_rows: int, chosen: int) -> None:
    """However small the parts, and with horizons, ties and waiting orders that reach over many of them."""
    _agrees(seed, chunk_rows, [ALL_SWITCHES[chosen]])


FILLS_ONLY = tuple(
    metric.name
    for metric in ALL
    if metric.name.startswith(("price_improvement", "effective", "quoted", "realized", "markout", "time_to_execution"))
    or metric.name in {"executions", "executed_shares", "coverage", "fees_usd", "hhi_venue"}
)


@pytest.mark.parametrize("by", [(), ("symbol", "order_type", "size_bucket", "venue"), ("side", "session", "month")])
def test_a_workspace_answers_the_same_whichever_way_it_is_asked(tmp_path: Path, by: tuple[str, ...]) -> None:
    """Some metrics (streamed), all metrics (whole days), and both again from kept rows, give the same figures."""
    rng = np.random.default_rng(11)
    orders, versions = _orders(rng)
    executions = _executions(rng, orders).with_columns(
        pl.when(pl.col("status") == "busted").then(pl.lit("corrected")).otherwise("status").alias("status")
    )
    tables = {"quotes": _quotes(rng), "parent_orders": orders, "order_versions": versions, "executions": executions}
    workspace = init_workspace(tmp_path / "w")
    with open_context(workspace.root) as context:
        written = [
            context.lake.write(name, DAY.isoformat(), TABLES[name].sort(frame.with_columns(trading_day=pl.lit(DAY))))
            for name, frame in tables.items()
        ]
        commit(workspace.lake_folder, context.lake, context.records, written, [], context.actor)
        some, every = Question(by=by, metrics=FILLS_ONLY), Question(by=by)
        streamed = measure(context.lake, some).rows
        whole = measure(context.lake, every).rows
        kept = [measure(context.lake, item, tmp_path / "cache").rows for item in (some, some, every, every)]
    # A group of orders without fills is a row of the whole answer only; every group with fills is in both.
    with_fills = whole.filter(pl.col("executions") > 0).select(streamed.columns)
    assert streamed.equals(with_fills)
    assert kept[0].equals(streamed)
    assert kept[1].equals(streamed)
    assert kept[2].equals(whole)
    assert kept[3].equals(whole)
