"""Frames of single days that are made once and kept: a derived cache, keyed by what each day was made of."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.program_stamp import program_stamp
from routeproof.stores.files import publish, removed_after
from routeproof.stores.manifest import WHOLE

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from routeproof.app.measuring.lake_source import LakeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDays:
    """One kind of frame, a file a day.

    Attributes:
        source: the lake as of a manifest.
        folder: of the cache; what lies there may be deleted at any time.
        tables: that a day follows from.
        made_of: what else it follows from, as JSON values; the program is always part of it.
    """

    source: LakeSource
    folder: Path
    tables: tuple[str, ...]
    made_of: tuple[object, ...]

    def read(self, day: date) -> pl.DataFrame | None:
        """The day's frame; null where it was not made, or of something else."""
        path = self._path(day)
        return pl.read_parquet(path) if path.is_file() else None

    def keep(self, day: date, frame: pl.DataFrame) -> pl.DataFrame:
        """Keep a day's frame instead of what was kept of that day before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob(f"{day.isoformat()}-*.parquet"):
            old.unlink(missing_ok=True)
        making = self.folder / f".{day.isoformat()}-{os.getpid()}.parquet"
        with removed_after(making):
            frame.write_parquet(making)
            publish(making, self._path(day))
        return frame

    def _path(self, day: date) -> Path:
        held = self.source.lake.manifest(self.source.manifest).partitions
        parts = {
            name: held[name, part].content
            for name in self.tables
            for part in (day.isoformat(), WHOLE)
            if (name, part) in held
        }
        made_of = [parts, *self.made_of, program_stamp()]
        key = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:32]
        return self.folder / f"{day.isoformat()}-{key}.parquet"
