# ruff: noqa: PLR2004  # tags of FIX, which their own names would hide
"""Market data messages as quotes: best bid and best offer of each symbol, message by message.

Read are MarketDataSnapshotFullRefresh (35=W), MarketDataIncrementalRefresh (X), Quote (S) and QuoteCancel (Z). Source:
FIX 4.2 and 4.4 volume 3, FIX 5.0 SP2 volume 3, "Market Data" and "Quotation".

An entry with an MDEntryID (278) is one of several of its side. Without one a side is one price: of a snapshot the best,
and an entry at a MDEntryPositionNo (290) above 1 is passed over. A price of zero is no price, as in files of quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from routeproof.sources.fix.tags import DATA_OF_LENGTH
from routeproof.sources.fix.utc_timestamp import instant_of
from routeproof.vocab.fixed import to_decimal, to_fixed
from routeproof.vocab.times import NS_PER_DAY, market_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

KINDS = frozenset("WXSZ")
"""MsgTypes that are read."""

BID, OFFER, EMPTY_BOOK = "0", "1", "J"
NEW, CHANGE, DELETE = "0", "1", "2"
ALL_QUOTES = "4"
ENTRY_BEGINS = {"W": 269, "X": 279, "Z": 55}
"""The first field of an entry of a message's group."""

COUNTED = frozenset("WX")
"""Messages that say how many entries they have, in NoMDEntries (268)."""

OF_MESSAGE = {"W": frozenset({55, 65, 48, 60}), "X": frozenset({60}), "Z": frozenset({60})}
"""Fields that no entry has, wherever they stand."""

_NUMBER = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")
_MOST_DIGITS = 9
NS_PER_HOUR = NS_PER_DAY // 24
_SOH = b"\x01"

Fields = dict[int, str]


class QuoteRow(NamedTuple):
    """A row of the quotes table as text, under these names; of a refused message or entry, with what is wrong in it.

    Attributes:
        at: UTC ns.
        bid, ask: dollars a share; empty = no such side.
        bid_size, ask_size: shares; empty = not told.
        sequence: MsgSeqNum.
    """

    symbol: str
    at: str
    bid: str
    bid_size: str
    ask: str
    ask_size: str
    sequence: str


class Level(NamedTuple):
    """A price, fixed point, and the shares shown at it, fixed point; null = not told."""

    price: int
    size: int | None


@dataclass(slots=True)
class _Book:
    """A symbol's entries of one day, by side and MDEntryID; those without one under the empty name."""

    day: date
    sides: dict[str, dict[str, Level]] = field(default_factory=lambda: {BID: {}, OFFER: {}})


class _RefusedError(Exception):
    """A field that cannot be read, `TAG=VALUE`, and the column in which a row says so."""

    def __init__(self, fields: Mapping[int, str], tag: int, column: str = "bid") -> None:
        super().__init__(f"{tag}={fields.get(tag, '')}")
        self.column = column


class MarketData:
    """The books of one session, told message by message, in the order of their numbers.

    A symbol's book begins anew with each day of the market, of which the event times tell: nobody's price of the
    evening is one of the morning.
    """

    def __init__(self) -> None:
        self._books: dict[str, _Book] = {}
        self._named: dict[str, tuple[str, str]] = {}

    def begin_anew(self) -> None:
        """Messages were lost: what the books held may not hold any more."""
        self._books.clear()
        self._named.clear()

    def take(self, raw: bytes) -> list[QuoteRow]:
        """The quotes that a message leaves behind: one a symbol and instant.

        What cannot be read changes no book, and is a row that intake refuses and counts: of a W, S or Z the whole
        message, of an X the entry.
        """
        body, entries = _parts(raw)
        reading = {"W": self._snapshot, "S": self._quote, "X": self._refresh, "Z": self._cancel}
        try:
            _expect_whole(body, entries)
            return reading[body[35]](body, entries)
        except _RefusedError as error:
            return [_refused(body, body, error)]

    def _snapshot(self, body: Fields, entries: Sequence[Fields]) -> list[QuoteRow]:
        symbol, at = _symbol_of(body), _at(body, body)
        told = [
            (entry[269], entry.get(278, ""), _level(entry, 270, 271))
            for entry in entries
            if entry[269] in (BID, OFFER) and _is_read(entry)
        ]
        times = [_at(entry, body) for entry in entries if entry[269] in (BID, OFFER, EMPTY_BOOK)]
        return [self._stated(symbol, max(times, default=at), told, body)]

    def _quote(self, body: Fields, _entries: Sequence[Fields]) -> list[QuoteRow]:
        told = [(side, "", _level(body, price, size)) for side, price, size in ((BID, 132, 134), (OFFER, 133, 135))]
        return [self._stated(_symbol_of(body), _at(body, body), told, body)]

    def _cancel(self, body: Fields, entries: Sequence[Fields]) -> list[QuoteRow]:
        at = _at(body, body)
        symbols = list(self._books) if body.get(298) == ALL_QUOTES else list(map(_symbol_of, entries))
        if not entries and body.get(298) != ALL_QUOTES:
            raise _RefusedError(body, 298)
        return [self._stated(symbol, at, [], body) for symbol in symbols]

    def _stated(self, symbol: str, at: int, told: Sequence[tuple[str, str, Level]], body: Fields) -> QuoteRow:
        """A symbol's book is this, and nothing else."""
        self._forget(symbol)
        book = self._book(symbol, at)
        for side, name, level in told:
            known = book.sides[side].get(name)
            if level.price:
                self._put(symbol, side, name, level if known is None else _better(side, known, level))
        return _row(symbol, at, book, body)

    def _refresh(self, body: Fields, entries: Sequence[Fields]) -> list[QuoteRow]:
        rows: dict[tuple[str, int], QuoteRow] = {}
        refused: list[QuoteRow] = []
        symbol, side = _symbol_in(body), ""
        for entry in entries:
            named = self._named.get(_was(entry), ("", ""))
            symbol, side = _symbol_in(entry) or named[0] or symbol, entry.get(269) or named[1] or side
            try:
                at = self._refreshed(symbol, side, entry, body)
            except _RefusedError as error:
                refused.append(_refused(body, {55: symbol, **entry}, error))
                continue
            if at is not None:
                rows[symbol, at] = _row(symbol, at, self._books[symbol], body)
        return [*rows.values(), *refused]

    def _refreshed(self, symbol: str, side: str, entry: Fields, body: Fields) -> int | None:
        """Apply an entry; when, or null if it is none of a best price."""
        if side not in (BID, OFFER, EMPTY_BOOK) or not _is_read(entry):
            return None
        if not symbol:
            raise _RefusedError(entry, 55, "symbol")
        at, level = _at(entry, body), _level(entry, 270, 271)
        if side == EMPTY_BOOK:
            self._forget(symbol)
            self._book(symbol, at)
        elif entry[279] == DELETE:
            self._deleted(self._book(symbol, at).sides[side], entry, level)
        elif entry[279] in (NEW, CHANGE):
            self._changed(symbol, side, self._book(symbol, at).sides[side], entry, level)
        else:
            raise _RefusedError(entry, 279)
        return at

    def _deleted(self, levels: dict[str, Level], entry: Fields, level: Level) -> None:
        """Take an entry back; without MDEntryID one of another price is another than the best."""
        was = _was(entry)
        is_another = 270 in entry and not was and was in levels and levels[was].price != level.price
        if not is_another:
            self._remove(levels, was)

    def _changed(self, symbol: str, side: str, levels: dict[str, Level], entry: Fields, level: Level) -> None:
        """A new entry, or another price or size of one; a change may leave the price out."""
        was = _was(entry)
        if 270 not in entry:
            if was not in levels:
                raise _RefusedError(entry, 270)
            level = Level(levels[was].price, level.size)
        self._remove(levels, was)
        if level.price:
            self._put(symbol, side, entry.get(278) or was, level)

    def _book(self, symbol: str, at: int) -> _Book:
        day = _day_of(at // NS_PER_HOUR)
        if symbol not in self._books or self._books[symbol].day != day:
            self._forget(symbol)
            self._books[symbol] = _Book(day)
        return self._books[symbol]

    def _put(self, symbol: str, side: str, name: str, level: Level) -> None:
        self._books[symbol].sides[side][name] = level
        if name:
            self._named[name] = (symbol, side)

    def _remove(self, levels: dict[str, Level], name: str) -> None:
        levels.pop(name, None)
        self._named.pop(name, None)

    def _forget(self, symbol: str) -> None:
        book = self._books.pop(symbol, None)
        for levels in book.sides.values() if book else ():
            for name in list(levels):
                self._remove(levels, name)


def _expect_whole(body: Fields, entries: Sequence[Fields]) -> None:
    """A group has as many entries as it says."""
    if body[35] in COUNTED and body.get(268, "") != str(len(entries)):
        raise _RefusedError(body, 268)


def _parts(raw: bytes) -> tuple[Fields, list[Fields]]:
    """Fields of the message and of each entry of its group; of one that repeats, the first."""
    body: Fields = {}
    entries: list[Fields] = []
    begins: int | None = None
    for tag, value in fields_of(raw):
        if tag == begins:
            entries.append({tag: value})
        elif entries and tag not in OF_MESSAGE[body[35]]:
            entries[-1].setdefault(tag, value)
        else:
            body.setdefault(tag, value)
        if tag == 35:
            begins = ENTRY_BEGINS.get(value)
    return body, entries


def fields_of(raw: bytes) -> Iterator[tuple[int, str]]:
    """Fields in order; data that holds separators is one field."""
    at, data, length = 0, 0, 0
    while (equals := raw.find(b"=", at)) >= 0:
        digits = raw[at:equals]
        tag = int(digits) if digits.isdigit() and len(digits) <= _MOST_DIGITS else 0
        end = raw.find(_SOH, equals + 1 + (length if tag == data else 0))
        value = raw[equals + 1 : end if end >= 0 else len(raw)].decode("utf-8", "replace")
        is_length = tag in DATA_OF_LENGTH and value.isdigit() and len(value) <= _MOST_DIGITS
        data, length = (DATA_OF_LENGTH[tag], int(value)) if is_length else (0, 0)
        yield tag, value
        if end < 0:
            return
        at = end + 1


def _symbol_in(fields: Mapping[int, str]) -> str:
    """Symbol as order flow has it: 55 with its suffix (65), else SecurityID (48); empty if there is none."""
    symbol, suffix = fields.get(55, ""), fields.get(65, "")
    if symbol in ("", "[N/A]", "N/A"):
        return fields.get(48, "")
    return f"{symbol} {suffix}" if suffix else symbol


def _symbol_of(fields: Mapping[int, str]) -> str:
    if not (symbol := _symbol_in(fields)):
        raise _RefusedError(fields, 55, "symbol")
    return symbol


def _at(entry: Fields, body: Fields) -> int:
    """Event time, UTC ns: MDEntryTime (273) on MDEntryDate (272), else TransactTime (60), else when it was first sent.

    A time without a date is the one next to what the message says.
    """
    tag = next((tag for tag in (60, 122, 52) if tag in body), 52)
    told = instant_of(body.get(tag, ""))
    if told is None:
        raise _RefusedError(body, tag, "at")
    if 273 not in entry:
        return told
    at = instant_of(f"{entry.get(272) or '19700101'}-{entry[273]}")
    if at is None:
        raise _RefusedError(entry, 273, "at")
    if 272 not in entry:
        at += told - told % NS_PER_DAY
        at -= (at - told + NS_PER_DAY // 2) // NS_PER_DAY * NS_PER_DAY
    return at


def _was(entry: Fields) -> str:
    """Under which name an entry is known: MDEntryRefID (280), else MDEntryID (278)."""
    return entry.get(280) or entry.get(278, "")


def _is_read(entry: Fields) -> bool:
    """Whether an entry may be the best of its side."""
    return 278 in entry or 280 in entry or entry.get(290, "1") in ("", "1")


def _level(fields: Fields, price: int, size: int) -> Level:
    return Level(_number(fields, price) or 0, _number(fields, size))


def _number(fields: Fields, tag: int) -> int | None:
    """A number, fixed point; null where there is none."""
    text = fields.get(tag, "")
    value = _fixed(text)
    if value is None and text:
        raise _RefusedError(fields, tag)
    return value


@lru_cache(maxsize=64)
def _day_of(hour: int) -> date:
    """Day of the market in which an hour since 1970 lies."""
    return market_day(hour * NS_PER_HOUR)


@lru_cache(maxsize=1 << 14)
def _fixed(text: str) -> int | None:
    try:
        return to_fixed(text) if _NUMBER.fullmatch(text) else None
    except ValueError:
        return None


def _better(side: str, one: Level, other: Level) -> Level:
    """The better of two prices of a side; what is shown at one price adds up, if all of it is told."""
    if one.price == other.price:
        return Level(one.price, None if one.size is None or other.size is None else one.size + other.size)
    return one if (side == BID) == (one.price > other.price) else other


def _best(book: _Book, side: str) -> tuple[str, str]:
    """Price and size as text; empty where there is none."""
    best: Level | None = None
    for level in book.sides[side].values():
        best = level if best is None else _better(side, best, level)
    if best is None:
        return "", ""
    return _text(best.price), "" if best.size is None else _text(best.size)


@lru_cache(maxsize=1 << 14)
def _text(fixed: int) -> str:
    return f"{to_decimal(fixed):f}"


def _row(symbol: str, at: int, book: _Book, body: Fields) -> QuoteRow:
    return QuoteRow(symbol, str(at), *_best(book, BID), *_best(book, OFFER), body.get(34, ""))


def _refused(body: Fields, fields: Fields, error: _RefusedError) -> QuoteRow:
    """A row that no intake takes: where a number or an instant should be, it has the field as it was sent."""
    try:
        at = str(_at(fields, body))
    except _RefusedError as wrong:
        at = str(wrong)
    row = QuoteRow(_symbol_in(fields), at, "", "", "", "", body.get(34, ""))
    return row if error.column == "symbol" else row._replace(**{error.column: str(error)})
