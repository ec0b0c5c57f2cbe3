"""Take public Rule 605 reports in: raw bytes, layout, checks, lake."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.disclosure.given_605 import Failed, Given, keep_given
from routeproof.app.disclosure.public_605 import joined, part_name
from routeproof.app.intake.shelf import Shelf, Shelved
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact
from routeproof.sources.rule605.problems import ROW, Remark, remarks_frame
from routeproof.sources.rule605.read import read_file
from routeproof.sources.rule605.sniff import sniff
from routeproof.sources.side_by_side import side_by_side
from routeproof.stores.commits import SourceOutcome, commit, source_outcomes
from routeproof.stores.shipped_disclosure import disclosure605_id, load_disclosure605
from routeproof.tables.rule605.remarks import CORRECTED, QUARANTINED, REJECTED, REMARKS
from routeproof.tables.rule605.sums import LAYOUTS
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.sources.rule605.sniff import Sniffed
    from routeproof.stores.manifest import Partition

SOURCE = "rule605"
PartKey = tuple[str, str, str]
"""Layout, reporter, month."""


@dataclass(frozen=True, slots=True)
class Ingest605:
    """What an ingest of public reports did.

    Attributes:
        formats: of the files, in the order given.
        rows: data records received.
        accepted: of these.
        remarks: of each file, in order: columns of `tables.rule605.remarks`.
        failed: members of archives that are no reports.
        manifest: the lake after it.
        changed: parts of the lake that say something new.
    """

    formats: tuple[str, ...]
    rows: int
    accepted: int
    remarks: tuple[tuple[Given, pl.DataFrame], ...]
    failed: tuple[Failed, ...]
    manifest: str
    changed: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """No row was rejected, and no member of an archive."""
        return not self.failed and all((frame.get_column("kind") != REJECTED).all() for _, frame in self.remarks)

    def as_json(self) -> dict[str, object]:
        """The document that `ingest rule605 --json` prints; entries name their file or member where there are several.

        A member of an archive that is no report is rejected as row 0, which speaks of the whole file.
        """
        formats = list(dict.fromkeys(self.formats))
        return {
            "format": formats[0] if len(formats) == 1 else "mixed" if formats else "",
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self._entries(REJECTED, _rejected)
            + [{"row": 0, "code": item.code, **self._place(item)} for item in self.failed],
            "corrections": self._entries(CORRECTED, _correction),
            "quarantined": self._entries(QUARANTINED, _quarantined),
        }

    def _entries(self, kind: str, entry: Callable[[Mapping[str, Any]], dict[str, object]]) -> list[dict[str, object]]:
        return [
            {**entry(row), **self._place(given)}
            for given, frame in self.remarks
            for row in frame.filter(pl.col("kind") == kind).iter_rows(named=True)
        ]

    def _place(self, item: Given | Failed) -> dict[str, object]:
        everything: list[Given | Failed] = [*(given for given, _ in self.remarks), *self.failed]
        several_files = len({one.file for one in everything}) > 1
        named = {"file": item.file} if several_files or (len(everything) > 1 and not item.member) else {}
        return {**named, **({"member": item.member} if item.member and len(everything) > 1 else {})}


@dataclass(slots=True)
class _Read:
    """One file, read: its rows by part, on scratch disk once there are many.

    Attributes:
        given: the kept file.
        sniffed: its layout.
        received: data records.
        remarks: so far; duplicates are added when the parts are joined.
        pieces: part to its rows.
    """

    given: Given
    sniffed: Sniffed
    received: int = 0
    remarks: list[Remark] = field(default_factory=list)
    pieces: dict[PartKey, list[Shelved]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Written:
    """One part of the lake: none if it says the same; what was rejected by source; an event if rows were replaced."""

    written: Partition | None
    duplicates: Mapping[str, list[Remark]]
    restated: Fact | None


def ingest_605(context: Context, paths: Sequence[Path], on_done: Callable[[str], None] = lambda _: None) -> Ingest605:
    """Take files in; a file that is known under the checks in force changes nothing.

    Files given together may be parts of one report. A file that speaks of a key again which an earlier file stated is a
    restated one: its rows replace those of that file, and an entry of the record says so.

    Raises:
        UsageError: for an unreadable path.
        DataRejectedError: for a file that is damaged or has no layout that is known; the raw bytes are kept.
    """
    reading = hashlib.sha256(canonical_bytes({"source": SOURCE, "checks": disclosure605_id()})).hexdigest()[:16]
    seen = {item.source_id: item.outcome for item in source_outcomes(context.records) if item.reading == reading}
    scratch = context.workspace.scratch_folder / f"{os.getpid()}-{context.actor.session}-{SOURCE}"
    outcomes: dict[str, Mapping[str, object]] = dict(seen)
    changed: list[Partition] = []
    try:
        handed = keep_given(context, paths, scratch / "members")
        shelf = Shelf(scratch, "rows")
        files, failed = _fresh(handed.given, seen, shelf)
        for path in paths:
            on_done(path.name)
        if files:
            with context.writing_lake():
                changed = _commit(context, files, reading)
            outcomes |= {item.given.raw.source_id: _outcome(item) for item in files}
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    known = [item for item in handed.given if item.raw.source_id in outcomes]
    return _report(context, known, (*handed.failed, *failed), outcomes, changed)


def _fresh(given: Sequence[Given], seen: Mapping[str, object], shelf: Shelf) -> tuple[list[_Read], list[Failed]]:
    """Files that are not known, read; members of archives that are no reports.

    Raises:
        DataRejectedError: for a file that is none; it is spoken of by the name that it came with.
    """
    files: list[_Read] = []
    failed: list[Failed] = []
    for item in {one.raw.source_id: one for one in given if one.raw.source_id not in seen}.values():
        try:
            files.append(_read(item, shelf))
        except DataRejectedError as error:
            error.where = item.raw.name
            if not item.member:
                raise
            failed.append(Failed(item.file, item.member, error.code, error.message))
    return files, failed


def _read(given: Given, shelf: Shelf) -> _Read:
    sniffed = sniff(given.raw.path)
    read = _Read(given, sniffed)
    for batch in read_file(given.raw.path, sniffed, load_disclosure605()):
        read.received += batch.received
        read.remarks += batch.remarks
        for reporter, month, rows in _by_part(batch.rows):
            read.pieces.setdefault((sniffed.layout.name, reporter, month), []).append(shelf.set_down(rows))
    return read


def _by_part(rows: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Reporter, month and their rows; most files are of one."""
    keys = rows.select("reporter", "month").unique(maintain_order=True).rows()
    for reporter, month in keys:
        is_own = (pl.col("reporter") == reporter) & (pl.col("month") == month)
        yield reporter, month, rows if len(keys) == 1 else rows.filter(is_own)


def _commit(context: Context, files: Sequence[_Read], reading: str) -> list[Partition]:
    held_parts = context.lake.manifest().partitions
    changed: list[Partition | None] = []
    restated: list[Fact] = []

    def written(key: PartKey) -> _Written:
        return _written(context, [item for item in files if key in item.pieces], key, held_parts)

    for part in side_by_side(written, sorted({key for item in files for key in item.pieces})):
        for item in files:
            item.remarks = _with_rejected(item.remarks, part.duplicates.get(item.given.raw.source_id, []))
        changed.append(part.written)
        restated += [] if part.restated is None else [part.restated]
    for item in files:
        frame = _remarks(item)
        held = held_parts.get((REMARKS.name, item.given.raw.source_id))
        changed.append(context.lake.write_if_changed(REMARKS.name, item.given.raw.source_id, frame, held))
    partitions = [item for item in changed if item is not None]
    sources = [SourceOutcome(item.given.raw.source_id, reading, _outcome(item)) for item in files]
    commit(
        context.workspace.lake_folder, context.lake, context.records, partitions, sources, context.actor, also=restated
    )
    return partitions


def _written(
    context: Context, files: Sequence[_Read], key: PartKey, held_parts: Mapping[tuple[str, str], Partition]
) -> _Written:
    """One reporter's month joined with what stood there, and written if that says something new."""
    layout, name = LAYOUTS[key[0]], part_name(key[1], key[2])
    held = held_parts.get((layout.table.name, name))
    given = [_rows(context, item, key) for item in files]
    part = joined(layout, given, context.lake.read_partition(held) if held else None)
    written = context.lake.write_if_changed(layout.table.name, name, part.rows, held)
    if written is None or held is None or not part.replaced:
        return _Written(written, part.duplicates, None)
    return _Written(written, part.duplicates, _restated(context, key, part.replaced, given, held, written))


def _with_rejected(remarks: list[Remark], rejected: list[Remark]) -> list[Remark]:
    """Remarks, and rows that are rejected after all: what was said of their values no longer matters."""
    gone = {item[ROW] for item in rejected}
    return [item for item in remarks if item[ROW] not in gone] + rejected


def _rows(context: Context, item: _Read, key: PartKey) -> pl.DataFrame:
    frame = pl.concat([piece.read() for piece in item.pieces[key]])
    return frame.with_columns(
        pl.lit(item.given.raw.source_id).alias("source_id"), pl.lit(context.workspace.firm_id).alias("firm_id")
    )


def _remarks(item: _Read) -> pl.DataFrame:
    frame = remarks_frame(item.sniffed.layout, item.remarks)
    return REMARKS.sort(frame.with_columns(pl.lit(item.given.raw.source_id).alias("source_id")))


def _restated(
    context: Context,
    key: PartKey,
    replaced: Sequence[str],
    given: Iterable[pl.DataFrame],
    held: Partition,
    written: Partition,
) -> Fact:
    layout, reporter, month = key
    return Fact(
        stream=f"public605/{layout}/{reporter}/{month}",
        type="public605.restated",
        payload={
            "layout": layout,
            "reporter": reporter,
            "month": month,
            "replaced": list(replaced),
            "sources": sorted({str(source) for frame in given for source in frame.get_column("source_id").unique()}),
            "before": {"content": held.content, "rows": held.rows},
            "after": {"content": written.content, "rows": written.rows},
        },
        business_on=context.actor.business_on,
        actor=context.actor.name,
        role=context.actor.role,
        session=context.actor.session,
    )


def _outcome(item: _Read) -> dict[str, object]:
    """Counts in the shape that all sources have; received = accepted + rejected. Public rows are of no trading day."""
    codes = [str(found["code"]) for found in item.remarks if found["kind"] == REJECTED]
    rejected = {code: codes.count(code) for code in sorted(set(codes))}
    counts = {
        "received": item.received,
        "accepted": item.received - len(codes),
        "rejected": rejected,
        "already_known": 0,
    }
    return {
        "source": SOURCE,
        "file": item.given.raw.name,
        "sha256": item.given.raw.sha256,
        "size": item.given.raw.size,
        "provider": "",
        "table": item.sniffed.layout.table.name,
        **counts,
        "noise": 0,
        "refused": "",
        "sections": {},
        "format": item.sniffed.layout.format,
        **({"archive": item.given.archive, "member": item.given.member} if item.given.member else {}),
        "days": [{"day": None, **counts}],
    }


def _report(
    context: Context,
    given: Sequence[Given],
    failed: Sequence[Failed],
    outcomes: Mapping[str, Mapping[str, Any]],
    changed: Sequence[Partition],
) -> Ingest605:
    held = context.lake.manifest().partitions
    remarks = []
    for item in given:
        part = held.get((REMARKS.name, item.raw.source_id))
        frame = REMARKS.empty() if part is None else context.lake.read_partition(part)
        remarks.append((item, frame))
    found = [outcomes[item.raw.source_id] for item in given]
    return Ingest605(
        formats=tuple(str(outcome["format"]) for outcome in found),
        rows=sum(int(outcome["received"]) for outcome in found),
        accepted=sum(int(outcome["accepted"]) for outcome in found),
        remarks=tuple(remarks),
        failed=tuple(failed),
        manifest=context.lake.manifest().id,
        changed=tuple(f"{item.table}/{item.part}" for item in changed if item.table != REMARKS.name),
    )


def _rejected(row: Mapping[str, Any]) -> dict[str, object]:
    return {"row": row[ROW], "code": row["code"]}


def _correction(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        "row": row[ROW],
        "column": _column(row),
        "code": row["code"],
        "from": _number(row["stated"]),
        "to": _number(row["became"]),
    }


def _quarantined(row: Mapping[str, Any]) -> dict[str, object]:
    return {"row": row[ROW], "column": _column(row), "code": row["code"]}


def _column(row: Mapping[str, Any]) -> str | int:
    return LAYOUTS[row["layout"]].place(row["field"]) if row["field"] else ""


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
