"""A summary report against its specification: header, columns, rows, key."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from routeproof.sources.line_ends import with_line_feeds
from routeproof.sources.rule605.header import header_problems
from routeproof.sources.rule605.problems import (
    DUPLICATE_KEY,
    LONG_ROW,
    PROBLEM,
    SHORT_ROW,
    UNREADABLE_ROW,
    Remark,
    remark,
)
from routeproof.sources.rule605.summary_schema import KEY, NO_VALUE, REQUIRED, RULES, STATED_ALWAYS, STATED_IF_EXECUTED
from routeproof.sources.streams import blocks, open_stream
from routeproof.sources.text_frames import BYTE_ORDER_MARK
from routeproof.sources.text_records import IDLE, RecordScanner, every_field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from routeproof.sources.rule605.sniff import Sniffed


def validate_summary(path: Path, sniffed: Sniffed) -> tuple[int, list[Remark]]:
    """Data records of a summary report, and everything in which it breaks the specification.

    Raises:
        DamagedFileError: where a packed file breaks off.
    """
    found = header_problems(sniffed)
    seen: dict[tuple[str, ...], int] = {}
    count = 0
    for count, record in enumerate(_records(path, sniffed.delimiter), start=1):  # its last value is told
        found += _row_problems(count, record, sniffed, seen)
    return count, found


def _records(path: Path, delimiter: str) -> Iterator[list[str] | None]:
    """Fields of each data record, blank lines passed over; nothing where bytes or quotes make no record."""
    is_header = True
    with open_stream(path) as stream:
        for piece in RecordScanner().pieces(with_line_feeds(blocks(stream, path))):
            whole = dict(zip(piece.rows.tolist(), range(len(piece.rows)), strict=True))
            for row in sorted({*whole, *(int(str(item["row"])) for item in piece.refused)}):
                record = piece.record(whole[row]).removeprefix(BYTE_ORDER_MARK) if row in whole else None
                if record is not None and not record.strip(IDLE):
                    continue
                if not is_header:
                    yield None if record is None else _fields(record, delimiter)
                is_header = False


def _fields(record: bytes, delimiter: str) -> list[str] | None:
    try:
        return every_field_of(record, delimiter)
    except csv.Error:
        return None


def _row_problems(
    number: int, record: list[str] | None, sniffed: Sniffed, seen: dict[tuple[str, ...], int]
) -> Iterator[Remark]:
    if record is None:
        message = "expected a record of text, found bytes or quotes that make none"
        yield remark(number, PROBLEM, UNREADABLE_ROW, "", message)
        return
    width = len(sniffed.header)
    if len(record) != width:
        code = SHORT_ROW if len(record) < width else LONG_ROW
        yield remark(number, PROBLEM, code, "", f"expected {width} fields, found {len(record)}")
    names = [_official(sniffed, place) for place in range(width)]
    values = {name: text.strip() for name, text in zip(names, record, strict=False) if name}
    yield from _value_problems(number, values)
    key = tuple(values.get(name, "") for name in KEY)
    first = seen.setdefault(key, number)
    if first != number:
        message = f"expected one row for each key ({', '.join(KEY)}), found {', '.join(key)} in row {first} too"
        yield remark(number, PROBLEM, DUPLICATE_KEY, "", message)


def _official(sniffed: Sniffed, place: int) -> str:
    column = sniffed.columns[place]
    return "" if column is None else str(sniffed.layout.place(column))


def _value_problems(number: int, values: Mapping[str, str]) -> Iterator[Remark]:
    is_unexecuted = all(values.get(name) for name in STATED_ALWAYS) and not any(
        values.get(name) for name in STATED_IF_EXECUTED
    )
    for rule in RULES:
        text = values.get(rule.name, "")
        if rule.may_be_missing and text in NO_VALUE:
            continue
        if text:
            problem = rule.problem(text)
            if problem is not None:
                yield remark(number, PROBLEM, problem[0], rule.name, problem[1], stated=text)
        elif not (is_unexecuted and rule.name in STATED_IF_EXECUTED):
            yield remark(number, PROBLEM, REQUIRED, rule.name, f"expected a value in {rule.name}, found nothing")
