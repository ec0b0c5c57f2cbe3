"""Columns in memory of our own, as polars reads them and gives them back."""

import ctypes
import gc
import threading
from collections.abc import Sequence

import polars as pl
import pytest

from routeproof.sources.fix.arrow import Column, free, resize

VIEW_BYTES, SHORT = 16, 12
"""A string view: length, then up to 12 bytes of text, or 4 of them, the buffer's number and an offset into it."""


def held(content: bytes) -> int:
    """Memory of our own with these bytes."""
    address = resize(0, max(1, len(content)))
    ctypes.memmove(address, content, len(content))
    return address


def bits(there: Sequence[bool]) -> bytes:
    """A bit per row, the first row lowest."""
    return sum(flag << row for row, flag in enumerate(there)).to_bytes(len(there) // 8 + 1, "little")


def numbers(values: Sequence[int | None]) -> Column:
    """A column of integers."""
    there = [value is not None for value in values]
    cells = b"".join((value or 0).to_bytes(8, "little", signed=True) for value in values)
    validity = 0 if all(there) else held(bits(there))
    return Column(len(values), held(cells), validity, there.count(False), 0, 0, is_text=False)


def texts(values: Sequence[str | None]) -> Column:
    """A column of texts; those above 12 bytes lie in a buffer beside."""
    views, beside = b"", b""
    for value in values:
        content = (value or "").encode()
        if len(content) <= SHORT:
            views += len(content).to_bytes(4, "little") + content.ljust(SHORT, b"\0")
        else:
            views += len(content).to_bytes(4, "little") + content[:4] + bytes(4) + len(beside).to_bytes(4, "little")
            beside += content
    there = [value is not None for value in values]
    validity = 0 if all(there) else held(bits(there))
    text = held(beside) if beside else 0
    return Column(len(values), held(views), validity, there.count(False), text, len(beside), is_text=True)


def test_memory_grows_and_keeps_what_it_held() -> None:
    """Also where it has to move."""
    address = resize(held(b"0123456789abcdef"), 1 << 22)
    assert ctypes.string_at(address, 16) == b"0123456789abcdef"
    free(address)
    free(0)


def test_memory_that_is_not_there_is_an_error() -> None:
    """No machine has half of all addresses."""
    with pytest.raises(MemoryError, match=str(1 << 62)):
        resize(0, 1 << 62)


@pytest.mark.parametrize("values", [[1, -2, 2**63 - 1, -(2**63)], [None, 7, None], [None], [], [*range(100), None]])
def test_integers(values: list[int | None]) -> None:
    """All of 64 bits, and null where a bit says so."""
    series = numbers(values).series("size")
    assert (series.name, series.dtype) == ("size", pl.Int64())
    assert series.to_list() == values
    assert series.null_count() == values.count(None)


@pytest.mark.parametrize(
    "values",
    [
        ["", "A", "twelve bytes", "thirteen byte", "Börse München"],
        ["short", None, "short too"],
        [None, "a text that is longer than a view", None, "a text that is longer still, and another"],
        [],
    ],
)
def test_texts(values: list[str | None]) -> None:
    """At most 12 bytes within the view, longer ones beside it; an empty text is no null."""
    series = texts(values).series("text")
    assert (series.name, series.dtype) == ("text", pl.String())
    assert series.to_list() == values


def test_a_column_outlives_everything_but_its_own_use() -> None:
    """Slices and results hold the memory; nothing of Python's does."""
    long = [f"a text that is longer than a view: {number}" for number in range(1000)]
    piece = texts(long).series("text").slice(500, 2)
    gc.collect()
    assert piece.to_list() == long[500:502]


def test_columns_are_dropped_in_any_thread() -> None:
    """Freeing runs no Python: a thread may drop what another made, and a thousand times over."""
    frames = [pl.DataFrame([numbers([1, None]).series("n"), texts(["x" * 40, None]).series("t")]) for _ in range(1000)]
    worker = threading.Thread(target=frames.clear)
    worker.start()
    worker.join()
    assert frames == []
