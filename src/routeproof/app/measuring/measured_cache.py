"""Measured rows kept between questions, as Arrow files: a derived cache, deleted at any time, never evidence."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from routeproof.app.measuring.coded_files import read_pieces, write_piece
from routeproof.app.program_stamp import program_stamp
from routeproof.tables.measured.day import MeasuredDay

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from routeproof.tables.measured.coded_rows import CodedRows

T = TypeVar("T")
Write = Callable[[Path, T, frozenset[str]], object]
"""Writes one item with some columns under a path without ending; gives what reading it needs, as JSON values."""

KEPT = 8
"""Answers kept; older ones make room."""

FRAMES = ("executions", "orders", "routes")
_INDEX = "index.json"
_NOTHING = pl.DataFrame()


@dataclass(frozen=True, slots=True)
class MeasuredCache:
    """Measured rows by what made them.

    Attributes:
        root: folder of the cache.
        made_of: everything that the rows depend on beside the program, as JSON values.
    """

    root: Path
    made_of: Mapping[str, object]

    def find(self, columns: frozenset[str]) -> Iterator[MeasuredDay] | None:
        """Kept days whose executions have these columns, or `None`."""
        found = self._found("days", columns)
        return None if found is None else self._read(self._folder("days"), found["parts"], sorted(columns))

    def keep(self, columns: frozenset[str], days: Iterable[MeasuredDay]) -> Iterator[MeasuredDay]:
        """The same days, kept as they pass, with these columns of the executions."""
        return self._kept("days", columns, days, _write_day)

    def find_fills(self, columns: frozenset[str]) -> Iterator[CodedRows] | None:
        """Kept executions with these columns, or `None`."""
        found = self._found("fills", columns)
        return None if found is None else read_pieces(self._folder("fills"), found["parts"])

    def keep_fills(self, columns: frozenset[str], pieces: Iterable[CodedRows]) -> Iterator[CodedRows]:
        """The same executions, kept as they pass, with these columns."""
        return self._kept("fills", columns, pieces, write_piece)

    def _found(self, kind: str, columns: frozenset[str]) -> dict[str, Any] | None:
        index = self._index(self._folder(kind))
        return index if index is not None and columns <= set(index["columns"]) else None

    def _read(self, folder: Path, parts: list[list[str]], columns: list[str]) -> Iterator[MeasuredDay]:
        for number, frames in enumerate(parts):
            held = {name: folder / f"{number:05d}-{name}.arrow" for name in frames}
            executions = _some(held["executions"], columns) if "executions" in held else _NOTHING
            others = (pl.read_ipc(held[name]) if name in held else _NOTHING for name in FRAMES[1:])
            yield MeasuredDay(executions, *others)

    def _index(self, folder: Path) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = json.loads((folder / _INDEX).read_text())
        except (FileNotFoundError, ValueError):
            return None
        return found

    def _kept(self, kind: str, columns: frozenset[str], passing: Iterable[T], write: Write[T]) -> Iterator[T]:
        """What passes, written with an index; what is interrupted leaves nothing that would be found."""
        folder = self._folder(kind)
        making = folder.with_name(f".{folder.name}-{os.getpid()}")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        parts = []
        try:
            for number, item in enumerate(passing):
                parts.append(write(making / f"{number:05d}", item, columns))
                yield item
            (making / _INDEX).write_text(json.dumps({"columns": sorted(columns), "parts": parts}))
            shutil.rmtree(folder, ignore_errors=True)
            making.replace(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)
        self._make_room()

    def _make_room(self) -> None:
        held = sorted(self.root.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
        for folder in held[KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, kind: str) -> Path:
        content = json.dumps({**self.made_of, "kind": kind, "program": program_stamp()}, sort_keys=True)
        return self.root / hashlib.sha256(content.encode()).hexdigest()[:32]


def _write_day(stem: Path, day: MeasuredDay, columns: frozenset[str]) -> list[str]:
    """One file per frame that has columns; their names."""
    frames = {name: frame for name in FRAMES if (frame := getattr(day, name)).width}
    if "executions" in frames:
        frames["executions"] = frames["executions"].select(_held_of(day.executions.columns, columns))
    for name, frame in frames.items():
        frame.write_ipc(stem.with_name(f"{stem.name}-{name}.arrow"), compression="uncompressed")
    return list(frames)


def _some(path: Path, columns: list[str]) -> pl.DataFrame:
    return pl.read_ipc(path, columns=_held_of(list(pl.read_ipc_schema(path)), columns))


def _held_of(held: Sequence[str], columns: Collection[str]) -> list[str]:
    """The columns that there are, or any one: without a column a frame does not know how many rows it has."""
    return [name for name in held if name in columns] or list(held[:1])
