"""Records of a file as typed rows, block by block: at once where a block is plain, through text where it is not.

A block is plain when nothing but padding and quotes stands around its fields, it has no thousands commas, and every
record has as many fields as the layout. It is then parsed straight into integers and decimals. Whatever does not pass
is read as text, where commas, odd quotes, short and long rows have their say; both ways give the same rows.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.fields import LARGEST
from routeproof.sources.rule605.bare import NEWLINE, bare, without_blank_lines
from routeproof.sources.rule605.blocks import record_blocks
from routeproof.sources.rule605.numbers import NANO, UNITS, numbers_of_texts
from routeproof.sources.rule605.problems import FIELDS, LONG_ROW, ROW, UNREADABLE_ROW, Remark, remark
from routeproof.sources.text_records import every_field_of, field_counts, idle_records, undecodable_records
from routeproof.tables.rule605.layout import TOTAL_DIGITS
from routeproof.tables.rule605.remarks import REJECTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from routeproof.sources.rule605.blocks import Block
    from routeproof.sources.rule605.sniff import Sniffed
    from routeproof.sources.text_records import Piece
    from routeproof.tables.rule605.layout import Field
_EXTRA = "__extra"
_EXTRAS = 2
"""Empty fields after the last one that are overlooked."""

_UNPLAIN = (b"\t", b"\0")
_UNSIMPLE = (b'"', b"\r", b"\0")


@dataclass(frozen=True, slots=True)
class Records:
    """Consecutive records.

    Attributes:
        rows: `ROW` (1 for the first data record), `FIELDS` (how many the record has), and the layout's columns as they
            are stored; what the file does not have is null.
        remarks: what could not be read; rejected rows are still among `rows`.
        count: data records, those that could not be read included.
    """

    rows: pl.DataFrame
    remarks: list[Remark]
    count: int


def read_records(path: Path, sniffed: Sniffed) -> Iterator[Records]:
    """All data records of a file in order; memory stays within a block.

    Raises:
        DamagedFileError: where a packed file breaks off.
    """
    for block in record_blocks(path, sniffed):
        yield records_of(block, sniffed)


def records_of(block: Block, sniffed: Sniffed) -> Records:
    """The records of one block."""
    plain = None if block.piece.refused else _plain(block, sniffed)
    if plain is None:
        return _through_text(block, sniffed)
    return Records(_completed(plain, sniffed, block.first), [], block.count)


def _completed(frame: pl.DataFrame, sniffed: Sniffed, first: int) -> pl.DataFrame:
    """Plain rows with their numbers, and with the columns that the file does not have."""
    table = sniffed.layout.table
    return frame.select(
        pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW),
        pl.lit(len(sniffed.columns), dtype=pl.Int64).alias(FIELDS),
        *(
            pl.col(name) if name in frame.columns else pl.lit(None, dtype=table.column(name).dtype).alias(name)
            for name in sniffed.layout.columns()
        ),
    )


# -- at once -----------------------------------------------------------------------------------------------------------


def _plain(block: Block, sniffed: Sniffed) -> pl.DataFrame | None:
    """The block parsed at once; nothing if it is not plain."""
    content, count = bare(block.piece.content, sniffed.delimiter), block.count
    if content is None or any(mark in content for mark in _UNPLAIN):
        return None
    if count < len(block.piece.starts):
        content = without_blank_lines(content)
    delimiter, width = sniffed.delimiter.encode(), len(sniffed.columns)
    if delimiter != b"," and b"," in content:
        return None
    array = np.frombuffer(content, dtype=np.uint8)
    lines = np.count_nonzero(array == NEWLINE) + (not content.endswith(b"\n"))
    found = np.count_nonzero(array == ord(delimiter))
    trails = found == count * width and content.count(delimiter + b"\n") + content.endswith(delimiter) == count
    if lines != count or (not trails and found != count * (width - 1)):
        return None
    try:
        frame = pl.read_csv(
            content,
            has_header=False,
            separator=sniffed.delimiter,
            quote_char=None,
            schema=_schema(sniffed, trails=trails),
        )
        return _stored(frame, sniffed) if frame.height == count else None
    except pl.exceptions.PolarsError:
        return None


def _schema(sniffed: Sniffed, *, trails: bool) -> dict[str, pl.DataType]:
    kinds = {item.column: item.kind for item in sniffed.layout.fields}
    types: dict[str, pl.DataType] = {
        "key": pl.String(),
        "count": pl.Int64(),
        "total": NANO if sniffed.header else pl.Int64(),
        "average": NANO,
    }
    schema = {
        name or f"{_EXTRA}{place}": types[kinds[name]] if name else pl.String()
        for place, name in enumerate(sniffed.columns)
    }
    return {**schema, _EXTRA: pl.String()} if trails else schema


def _stored(frame: pl.DataFrame, sniffed: Sniffed) -> pl.DataFrame | None:
    """Integers as the table keeps them; nothing if one is negative where it cannot be, or too fine, or too large."""
    if _EXTRA in frame.columns and frame.get_column(_EXTRA).null_count() < frame.height:
        return None
    if frame.get_column(frame.columns[0]).null_count():
        return None  # a blank line, or a record that has nothing where it begins
    types = frame.schema
    present = [item for item in sniffed.layout.fields if item.column in types]
    checks = [check.alias(str(at)) for at, check in enumerate(_checks(types, present))]
    if any(frame.select(checks).row(0)):
        return None
    return frame.select(_value(types[item.column], item).alias(item.column) for item in present)


def _checks(types: Mapping[str, pl.DataType], present: Sequence[Field]) -> Iterator[pl.Expr]:
    for item in present:
        if item.kind in {"count", "total"}:
            value = pl.col(item.column)
            yield (value.min() < 0).fill_null(value=False)
            if types[item.column] == NANO:
                yield (value.to_physical() % pl.lit(UNITS[item.kind], dtype=pl.Int128()) != 0).any()
            elif item.kind == "total":
                yield (value.max() > LARGEST // 10**TOTAL_DIGITS).fill_null(value=False)


def _value(dtype: pl.DataType, item: Field) -> pl.Expr:
    value = pl.col(item.column)
    if dtype == NANO:
        nano = value.to_physical()
        return (nano if item.kind == "average" else nano // pl.lit(UNITS[item.kind], dtype=pl.Int128())).cast(pl.Int64)
    return value * 10**TOTAL_DIGITS if item.kind == "total" else value


# -- through text ------------------------------------------------------------------------------------------------------


def _through_text(block: Block, sniffed: Sniffed) -> Records:
    piece = block.piece
    chosen = np.ones(len(piece.starts), dtype=bool)
    chosen[idle_records(piece)] = False
    undecodable = undecodable_records(piece)
    chosen[undecodable[undecodable < len(chosen)]] = False
    places = np.flatnonzero(chosen)
    refused = [*(int(str(item["row"])) for item in piece.refused), *(int(piece.rows[at]) for at in undecodable)]
    numbers, lost = _numbered(piece.rows[places], refused, block.first)
    texts = _texts(piece, places, sniffed).with_columns(pl.Series(ROW, numbers, dtype=pl.Int64))
    width = len(sniffed.columns)
    rows, found = numbers_of_texts(_stripped(texts, width), sniffed.layout)
    found += [
        remark(row, REJECTED, UNREADABLE_ROW, "", "expected a record of text, found bytes or quotes that make none")
        for row in lost
    ]
    found += _long(rows, width)
    kept = rows.select(ROW, FIELDS, *(name for name in sniffed.layout.columns() if name in rows.columns))
    absent = [name for name in sniffed.layout.columns() if name not in rows.columns]
    filled = kept.with_columns(
        pl.lit(None, dtype=sniffed.layout.table.column(name).dtype).alias(name) for name in absent
    )
    return Records(filled.select(ROW, FIELDS, *sniffed.layout.columns()), found, block.count)


def _numbered(rows: NDArray[np.int64], refused: Sequence[int], first: int) -> tuple[list[int], list[int]]:
    """Numbers of the rows kept and of the rows lost: in file order, blank lines not counted."""
    both = sorted({*rows.tolist(), *refused})
    number = {row: first + at for at, row in enumerate(both)}
    return [number[row] for row in rows.tolist()], [number[row] for row in sorted(set(refused))]


def _texts(piece: Piece, places: NDArray[np.int64], sniffed: Sniffed) -> pl.DataFrame:
    """Texts of the records at some places: by polars where nobody needs to know how quotes work, else by `csv`."""
    names = [name or f"{_EXTRA}{place}" for place, name in enumerate(sniffed.columns)]
    names += [f"{_EXTRA}{len(names) + place}" for place in range(_EXTRAS)]
    counts = field_counts(piece, sniffed.delimiter)[places]
    if not len(places):
        return pl.DataFrame(schema={FIELDS: pl.Int64(), **{name: pl.String() for name in names}})
    content = b"".join(piece.record(int(at)) + b"\n" for at in places)
    is_simple = not any(mark in content for mark in _UNSIMPLE)
    if is_simple and counts.max() <= len(names) and (piece.ends - piece.starts).max() <= csv.field_size_limit():
        widest = sniffed.delimiter.encode() * (len(names) - 1) + b"\n"
        frame = pl.read_csv(
            widest + content,
            has_header=False,
            separator=sniffed.delimiter,
            quote_char=None,
            schema=dict.fromkeys(names, pl.String()),
        ).slice(1)
        if frame.height == len(places):
            return frame.with_columns(pl.Series(FIELDS, counts, dtype=pl.Int64))
    return _texts_by_csv(piece, places, sniffed.delimiter, names)


def _texts_by_csv(piece: Piece, places: NDArray[np.int64], delimiter: str, names: Sequence[str]) -> pl.DataFrame:
    rows: list[list[str | None]] = []
    counts: list[int] = []
    for at in places:
        try:
            found = every_field_of(piece.record(int(at)), delimiter)
        except csv.Error:
            found = []  # a record without any field lacks its keys
        counts.append(len(found))
        rows.append([*found[: len(names)], *([None] * (len(names) - len(found)))])
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String())).with_columns(
        pl.Series(FIELDS, counts, dtype=pl.Int64)
    )


def _stripped(texts: pl.DataFrame, width: int) -> pl.DataFrame:
    """Without padding, and quotes that stood in it; empty texts null; delimiters at a record's end begin no field."""
    bare = texts.with_columns(pl.col(pl.String).str.strip_chars().str.strip_chars('"').str.strip_chars()).with_columns(
        pl.when(pl.col(pl.String) == "").then(None).otherwise(pl.col(pl.String)).name.keep()
    )
    extra = [pl.col(f"{_EXTRA}{width + place}").is_null() for place in range(_EXTRAS)]
    trails = pl.col(FIELDS).is_between(width + 1, width + _EXTRAS) & pl.all_horizontal(extra)
    return bare.with_columns(pl.when(trails).then(pl.lit(width, dtype=pl.Int64)).otherwise(FIELDS).alias(FIELDS))


def _long(rows: pl.DataFrame, width: int) -> list[Remark]:
    found = rows.filter(pl.col(FIELDS) > width).select(ROW, FIELDS)
    return [
        remark(
            row,
            REJECTED,
            LONG_ROW,
            "",
            f"expected {width} fields, found {fields}: a stray delimiter moves every field after it",
            stated=str(fields),
        )
        for row, fields in found.iter_rows()
    ]
