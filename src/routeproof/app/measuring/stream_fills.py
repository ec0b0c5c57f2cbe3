"""Measured executions of a range of days, streamed by runs of symbols, for questions that need no more than fills."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from routeproof.stores.quote_reader import Buffers
from routeproof.tables.lookup.quote_windows import windows
from routeproof.tables.measured.coded_rows import CodedRows
from routeproof.tables.measured.day_flow import runs_of
from routeproof.tables.measured.fused_day import BENCHMARKS, COLUMNS, WITH_SIZES, fill_columns, fused_executions
from routeproof.tables.measured.fused_versions import FusedVersions
from routeproof.tables.measured.version_kernel import END
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from datetime import date

    import polars as pl

    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import DayRules
    from routeproof.tables.measured.day_flow import DayFlow
    from routeproof.tables.switches import Switches

WORKERS = 2
LONGEST_NS = max(HORIZONS_NS.values())
_IDLE: list[Buffers] = []
"""Memory for books that nobody uses at the moment; asking the system for it anew costs more than filling it."""


class QuoteSource(Protocol):
    """Where one day's reference quotes are."""

    def chunks(self, symbols: Sequence[str]) -> Iterator[list[str]]:
        """The symbols in order, in runs that may be held at once; a symbol that may not stands alone."""
        ...

    def is_long(self, symbol: str) -> bool:
        """Whether a symbol must be read in parts."""
        ...

    def parts(self, symbol: str, *, sizes: bool = True) -> Iterator[QuoteBook]:
        """The quotes of one symbol in order, in consecutive parts; one may overwrite the last."""
        ...

    def book(self, symbols: Sequence[str], buffers: Buffers, *, sizes: bool = True) -> QuoteBook:
        """The quotes of a run of symbols, good until the buffers' next use."""
        ...


class FlowSource(Protocol):
    """Where days come from that can be streamed."""

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Parent orders, and all their versions, of orders that may outlive their day, over all days."""
        ...

    def flow(self, day: date, columns: frozenset[str]) -> DayFlow:
        """The day's fills with these columns, and its order versions."""
        ...

    def quotes(self, day: date) -> QuoteSource:
        """Where the day's quotes are."""
        ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of every piece."""

    rules: DayRules
    switches: Switches
    needed: frozenset[str]

    @property
    def sizes(self) -> bool:
        """Whether displayed sizes are read."""
        return bool(self.needed & WITH_SIZES)


@dataclass(frozen=True, slots=True)
class _Run:
    """Some symbols of a day: their fills, and the rows of their versions."""

    flow: DayFlow
    quotes: QuoteSource
    symbols: list[str]
    fills: CodedRows
    versions: tuple[int, int]


def can_stream(needed: frozenset[str], switches: Switches) -> bool:
    """Whether the fills of a question can be streamed: it needs neither routes, tape nor an order's other fills."""
    return switches.population == "own" and switches.benchmark in BENCHMARKS and needed <= COLUMNS


def stream_fills(
    source: FlowSource, days: Sequence[date], rules: DayRules, switches: Switches, needed: frozenset[str]
) -> Iterator[CodedRows] | None:
    """Measured executions in pieces, or `None` where orders outlive their day.

    Raises:
        ContradictingFillsError: while streaming.
    """
    orders, _ = source.long_lived()
    if orders.height:
        return None
    return _pieces(source, days, _Asked(rules, switches, needed))


def _pieces(source: FlowSource, days: Sequence[date], asked: _Asked) -> Iterator[CodedRows]:
    """Pieces in order, made by a few threads, a few ahead; one day's flow is in memory at a time."""
    waiting: deque[Future[CodedRows]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for day in days:
            flow = source.flow(day, fill_columns(asked.needed))
            for run in _cut(flow, source.quotes(day)):
                if len(run.symbols) == 1 and run.quotes.is_long(run.symbols[0]):
                    while waiting:
                        yield waiting.popleft().result()
                    yield from _long_symbol(run, asked)
                    continue
                waiting.append(pool.submit(_piece, run, asked))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _cut(flow: DayFlow, quotes: QuoteSource) -> Iterator[_Run]:
    """The flow by runs of symbols that have fills."""
    fills, terms = runs_of(flow.fills.words["symbol"]), runs_of(flow.terms.words["symbol"])
    for symbols in quotes.chunks(sorted(fills)):
        first, last = _span(terms, symbols)
        rows = flow.fills.slice(*_span(fills, symbols))
        place = rows.names.index("version_row")
        numbers = rows.numbers.copy()
        numbers[place] = np.where(numbers[place] < 0, -1, numbers[place] - first)
        yield _Run(flow, quotes, symbols, CodedRows(rows.names, numbers, rows.words), (first, last))


def _span(runs: dict[str, tuple[int, int]], symbols: Sequence[str]) -> tuple[int, int]:
    held = [runs[symbol] for symbol in symbols if symbol in runs]
    return (held[0][0], held[-1][1]) if held else (0, 0)


def _piece(run: _Run, asked: _Asked) -> CodedRows:
    """All fills of some symbols, whose quotes are held at once."""
    try:
        buffers = _IDLE.pop()
    except IndexError:
        buffers = Buffers()
    try:
        book = run.quotes.book(run.symbols, buffers, sizes=asked.sizes)
        versions = FusedVersions(run.flow, run.versions, asked.rules, asked.switches)
        versions.see(book)
        return fused_executions(run.fills, versions, book, asked.needed)
    finally:
        _IDLE.append(buffers)


def _long_symbol(run: _Run, asked: _Asked) -> Iterator[CodedRows]:
    """One symbol's fills, its quotes read twice in parts: what becomes of an order may show at the end of the day."""
    (symbol,) = run.symbols
    versions = FusedVersions(run.flow, run.versions, asked.rules, asked.switches)
    for book, upto in windows(symbol, run.quotes.parts(symbol, sizes=asked.sizes), versions.still_from):
        versions.see(book, upto)
    instants = run.fills.number("executed_at") + asked.switches.shift_ns
    done = 0

    def still_from(upto: int) -> int:
        return int(instants[done]) if done < instants.size else upto

    for book, upto in windows(symbol, run.quotes.parts(symbol, sizes=asked.sizes), still_from):
        after = instants.size if upto == END else int(np.searchsorted(instants, upto - LONGEST_NS))
        if after > done:
            yield fused_executions(run.fills.slice(done, after), versions, book, asked.needed)
            done = after
