"""Take Rule 606 disclosures in: raw bytes first, then judged document by document, then one commit of whole parts.

A document with problems is not taken at all. A restated one of the same reporter and period replaces the part; commits
of before still name the part of before, and an event says what was replaced.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.disclosure.parts_606 import part_of
from routeproof.app.disclosure.taken_606 import Taken, remembered
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact
from routeproof.sources.rule606.filings import documents
from routeproof.sources.rule606.historical import FORMAT, load_historical_map, read_historical
from routeproof.sources.rule606.read_report import read_report
from routeproof.stores.commits import SourceOutcome, commit, source_outcomes
from routeproof.tables.rule606.flat import REPORT
from routeproof.tables.rule606.lake_tables import HISTORICAL, HISTORICAL_SCHEMA, lake_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.disclosure.parts_606 import Part
    from routeproof.sources.rule606.filings import Document
    from routeproof.sources.rule606.historical import HistoricalMap
    from routeproof.stores.manifest import Partition
    from routeproof.stores.raw import RawFile

SOURCE = "rule606"
READING = "1"
"""Version of the way in which documents become rows; another one reads known files again."""
XML_TABLE = "rule606"
"""What outcomes name as the table of XML files, which may bring several."""
RESTATED = "public606.restated"


class _Changes:
    """Parts that were written and are not committed yet."""

    def __init__(self, context: Context) -> None:
        self._lake = context.lake
        self._held = dict(context.lake.manifest().partitions)
        self._written: dict[tuple[str, str], Partition] = {}

    @property
    def partitions(self) -> list[Partition]:
        """What is to be committed."""
        return list(self._written.values())

    def version_no(self, table: str, part: str) -> int:
        """Version of the filing in force, 0 if there is none."""
        place = (table, part)
        held = self._written.get(place) or self._held.get(place)
        if held is None or not held.rows:
            return 0
        return int(self._lake.read_partition(held, ["version_no"]).item())

    def put(self, table: str, part: str, frame: pl.DataFrame) -> None:
        """Write rows; what says the same as the part in force changes nothing."""
        written = self._lake.write_if_changed(table, part, frame, self._held.get((table, part)))
        if written is None:
            self._written.pop((table, part), None)
        else:
            self._written[table, part] = written

    def held(self, table: str, part: str) -> pl.DataFrame:
        """Rows in force, of this ingest where it wrote some."""
        found = self._written.get((table, part)) or self._held.get((table, part))
        return self._lake.read_partition(found) if found else pl.DataFrame(schema=HISTORICAL_SCHEMA)

    def replaced(self) -> dict[str, dict[str, object]]:
        """By part and table what stood before and what stands now, of tables that said something else before."""
        found: dict[str, dict[str, object]] = {}
        for (table, part), item in self._written.items():
            held = self._held.get((table, part))
            if held is not None:
                told = {"before": _content(held), "after": _content(item)}
                found.setdefault(part, {})[table] = told
        return found


def _content(partition: Partition) -> dict[str, object]:
    return {"content": partition.content, "rows": partition.rows}


def ingest_606(context: Context, paths: Sequence[Path], *, map_path: Path | None = None) -> Taken:
    """Take files in; doing it again changes nothing.

    Args:
        context: stores and actor.
        paths: XML documents, packed or not, archives of them, or with a map quarterly files of before 2020.
        map_path: TOML map of a delimited file.

    Raises:
        UsageError: for an unreadable path.
        MapError: if the map does not fit a file; nothing but the raw bytes is kept then.
    """
    file_map = load_historical_map(map_path) if map_path is not None else None
    raw_files = [context.raw.keep(path) for path in paths]
    reading = _reading(map_path)
    seen = {item.source_id: item.outcome for item in source_outcomes(context.records) if item.reading == reading}
    found: dict[str, Taken] = {}
    with context.writing_lake():
        changes = _Changes(context)
        fresh = {item.source_id: item for item in raw_files if item.source_id not in seen}
        for source_id, raw in fresh.items():
            found[source_id] = _historical(context, raw, file_map, changes) if file_map else _xml(context, raw, changes)
        if fresh:
            table = HISTORICAL if file_map else XML_TABLE
            outcomes = [SourceOutcome(item, reading, found[item].outcome(raw, table)) for item, raw in fresh.items()]
            _commit(context, changes, outcomes)
    total = Taken()
    for raw in raw_files:
        total.add(found[raw.source_id] if raw.source_id in found else remembered(seen[raw.source_id]))
    return total


def _reading(map_path: Path | None) -> str:
    digest = hashlib.sha256(map_path.read_bytes()).hexdigest() if map_path else ""
    meaning = {"source": SOURCE, "version": READING, "map": digest}
    return hashlib.sha256(canonical_bytes(meaning)).hexdigest()[:16]


def _xml(context: Context, raw: RawFile, changes: _Changes) -> Taken:
    taken = Taken()
    for document in documents(raw.path, raw.name):
        if document.superseded:
            message = "a later version of it is in the same archive"
            taken.documents.append({"file": document.name, "rows": 0, "code": "superseded", "message": message})
            continue
        _document(context, raw, document, changes, taken)
    return taken


def _document(context: Context, raw: RawFile, document: Document, changes: _Changes, taken: Taken) -> None:
    read = read_report(document)
    taken.rows += read.rows
    if read.format:
        taken.formats.append(read.format)
    if read.report is None:
        first = read.problems[0]
        taken.rejected += [{"row": item.row, "code": item.code} for item in read.problems]
        taken.rejected_rows[first.code] = taken.rejected_rows.get(first.code, 0) + max(read.rows, 1)
        told = {"file": document.name, "rows": read.rows, "code": first.code, "message": first.message}
        taken.documents.append(told)
        return
    part = part_of(read.report, document.name, context.workspace.firm_id, raw.source_id)
    if part.differs:
        line = read.report.rows[REPORT][0].line
        change: dict[str, object] = {"from": part.differs, "to": part.period}
        taken.corrections.append({"row": line, "column": "qtr", "code": "quarter_of_document", **change})
    if not _put(part, lake_name(read.report.layout, REPORT), changes):
        message = f"a later version of {part.reporter}, {part.period}, is in the lake"
        told = {"file": document.name, "rows": read.rows, "code": "superseded", "message": message}
        taken.documents.append(told)
        return
    taken.accepted += read.rows


def _put(part: Part, reports: str, changes: _Changes) -> bool:
    """Write a document's rows, unless a later version of it is in force."""
    if changes.version_no(reports, part.name) > part.version_no:
        return False
    for table, frame in part.frames.items():
        changes.put(table, part.name, frame)
    return True


def _historical(context: Context, raw: RawFile, file_map: HistoricalMap, changes: _Changes) -> Taken:
    """Quarters are the parts; the rows of a reporter that a file speaks of replace those of before."""
    read = read_historical(raw.path, file_map)
    names = [name for name in HISTORICAL_SCHEMA if name not in ("firm_id", "source_id")]
    rows = pl.DataFrame(read.taken, schema={name: HISTORICAL_SCHEMA[name] for name in names}, orient="row")
    constant = [pl.lit(context.workspace.firm_id).alias("firm_id"), pl.lit(raw.source_id).alias("source_id")]
    rows = rows.with_columns(constant).select(list(HISTORICAL_SCHEMA))
    for (quarter,), group in rows.group_by("quarter", maintain_order=True):
        held = changes.held(HISTORICAL, str(quarter)).filter(
            ~pl.col("reporter").is_in(group["reporter"].unique().implode())
        )
        keys = ["reporter", "section", "order_type", "venue"]
        changes.put(HISTORICAL, str(quarter), pl.concat([held, group]).sort(keys))
    rejected: dict[str, int] = {}
    for _, code in read.rejected:
        rejected[code] = rejected.get(code, 0) + 1
    return Taken(
        formats=[FORMAT],
        rows=read.rows,
        accepted=len(read.taken),
        rejected=[{"row": row, "code": code} for row, code in read.rejected],
        corrections=[
            {"row": row, "column": column, "code": code, "from": before, "to": after}
            for row, column, code, before, after in read.corrections
        ],
        rejected_rows=rejected,
    )


def _commit(context: Context, changes: _Changes, outcomes: Sequence[SourceOutcome]) -> None:
    """Make the parts visible; what they replaced is recorded in the same transaction."""
    told = [
        Fact(
            stream=f"public606/{part}",
            type=RESTATED,
            payload={"part": part, "tables": tables},
            business_on=context.actor.business_on,
            actor=context.actor.name,
            role=context.actor.role,
            session=context.actor.session,
        )
        for part, tables in sorted(changes.replaced().items())
    ]
    folder, lake, records = context.workspace.lake_folder, context.lake, context.records
    commit(folder, lake, records, changes.partitions, outcomes, context.actor, told)
