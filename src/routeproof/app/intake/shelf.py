"""Frames that are set down on scratch disk once there are many, and read again when somebody asks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

HELD_ROWS = 1 << 20
"""Rows of one shelf that stay in memory."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """Rows in memory or on scratch disk.

    Attributes:
        rows: how many.
        days: trading day to rows; empty if the table has none.
        schema: of the rows.
        frame: the rows, if they are in memory.
        path: an Arrow file of the columns that hold anything, if they are not.
        stated: those columns.
    """

    rows: int
    days: dict[date | None, int]
    schema: pl.Schema
    frame: pl.DataFrame | None = None
    path: Path | None = None
    stated: tuple[str, ...] = ()

    def read(self, names: Sequence[str] | None = None) -> pl.DataFrame:
        """The rows, all columns or those named."""
        wanted = list(self.schema) if names is None else list(names)
        if self.frame is not None:
            return self.frame.select(wanted)
        assert self.path is not None  # noqa: S101 a frame is in one of two places
        stored = pl.read_ipc(self.path, columns=[name for name in wanted if name in self.stated] or [self.stated[0]])
        absent = [pl.lit(None, dtype=self.schema[name]).alias(name) for name in wanted if name not in self.stated]
        return stored.with_columns(absent).select(wanted)


class Shelf:
    """Keeps the first `held_rows` rows in memory, the others in files of a folder, as long as it is there."""

    def __init__(self, folder: Path, name: str, held_rows: int = HELD_ROWS) -> None:
        self._folder, self._name, self._held_rows = folder, name, held_rows
        self._rows, self._files = 0, 0

    def set_down(self, frame: pl.DataFrame) -> Shelved:
        """The rows, for somebody to read later."""
        found = held(frame)
        stated = tuple(column.name for column in frame.iter_columns() if column.null_count() < frame.height)
        self._rows += frame.height
        if self._rows <= self._held_rows or not stated:
            return found
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._name}-{self._files}.arrow"
        self._files += 1
        frame.select(stated).write_ipc(path, compression="uncompressed")
        return replace(found, frame=None, path=path, stated=stated)


def held(frame: pl.DataFrame) -> Shelved:
    """Rows that stay in memory."""
    days = frame.get_column("trading_day").value_counts().rows() if "trading_day" in frame.columns else []
    return Shelved(rows=frame.height, days=dict(days), schema=frame.schema, frame=frame)
