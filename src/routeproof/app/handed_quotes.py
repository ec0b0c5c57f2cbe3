"""Quotes that somebody handed in, read once from the first row to the last, as books of runs of symbols."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.stores.quote_reader import Buffers
from routeproof.tables.quote_rows import book_of_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    import polars as pl

    from routeproof.app.quote_batches import Rows
    from routeproof.tables.quote_book import Int64s, QuoteBook

RUN_ROWS = 1_000_000


@dataclass(slots=True)
class _Run:
    """Consecutive rows of one day: whole symbols, but for the last one while it grows."""

    frames: deque[pl.DataFrame] = field(default_factory=deque)
    symbols: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(self.lengths)

    def add(self, rows: Rows) -> None:
        """Rows that follow; the first symbol may be the last one so far."""
        begin = 0
        if self.symbols and self.symbols[-1] == rows.symbols[0]:
            self.lengths[-1] += rows.lengths[0]
            begin = 1
        self.symbols += rows.symbols[begin:]
        self.lengths += rows.lengths[begin:]
        self.frames.append(rows.frame)

    def cut_last(self) -> _Run:
        """Take off the last symbol, which may go on."""
        taken = _Run(symbols=[self.symbols.pop()], lengths=[self.lengths.pop()])
        missing = taken.lengths[0]
        while missing:
            frame = self.frames.pop()
            if frame.height > missing:
                self.frames.append(frame.head(-missing))
                frame = frame.tail(missing)
            taken.frames.appendleft(frame)
            missing -= frame.height
        return taken


class HandedQuotes:
    """One pass over rows that stand by day and symbol.

    Every row is read, also where nobody asks for it: one that cannot be is an error wherever it stands.
    """

    def __init__(self, rows: Iterator[Rows], kinds: Sequence[str], run_rows: int = RUN_ROWS) -> None:
        self._rows = rows
        self._kinds = kinds
        self.run_rows = run_rows
        self._next = next(rows, None)
        self._buffers = Buffers()

    def of_day(self, day: date) -> HandedDay:
        """The quotes of one day; days are asked for in ascending order, each once."""
        return HandedDay(self, day)

    def rows_of(self, day: date) -> Iterator[Rows]:
        """The rows of a day, as they come; those of earlier days are only checked."""
        while self._next is not None and self._next.day <= day:
            rows = self._next
            if rows.day == day:
                yield rows
            else:
                self._check_rows(rows)
            self._next = next(self._rows, None)

    def finish(self) -> None:
        """Check the rows that are left."""
        while self._next is not None:
            self._check_rows(self._next)
            self._next = next(self._rows, None)

    def book(self, run: _Run, memory: Int64s) -> QuoteBook:
        """The book of a run; its arrays are views of the memory, or fresh."""
        return book_of_rows(run.frames, run.symbols, run.lengths, self._kinds, memory)

    def check(self, run: _Run) -> None:
        """Read rows that nobody asked for.

        Raises:
            UnclearRowsError: the frame as a whole must be looked at.
        """
        self.book(run, self._buffers.memory(run.rows))

    def _check_rows(self, rows: Rows) -> None:
        run = _Run()
        run.add(rows)
        self.check(run)


class HandedDay:
    """The quotes of one day of the pass."""

    def __init__(self, quotes: HandedQuotes, day: date) -> None:
        self._quotes = quotes
        self._day = day
        self._runs: dict[str, _Run] = {}

    def chunks(self, symbols: Sequence[str]) -> Iterator[list[str]]:
        """The symbols in order, in runs of about `run_rows` quotes; a symbol is never divided."""
        waiting = sorted(symbols, reverse=True)
        run = _Run()
        for rows in self._quotes.rows_of(self._day):
            run.add(rows)
            if run.rows >= self._quotes.run_rows and len(run.symbols) > 1:
                last = run.cut_last()
                yield from self._given(run, waiting)
                run = last
        yield from self._given(run, waiting, is_last=True)

    def _given(self, run: _Run, waiting: list[str], *, is_last: bool = False) -> Iterator[list[str]]:
        asked: list[str] = []
        while waiting and (is_last or waiting[-1] <= run.symbols[-1]):
            asked.append(waiting.pop())
        if asked:
            self._runs[asked[0]] = run
            yield asked
        else:
            self._quotes.check(run)

    def is_long(self, symbol: str) -> bool:  # noqa: ARG002, PLR6301 - for now
        """Whether the symbol must be read in parts."""
        return False

    def book(self, symbols: Sequence[str], buffers: Buffers, *, sizes: bool = True) -> QuoteBook:  # noqa: ARG002
        """The quotes of a run of symbols that `chunks` gave, once; good until the buffers' next use."""
        run = self._runs.pop(symbols[0])
        return self._quotes.book(run, buffers.memory(run.rows))
