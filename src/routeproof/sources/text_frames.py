"""Pieces of a delimited text file as frames of text columns, with every refused record accounted for."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.sources.headers import distinct_names
from routeproof.sources.line_ends import with_line_feeds
from routeproof.sources.rows import BYTE, RAW, ROW
from routeproof.sources.streams import DamagedFileError, blocks, open_stream
from routeproof.sources.text_records import (
    NUL,
    Piece,
    RecordScanner,
    blank_records,
    field_counts,
    fields_of,
    marked_records,
    quoted_rows,
    undecodable_records,
)
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MAX_COLUMNS = 16_384
"""As many as a worksheet has; a line of more is no header."""


class HeaderError(DataRejectedError):
    """The first line does not name columns."""

    code = "unreadable_header"


@dataclass(frozen=True, slots=True)
class TextFrame:
    """Some records of a file.

    Attributes:
        frame: one text column per source column, plus row and byte.
        refused: records that are none, as reject rows without a file name.
        noise: blank lines.
        raw: bytes of the piece, and where it begins in the file.
        again: names that the header has more than once, and the places, from 1, where it has them. The frame's column
            of that name is the first of them; the others have their place behind their name: `Bid#6`.
    """

    frame: pl.DataFrame
    refused: list[dict[str, object]]
    noise: int
    piece: Piece
    again: Mapping[str, Sequence[int]] = field(default_factory=dict)


def text_frames(path: Path, delimiter: str, header: list[str] | None = None) -> Iterator[TextFrame]:
    """The file piece by piece; a file without a header line is given its column names.

    A compressed file that breaks off gives what came before, then one refused record `truncated_file`.

    Raises:
        HeaderError: if the first line is blank, has a field that is no name, or more columns than a worksheet.
    """
    names, again = header, dict[str, list[int]]()
    last: Piece | None = None
    scanner = RecordScanner()
    with open_stream(path) as stream:
        try:
            for last in scanner.pieces(with_line_feeds(blocks(stream, path))):
                piece = last
                if names is None and len(last.starts):
                    names, again, piece = _split_header(last, delimiter)
                if names is not None:
                    yield replace(_text_frame(piece, names, delimiter), again=again)
        except DamagedFileError as error:
            yield _breaking_off(error, names or [], last)


def _breaking_off(error: DamagedFileError, names: list[str], last: Piece | None) -> TextFrame:
    nothing = np.zeros(0, dtype=np.int64)
    end = last.base + len(last.content) if last is not None else 0
    row = int(last.rows[-1]) + 1 if last is not None and len(last.rows) else 1
    refused = [{"row": row, "byte": end, "reason": "truncated_file", "detail": error.message, "raw": ""}]
    return TextFrame(_empty(names), refused, 0, Piece(b"", nothing, nothing, nothing, end))


def _split_header(piece: Piece, delimiter: str) -> tuple[list[str], dict[str, list[int]], Piece]:
    first = piece.record(0).removeprefix(BYTE_ORDER_MARK)
    try:
        found = fields_of(first, delimiter)
    except csv.Error as error:
        message = f"expected column names in the first line, found: {error}"
        raise HeaderError(message, where="row 1") from error
    if not 0 < len(found) <= MAX_COLUMNS:
        message = f"expected the names of 1 to {MAX_COLUMNS} columns, found {len(found)}"
        raise HeaderError(message, where="row 1")
    names, again = distinct_names(found)
    # What is wrong with the header's bytes is not wrong with a row, so they are no part of the rest.
    end = int(piece.ends[0])
    starts, ends = piece.starts[1:] - end, piece.ends[1:] - end
    rest = Piece(piece.content[end:], starts, ends, piece.rows[1:], piece.base + end, piece.refused)
    return names, again, rest


def _text_frame(piece: Piece, names: list[str], delimiter: str) -> TextFrame:
    keep = np.ones(len(piece.starts), dtype=bool)
    blank = blank_records(piece)
    keep[blank] = False
    _refuse_all(piece, keep, marked_records(piece, NUL), "nul_byte", "a NUL byte in the line")
    _refuse_all(piece, keep, undecodable_records(piece), "not_utf8", "bytes that are not UTF-8")
    if b'"' in piece.content:
        frame = _quoted(piece, keep, names, delimiter)
    else:
        frame = _unquoted(piece, keep, names, delimiter)
    return TextFrame(pl.concat([_empty(names), frame]), piece.refused, len(blank), piece)


def _refuse_all(piece: Piece, keep: NDArray[np.bool_], marked: NDArray[np.int64], reason: str, detail: str) -> None:
    for at in marked:
        if at < len(keep) and keep[at]:
            keep[at] = False
            piece.refuse(int(at), reason, detail)


def _unquoted(piece: Piece, keep: NDArray[np.bool_], names: list[str], delimiter: str) -> pl.DataFrame:
    """Fast path: without quotes every line is a record and every delimiter counts."""
    counts = field_counts(piece, delimiter)
    for at in np.flatnonzero(keep & (counts != len(names))):
        keep[at] = False
        piece.refuse(int(at), "wrong_field_count", f"expected {len(names)} fields, found {counts[at]}")
    chosen = np.flatnonzero(keep)
    if not len(chosen):
        return _empty(names)
    every = len(chosen) == len(piece.starts)
    content = (
        piece.content[int(piece.starts[0]) :]
        if every
        else b"".join(piece.content[int(piece.starts[at]) : int(piece.ends[at])] for at in chosen)
    )
    frame = pl.read_csv(
        content.replace(b"\r\n", b"\n"),
        has_header=False,
        new_columns=names,
        schema={name: pl.String() for name in names},
        separator=delimiter,
        quote_char=None,
    )
    if frame.height != len(chosen):
        rows = [fields_of(piece.record(int(at)), delimiter) for at in chosen]
        return _rows_frame(rows, names, piece, chosen)
    return _positioned(frame, piece, chosen)


def _quoted(piece: Piece, keep: NDArray[np.bool_], names: list[str], delimiter: str) -> pl.DataFrame:
    rows: list[list[str]] = []
    places: list[int] = []
    for at in np.flatnonzero(keep):
        for row in _rows_of(piece, int(at), delimiter):
            if len(row) == len(names):
                rows.append(row)
                places.append(int(at))
            else:
                piece.refuse(int(at), "wrong_field_count", f"expected {len(names)} fields, found {len(row)}")
    return _rows_frame(rows, names, piece, np.array(places, dtype=np.int64))


def _rows_of(piece: Piece, at: int, delimiter: str) -> list[list[str]]:
    """Rows of one record; where a stray quote had joined lines, each line that can stand alone."""
    record = piece.record(at)
    try:
        return quoted_rows(record, delimiter)
    except csv.Error:
        rows = []
        for line in record.split(b"\n"):
            try:
                rows += quoted_rows(line.rstrip(b"\r"), delimiter)
            except csv.Error as error:
                piece.refuse(at, "unbalanced_quote", str(error))
        return rows


def _rows_frame(rows: list[list[str]], names: list[str], piece: Piece, chosen: NDArray[np.int64]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    frame = pl.DataFrame(
        {name: pl.Series(values, dtype=pl.String) for name, values in zip(names, columns, strict=True)}
    )
    return _positioned(frame, piece, chosen)


def _positioned(frame: pl.DataFrame, piece: Piece, chosen: NDArray[np.int64]) -> pl.DataFrame:
    return frame.with_columns(
        pl.Series(ROW, piece.rows[chosen]),
        pl.Series(BYTE, piece.starts[chosen] + piece.base),
        pl.lit(None, dtype=pl.String).alias(RAW),
    )


def _empty(names: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        schema={**dict.fromkeys(names, pl.String()), ROW: pl.Int64(), BYTE: pl.Int64(), RAW: pl.String()}
    )
