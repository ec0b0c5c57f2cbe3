"""One file's rows on their way into the lake, with every row accounted for by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.source import SourceResult, rejects_frame
from routeproof.tables.wide import stacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.intake.shelf import Shelved
    from routeproof.sources.runs import Run
    from routeproof.stores.raw import RawFile

WHOLE_FILE_REASONS = (
    "truncated_file",
    "damaged_file",
    "unreadable_file",
    "empty_file",
    "reader_crashed",
    "reader_limit",
)
"""Rejects that speak of the file: what was read before is kept, but the delivery is not whole."""


CONFLICT = "conflicting_duplicate"
"""Reason for a row whose identity is known with other content."""
_NO_DETAIL = pl.lit("").alias("detail")


@dataclass(slots=True)
class Delivery:
    """Rows of one file.

    Attributes:
        source: registered source name.
        file: name it came with.
        source_id: first 16 hex digits of its SHA-256.
        sha256: of its bytes.
        size: bytes.
        provider_id: provider that it speaks of.
        main: table whose rows are the input rows.
        tables: canonical rows.
        runs: rows of quotes and trades, on disk.
        messages: messages of a FIX log, piece by piece, some of them on disk.
        is_sequenced: its rows have sequence numbers of their own, not those of the file's rows.
        rejects: refused rows, piece by piece of the file.
        received: input rows that claimed to be data.
        noise: lines that never did.
        refused: why the whole file is no evidence; empty if it is.
        refused_runs: reason to rows that were refused with the file; they are as many as a file can have.
        days: accepted rows per trading day.
        known: of these, rows that added nothing.
        sections: the map's sections, where later deliveries are read under it too.
    """

    source: str
    file: str
    source_id: str
    sha256: str
    size: int
    provider_id: str
    main: str
    tables: dict[str, pl.DataFrame]
    runs: dict[str, list[Run]]
    rejects: list[pl.DataFrame]
    received: int
    noise: int
    refused: str = ""
    refused_runs: dict[str, list[Run]] = field(default_factory=dict)
    days: dict[date | None, int] = field(default_factory=dict)
    known: dict[date | None, int] = field(default_factory=dict)
    sections: Mapping[str, object] = field(default_factory=dict)
    messages: Sequence[Shelved] = ()
    is_sequenced: bool = False

    def refuse_rows(self, rows: pl.DataFrame, reason: str, identity: Sequence[str] = ()) -> None:
        """Move accepted rows of the main table to the rejects, which name their identity."""
        moved = self._as_rejects(rows, reason, identity)
        self.rejects.append(moved)
        for (key,), group in moved.group_by("trading_day", maintain_order=True):
            self.days[key] = self.days.get(key, 0) - group.height

    def refuse_file(self, reason: str, detail: str) -> None:
        """Move all accepted rows to the rejects: the file is no evidence."""
        if self.main in self.tables:
            self.refuse_rows(self.tables[self.main], reason)
        self.refused_runs[reason] = self.runs.get(self.main, [])
        self.tables, self.runs, self.days = {}, {}, {}
        self.refused = f"{reason}: {detail}"

    def _as_rejects(self, rows: pl.DataFrame, reason: str, identity: Sequence[str] = ()) -> pl.DataFrame:
        day = pl.col("trading_day") if "trading_day" in rows.columns else pl.lit(None, dtype=pl.Date)
        return rows.select(
            pl.lit(self.file).alias("file"),
            pl.col("source_row").alias("row"),
            pl.lit(None, dtype=pl.Int64).alias("byte"),
            pl.lit(reason).alias("reason"),
            pl.concat_str(pl.col(identity).cast(pl.String), separator=" ").alias("detail") if identity else _NO_DETAIL,
            pl.lit(None, dtype=pl.String).alias("raw"),
            day.alias("trading_day"),
        )

    def reject_frames(self) -> Iterator[pl.DataFrame]:
        """All refused rows, by row within each piece of the file."""
        for frame in self.rejects:
            yield frame.sort("row", "reason")
        for reason, runs in self.refused_runs.items():
            for run in runs:
                yield self._as_rejects(run.read(0, run.index.height), reason).sort("row")

    def rejected(self) -> dict[date | None, dict[str, int]]:
        """Number of refused rows by day and reason."""
        counts: dict[date | None, dict[str, int]] = {}

        def add(day: date | None, reason: str, rows: int) -> None:
            of_day = counts.setdefault(day, {})
            of_day[reason] = of_day.get(reason, 0) + rows

        for frame in self.rejects:
            for row in frame.group_by("trading_day", "reason").len().iter_rows():
                add(*row)
        for reason, runs in self.refused_runs.items():
            for day, rows in _days_of_runs(runs).items():
                add(day, reason, rows)
        return counts

    def outcome(self) -> dict[str, object]:
        """Counts as JSON values; received = accepted + rejected, in total and per day."""
        by_day = self.rejected()
        rejected: dict[str, int] = {}
        for counts in by_day.values():
            for reason, rows in counts.items():
                rejected[reason] = rejected.get(reason, 0) + rows
        days = sorted({*self.days, *by_day}, key=str)
        return {
            "source": self.source,
            "file": self.file,
            "sha256": self.sha256,
            "size": self.size,
            "provider": self.provider_id,
            "table": self.main,
            "received": self.received,
            "accepted": self.received - sum(rejected.values()),
            "rejected": dict(sorted(rejected.items())),
            "noise": self.noise,
            "already_known": sum(self.known.values()),
            "refused": self.refused,
            "sections": dict(self.sections),
            "is_sequenced": self.is_sequenced,
            "days": [
                {
                    "day": day.isoformat() if day is not None else None,
                    "received": self.days.get(day, 0) + sum(by_day.get(day, {}).values()),
                    "accepted": self.days.get(day, 0),
                    "rejected": dict(sorted(by_day.get(day, {}).items())),
                    "already_known": self.known.get(day, 0),
                }
                for day in days
            ],
        }


def deliver(
    source: str,
    raw: RawFile,
    provider_id: str,
    pieces: Sequence[SourceResult],
    sections: Mapping[str, object] | None = None,
    messages: Sequence[Shelved] = (),
) -> Delivery:
    """Pieces of one file put together; a file without any row is refused as empty."""
    names = list(dict.fromkeys(name for piece in pieces for name in (*piece.tables, *piece.runs)))
    tables = {name: [piece.tables[name] for piece in pieces if name in piece.tables] for name in names}
    runs = {name: [piece.runs[name] for piece in pieces if name in piece.runs] for name in names}
    rejects = [piece.rejects for piece in pieces if not piece.rejects.is_empty()]
    received = sum(piece.received for piece in pieces)
    if received == 0:
        why = f"none of its {raw.size:,} bytes are rows of {source}" if raw.size else "no rows"
        empty = {"file": raw.name, "row": 0, "byte": 0, "reason": "empty_file", "detail": why, "raw": ""}
        rejects, received = [*rejects, rejects_frame([empty])], 1
    delivery = Delivery(
        source=source,
        file=raw.name,
        source_id=raw.source_id,
        sha256=raw.sha256,
        size=raw.size,
        provider_id=provider_id,
        main=names[0] if names else "",
        tables={name: stacked(frames) for name, frames in tables.items() if frames},
        runs={name: found for name, found in runs.items() if found},
        rejects=rejects,
        received=received,
        noise=sum(piece.noise for piece in pieces),
        sections=sections or {},
        messages=messages,
        is_sequenced=any(piece.notes.get("sequence") == "mapped" for piece in pieces),
    )
    if delivery.main in delivery.tables:
        delivery.days = _days(delivery.tables[delivery.main])
    shelved = [days for piece in messages for days in piece.days.items()]
    for day, rows in (*_days_of_runs(delivery.runs.get(delivery.main, [])).items(), *shelved):
        delivery.days[day] = delivery.days.get(day, 0) + rows
    broken = [frame.filter(pl.col("reason").is_in(WHOLE_FILE_REASONS)) for frame in rejects]
    delivery.refused = next((": ".join(item.select("reason", "detail").row(0)) for item in broken if item.height), "")
    return delivery


def _days(frame: pl.DataFrame) -> dict[date | None, int]:
    if "trading_day" not in frame.columns:
        return {None: frame.height} if frame.height else {}
    return dict(frame.group_by("trading_day").len().iter_rows())


def _days_of_runs(runs: Sequence[Run]) -> dict[date | None, int]:
    if not runs:
        return {}
    blocks = pl.concat([run.index.select("trading_day", "rows") for run in runs])
    return dict(blocks.group_by("trading_day").agg(pl.col("rows").sum()).iter_rows())
