"""LEAN equity ticks: zips of `DAY_SYMBOL_Quote_Tick.csv` or `…_Trade_Tick.csv`, times in New York milliseconds.

A quote record speaks of one side of the national best bid and offer; the other side, zero or empty, stays as it was.
Read as books of single venues the same records would be crossed nearly always.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.map_file import FileMap, TimeFormat
from routeproof.sources.print_conditions import in_regular_hours, is_regular, local_time, print_policy, venue_codes
from routeproof.sources.rows import POSITION, canonical_rows
from routeproof.sources.source import ReadContext, Source, SourceResult
from routeproof.sources.text_frames import TextFrame, text_frames
from routeproof.sources.text_results import with_refused, without_refused
from routeproof.vocab.errors import MapError
from routeproof.vocab.times import EQUITY_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUOTE_COLUMNS = ["ms", "bid", "bid_size", "ask", "ask_size", "exchange", "condition", "suspicious"]
TRADE_COLUMNS = ["ms", "price", "quantity", "exchange", "condition", "suspicious"]
PRICE_DIVISOR = Decimal(10_000)
PRICE = pl.Decimal(38, 9)
SIDES = ("bid", "ask")

_NAME = re.compile(r"(?P<day>\d{8})_(?P<symbol>[A-Za-z0-9.\-]+)_(?P<kind>quote|trade)_tick\.csv$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Name:
    day: date
    symbol: str
    kind: str


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """Pieces of one day of one symbol.

    Raises:
        MapError: if neither the file's nor the zip member's name says day, symbol and kind.
    """
    name = _name_of(path, context)
    columns = QUOTE_COLUMNS if name.kind == "quote" else TRADE_COLUMNS
    state = dict.fromkeys(f"{side}{part}" for side in SIDES for part in ("", "_size", "_venue"))
    for delivered in text_frames(path, ",", header=columns):
        piece = _readable(delivered, name)
        if name.kind == "quote":
            frame, state = _quotes(piece.frame, name, state)
            file_map = FileMap(table="quotes", times={"at": TimeFormat(zone=EQUITY_ZONE)})
        else:
            frame = _trades(piece.frame, name)
            file_map = FileMap(table="trades", times={"at": TimeFormat(zone=EQUITY_ZONE)})
        yield with_refused(canonical_rows(frame, file_map, context), piece, context)


def _name_of(path: Path, context: ReadContext) -> _Name:
    names = [context.file]
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [item.filename for item in archive.infolist()] + names
    for candidate in names:
        found = _NAME.search(candidate)
        if found:
            return _Name(date.fromisoformat(found["day"]), found["symbol"].upper(), found["kind"].lower())
    message = f"expected DAY_SYMBOL_Quote_Tick.csv or DAY_SYMBOL_Trade_Tick.csv, found {', '.join(names)}"
    raise MapError(message, where=context.file)


def _readable(piece: TextFrame, name: _Name) -> TextFrame:
    """Records of which a price, or the size of a side that speaks, is no number or below zero are rejects.

    A quote that cannot be read leaves the national best bid and offer as it was.
    """
    if name.kind == "trade":
        problems = {"price": _problem("price", "negative_price")}
    else:
        wrong = [(side, side, "negative_price") for side in SIDES]
        wrong += [(side, f"{side}_size", "negative_size") for side in SIDES]
        problems = {
            column: pl.when(~_is_silent(side)).then(_problem(column, negative)) for side, column, negative in wrong
        }
    details = (
        pl.when(problem.is_not_null()).then(pl.format("{}: found '{}'", pl.lit(column), column))
        for column, problem in problems.items()
    )
    return without_refused(piece, pl.coalesce(*problems.values()), pl.coalesce(*details))


def _problem(column: str, negative: str) -> pl.Expr:
    unreadable = (_text(column) != "") & _number(column).is_null()
    return (
        pl.when(unreadable)
        .then(pl.lit("not_a_number"))
        .when(_number(column) < 0)
        .then(pl.lit(negative))
        .otherwise(None)
    )


def _is_silent(side: str) -> pl.Expr:
    return (_text(side) == "") | (_number(side) == 0).fill_null(value=False)


def _text(column: str) -> pl.Expr:
    return pl.col(column).fill_null("").str.strip_chars()


def _number(column: str) -> pl.Expr:
    return _text(column).cast(PRICE, strict=False)


def _price(column: str) -> pl.Expr:
    return (_number(column) / pl.lit(PRICE_DIVISOR)).cast(PRICE)


def _at(name: _Name) -> pl.Expr:
    return local_time(name.day, pl.col("ms").cast(pl.Int64, strict=False)).alias("at")


def _venue(column: str) -> pl.Expr:
    return pl.col(column).replace(venue_codes())


def _quotes(raw: pl.DataFrame, name: _Name, state: dict[str, object]) -> tuple[pl.DataFrame, dict[str, object]]:
    """States of the whole quote after each record.

    `state` is the one before the first record, the second result the one after the last.
    """
    sides = []
    for side in SIDES:
        speaks = ~_is_silent(side) & _at(name).is_not_null()
        sides += [
            pl.when(speaks).then(_price(side)).alias(side),
            pl.when(speaks).then(_number(f"{side}_size")).alias(f"{side}_size"),
            pl.when(speaks).then(_venue("exchange")).alias(f"{side}_venue"),
        ]
    spoken = raw.select(*POSITION, pl.lit(name.symbol).alias("symbol"), _at(name), *sides, "condition")
    filled = spoken.with_columns(pl.col(key).forward_fill().fill_null(value) for key, value in _typed(state, spoken))
    after = filled.select(state.keys()).tail(1).to_dicts()
    return filled, after[0] if after else state


def _typed(state: dict[str, object], frame: pl.DataFrame) -> list[tuple[str, pl.Expr]]:
    return [(key, pl.lit(value, dtype=frame.schema[key])) for key, value in state.items()]


def _trades(raw: pl.DataFrame, name: _Name) -> pl.DataFrame:
    policy = print_policy("lean", name.day)
    frame = raw.select(
        *POSITION,
        pl.lit(name.symbol).alias("symbol"),
        _at(name),
        _price("price").alias("price"),
        pl.col("quantity"),
        _venue("exchange").alias("venue"),
        pl.col("condition").alias("conditions"),
        pl.col("suspicious"),
    )
    regular = is_regular(pl.col("conditions"), policy) & (pl.col("suspicious").str.strip_chars() == "0")
    if policy.regular_hours_only:
        regular = regular & in_regular_hours(pl.col("at"))
    return frame.with_columns(regular.fill_null(False).alias("eligible")).drop("suspicious")


LEAN = Source(name="lean", read=read, needs_map=False, meaning="QuantConnect LEAN equity tick zips")
