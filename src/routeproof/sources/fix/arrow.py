"""Columns written by a compiled kernel, handed to polars as they lie: the Arrow C data interface without pyarrow.

Layouts: https://arrow.apache.org/docs/format/CDataInterface.html and, for text, the variable-size binary view of
https://arrow.apache.org/docs/format/Columnar.html. A column owns its memory, and the function that frees it is
machine code: polars may drop a column in any thread, whether or not that thread may run Python. A column may also lie
in a file, of which a part is mapped into memory for it alone.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba as nb
import polars as pl
from numba.core import types

from routeproof.sources.fix.words import load_at, store_at

_PRIVATE_OF_ARRAY, _RELEASE_OF_ARRAY, _RELEASE_OF_SCHEMA = 72, 64, 56  # offsets in the structures below
_VALIDITY, _VALUES, _LENGTHS_OF_TEXT, _LENGTH, _TEXT = 0, 1, 3, 4, 5  # words of a column's own record
_MAPPED, _MAPPED_BYTES = 6, 7
_RECORD_WORDS = 8
_NULLABLE = 2


class _Schema(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_char_p), ("name", ctypes.c_char_p), ("metadata", ctypes.c_char_p),
        ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p),
    )  # fmt: skip


class _Array(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p), ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )  # fmt: skip


def resize(address: int, size: int) -> int:
    """Memory of `size` bytes that begins with what the one at `address` holds; 0 asks for new memory.

    Raises:
        MemoryError: if there is none.
    """
    found = _function("PyMem_RawRealloc", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)(address, size)
    if not found:
        message = f"expected {size} bytes of memory, found none"
        raise MemoryError(message)
    return int(found)


def free(address: int) -> None:
    """Give memory back; 0 is none."""
    _function("PyMem_RawFree", None, ctypes.c_void_p)(address)


@dataclass(frozen=True, slots=True)
class Column:
    """Memory of one column; `series` gives all of it away.

    Attributes:
        rows: how many values.
        values: address of Int64 values, or of string views that refer to one buffer of text.
        validity: address of a bit per row, 0 = all are there.
        absent: how many are not.
        text: address of the bytes of longer texts, 0 = there are none.
        text_size: bytes of text.
        is_text: String, else Int64.
        mapped: address of the part of a file in which all of it lies, 0 = it is memory of its own.
        mapped_bytes: length of that part.
    """

    rows: int
    values: int
    validity: int
    absent: int
    text: int
    text_size: int
    is_text: bool
    mapped: int = 0
    mapped_bytes: int = 0

    def series(self, name: str) -> pl.Series:
        """The column in polars, which frees the memory when it is done with it."""
        return pl.Series(_Export(self, name))


class _Export:
    """What polars asks for a column's structures."""

    def __init__(self, column: Column, name: str) -> None:
        address = resize(0, _RECORD_WORDS * 8)
        record = (ctypes.c_uint64 * _RECORD_WORDS).from_address(address)
        buffers = 2
        record[_VALIDITY], record[_VALUES], record[_LENGTH] = column.validity, column.values, column.text_size
        record[_TEXT] = record[2] = column.text
        record[_MAPPED], record[_MAPPED_BYTES] = column.mapped, column.mapped_bytes
        lengths = address + 8 * _LENGTH
        if column.is_text:  # validity, views, text if there is any, then the lengths of the texts
            buffers = 4 if column.text else 3
            record[buffers - 1] = lengths
        free_array, free_schema = (release.address for release in _releases())
        layout = b"vu" if column.is_text else b"l"
        self._schema = _Schema(layout, name.encode(), None, _NULLABLE, 0, None, None, free_schema)
        self._array = _Array(
            column.rows, column.absent, 0, buffers, 0, address, None, None, free_array, address
        )  # fmt: skip

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        del requested_schema  # there is one way to say it
        return _capsule(self._schema, b"arrow_schema"), _capsule(self._array, b"arrow_array")


def _capsule(structure: ctypes.Structure, name: bytes) -> object:
    new = _function("PyCapsule_New", ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    return new(ctypes.addressof(structure), name, None)


@cache
def _function(name: str, gives: Any, *takes: Any) -> Any:  # noqa: ANN401 ctypes' own types
    return ctypes.PYFUNCTYPE(gives, *takes)((name, ctypes.pythonapi))


@cache
def _releases() -> tuple[Any, Any]:
    """The functions that polars calls when it is done with an array, and with a schema."""
    made = nb.cfunc(types.void(types.intp), cache=True)
    return made(_free_array), made(_free_schema)


_raw_free = types.ExternalFunction("PyMem_RawFree", types.void(types.intp))
_unmap = types.ExternalFunction("munmap", types.int32(types.intp, types.intp))


def _free_array(array: int) -> None:
    record = load_at(array + _PRIVATE_OF_ARRAY)
    if load_at(record + 8 * _MAPPED):
        _unmap(load_at(record + 8 * _MAPPED), load_at(record + 8 * _MAPPED_BYTES))
    else:
        for word in (_VALIDITY, _VALUES, _TEXT):
            _raw_free(load_at(record + 8 * word))
    _raw_free(record)
    store_at(array + _RELEASE_OF_ARRAY, 0)


def _free_schema(schema: int) -> None:
    store_at(schema + _RELEASE_OF_SCHEMA, 0)
