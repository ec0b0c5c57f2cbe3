"""Quotes that somebody handed in, read once from the first row to the last, as books of runs of symbols."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from routeproof.app.measuring.quote_batches import OutOfOrderError, Rows
from routeproof.stores.quote_reader import Buffers
from routeproof.tables.lookup.quote_rows import book_of_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.tables.lookup.quote_book import Int64s, QuoteBook


class RunSizes(NamedTuple):
    """Rows to hold at once: in a run of symbols, and of one symbol before it is read in parts."""

    run: int = 500_000
    long: int = 4_000_000


ReadAgain = Callable[[str], Iterator[Rows]]
"""Reads all rows of one symbol from the beginning."""


@dataclass(slots=True)
class _Run:
    """Consecutive rows of one day: whole symbols, but for the last one while it grows."""

    frames: deque[pl.DataFrame] = field(default_factory=deque)
    symbols: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(self.lengths)

    @classmethod
    def of(cls, rows: Rows) -> _Run:
        return cls(deque([rows.frame]), rows.symbols, rows.lengths)

    def add(self, rows: Rows) -> None:
        """Rows that follow; the first symbol may be the last one so far."""
        begin = 0
        if self.symbols and self.symbols[-1] == rows.symbols[0]:
            self.lengths[-1] += rows.lengths[0]
            begin = 1
        self.symbols += rows.symbols[begin:]
        self.lengths += rows.lengths[begin:]
        self.frames.append(rows.frame)

    def drop_first(self) -> None:
        """Leave out the first symbol, in a run of one frame."""
        self.symbols, (length, *self.lengths) = self.symbols[1:], self.lengths
        self.frames = deque([self.frames[0][length:]] if self.symbols else [])

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

    def __init__(self, rows: Iterator[Rows], kinds: Sequence[str], sizes: RunSizes, again: ReadAgain | None) -> None:
        self._rows = rows
        self._kinds = kinds
        self._next = next(rows, None)
        self._buffers = Buffers()
        self.sizes = sizes
        self.again = again

    def of_day(self, day: date) -> HandedDay:
        """The quotes of one day; days are asked for in ascending order, each once."""
        return HandedDay(self, day)

    def rows_of(self, day: date) -> Iterator[Rows]:
        """The rows of a day, as they come; those of earlier days are only checked."""
        while self._next is not None and self._next.day <= day:
            if self._next.day == day:
                yield self._next
            else:
                self.check(_Run.of(self._next))
            self._next = next(self._rows, None)

    def finish(self) -> None:
        """Check the rows that are left."""
        while self._next is not None:
            self.check(_Run.of(self._next))
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


class HandedDay:
    """The quotes of one day of the pass."""

    def __init__(self, quotes: HandedQuotes, day: date) -> None:
        self._quotes = quotes
        self._day = day
        self._runs: dict[str, _Run] = {}
        self._long: str | None = None

    def chunks(self, symbols: Sequence[str]) -> Iterator[list[str]]:
        """The symbols in order, in runs of about as many quotes as may be held; a long symbol stands alone."""
        waiting = sorted(symbols, reverse=True)
        run = _Run()
        for rows in self._quotes.rows_of(self._day):
            run.add(rows)
            if run.symbols[0] == self._long:
                run.drop_first()
            if len(run.symbols) > 1 and run.rows >= self._quotes.sizes.run:
                last = run.cut_last()
                yield from self._given(run, waiting)
                run = last
            if len(run.symbols) == 1 and run.rows > self._quotes.sizes.long and self._quotes.again is not None:
                yield from self._given_alone(run, waiting)
                run = _Run()
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

    def _given_alone(self, run: _Run, waiting: list[str]) -> Iterator[list[str]]:
        """The first rows of a long symbol: if somebody asks for it, all its rows are read again in parts."""
        symbol = run.symbols[0]
        before: list[str] = []
        while waiting and waiting[-1] < symbol:
            before.append(waiting.pop())
        if before:
            self._runs[before[0]] = _Run()
            yield before
        if not waiting or waiting[-1] != symbol:
            self._quotes.check(run)
            return
        self._long = waiting.pop()
        yield [symbol]

    def is_long(self, symbol: str) -> bool:
        """Whether a symbol that `chunks` gave last must be read in parts."""
        return symbol == self._long

    def parts(self, symbol: str, *, sizes: bool = True) -> Iterator[QuoteBook]:  # noqa: ARG002 - they are there anyway
        """The quotes of a long symbol in order; one part overwrites the last.

        Raises:
            OutOfOrderError: they are not in order of time.
        """
        buffers, held, again = Buffers(), None, self._quotes.again
        for rows in () if again is None else again(symbol):
            if rows.day != self._day:
                continue
            frame = rows.frame if held is None else pl.concat([held, rows.frame])
            if not frame["at"].is_sorted():
                raise OutOfOrderError
            is_last = pl.col("at") == pl.col("at").last()  # in polars: a datetime of Python has no nanoseconds
            begin = frame.height - frame.select(is_last.sum()).item()  # what comes next may be of the same instant
            held = frame[begin:]
            yield self._part(symbol, frame[:begin], buffers)
        if held is not None:
            yield self._part(symbol, held, buffers)

    def _part(self, symbol: str, frame: pl.DataFrame, buffers: Buffers) -> QuoteBook:
        run = _Run.of(Rows(self._day, frame, [symbol], [frame.height]))
        return self._quotes.book(run, buffers.memory(run.rows))

    def book(
        self,
        symbols: Sequence[str],
        buffers: Buffers,
        *,
        sizes: bool = True,  # noqa: ARG002 - they are read anyway
    ) -> QuoteBook:
        """The quotes of a run of symbols that `chunks` gave, once; good until the buffers' next use."""
        run = self._runs.pop(symbols[0])
        return self._quotes.book(run, buffers.memory(run.rows))
