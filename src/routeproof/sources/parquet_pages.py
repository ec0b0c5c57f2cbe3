"""How large the pages of a Parquet file say they are, told from its bytes before a parser makes room for them.

A page says in its own head how many bytes it unpacks to, and parsers ask for as many at once: one damaged head has them
ask for half a gigabyte in a file of four kilobytes. What is not understood here is left to the parser to judge.
"""

from __future__ import annotations

import mmap
from itertools import islice
from typing import TYPE_CHECKING

from routeproof.sources.streams import DamagedFileError
from routeproof.sources.thrift_compact import Value, struct_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FREE_PAGE_BYTES = 64 << 20
"""A page may say that much whatever its column says; writers make pages of about a megabyte."""

LARGEST_FOOTER_BYTES = 1 << 20
"""A longer one is that of a large file, beside which no page is large."""

MOST_PAGES = 20_000
"""So many are looked at."""

_TAIL_BYTES = 8
_LARGEST_HEAD_BYTES = 1 << 16
_Numbers = dict[int, int]


def expect_honest_pages(path: Path, where: str) -> None:
    """Refuse a file of which a page says that it unpacks to far more than its whole column does.

    Args:
        path: the file, which has the format's magic bytes at both ends.
        where: its name, for messages.

    Raises:
        DamagedFileError: if there is such a page.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        end = len(content) - _TAIL_BYTES
        begin = end - int.from_bytes(content[end : end + 4], "little")
        if begin < 0 or end - begin > LARGEST_FOOTER_BYTES:
            return
        try:
            columns = _columns(struct_at(content[begin:end], 0)[0])
            for at, size, most in islice(_pages(content, columns), MOST_PAGES):
                if size > most:
                    message = f"expected a page of at most {most} bytes at byte {at}, found one that says {size}"
                    raise DamagedFileError(message, where=where)
        except (LookupError, TypeError, ValueError):
            return


def _columns(footer: Value) -> Iterator[_Numbers]:
    """The whole numbers of each column chunk's metadata: FileMetaData 4, RowGroup 1, ColumnChunk 3."""
    for group in _list_in(footer, 4):
        for chunk in _list_in(group, 1):
            metadata = _struct(_struct(chunk)[3])
            yield {name: value for name, value in metadata.items() if isinstance(value, int)}


def _list_in(value: Value, number: int) -> list[Value]:
    found = _struct(value)[number]
    if not isinstance(found, list):
        raise TypeError
    return found


def _struct(value: Value) -> dict[int, Value]:
    if not isinstance(value, dict):
        raise TypeError
    return value


def _pages(content: mmap.mmap, columns: Iterator[_Numbers]) -> Iterator[tuple[int, int, int]]:
    """(where it stands, bytes that it says it unpacks to, most that it may) of each page.

    ColumnMetaData 6 total_uncompressed_size, 7 total_compressed_size, 9 data_page_offset, 11 dictionary_page_offset;
    PageHeader 2 uncompressed_page_size, 3 compressed_page_size.
    """
    for column in columns:
        at = min(column[9], column.get(11) or column[9])
        end = min(at + column[7], len(content))
        while 0 < at < end:
            said, length = struct_at(content[at : at + _LARGEST_HEAD_BYTES], 0)
            size, packed = said[2], said[3]
            if not isinstance(size, int) or not isinstance(packed, int) or packed < 0:
                break
            yield at, size, max(FREE_PAGE_BYTES, column[6])
            at += length + packed
