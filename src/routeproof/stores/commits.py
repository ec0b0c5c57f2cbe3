"""Lake commits: files are on disk, then one event makes them visible."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact
from routeproof.stores.files import write_whole
from routeproof.stores.manifest import Manifest, Partition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from routeproof.stores.lake import Lake
    from routeproof.stores.records import Records
    from routeproof.stores.records_database import Database


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """What one raw file gave under one way of reading it.

    Attributes:
        source_id: first 16 hex digits of the raw file's SHA-256.
        reading: hash of source name, map and options: the same file under another map is another reading.
        outcome: counts, by day and in total, as JSON values.
    """

    source_id: str
    reading: str
    outcome: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a commit is recorded for."""

    name: str
    role: str
    session: str
    business_on: str


def commit(
    root: Path,
    lake: Lake,
    records: Records,
    changed: Sequence[Partition],
    sources: Sequence[SourceOutcome],
    actor: Actor,
    also: Sequence[Fact] = (),
) -> str:
    """Make written partitions visible and return the manifest id; other facts may be recorded with it.

    The commit document (partitions and source outcomes) is durable before the event that names its hash; the event
    and the tables that show it are one transaction. A crash before the event leaves files that nothing names.
    """
    before = lake.manifest()
    after = Manifest({**before.partitions, **{(item.table, item.part): item for item in changed}})
    document = {
        "manifest": after.id,
        "parent": before.id if before.partitions else None,
        "partitions": [asdict(item) for item in changed],
        "sources": [asdict(item) for item in sources],
    }
    content = canonical_bytes(document)
    sha256 = hashlib.sha256(content).hexdigest()
    write_whole(root / "commits" / f"{sha256}.json", content)
    fact = Fact(
        stream="lake",
        type="lake.committed",
        payload={
            "manifest": after.id,
            "parent": document["parent"],
            "sources": len(sources),
            "inputs": hashlib.sha256(canonical_bytes(sorted(item.source_id for item in sources))).hexdigest(),
            "counts": _counts(changed),
        },
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
        evidence=(sha256,),
    )

    def project(database: Database, indexes: list[int]) -> None:
        project_commit(database, document, sha256, indexes[0])

    records.append([fact, *also], project)
    return after.id


def _counts(changed: Sequence[Partition]) -> dict[str, object]:
    tables = sorted({item.table for item in changed})
    return {
        table: {
            "partitions": sum(item.table == table for item in changed),
            "rows": sum(item.rows for item in changed if item.table == table),
        }
        for table in tables
    }


def project_commit(database: Database, document: Mapping[str, object], sha256: str, index: int) -> None:
    """Fold one commit document into the tables that the lake reads; replaying all of them rebuilds these tables."""
    ((seq,),) = database.execute("SELECT COALESCE(MAX(seq), 0) + 1 FROM lake_commits").fetchall()
    database.execute(
        "INSERT INTO lake_commits (seq, manifest, parent, document, entry_index) "
        "VALUES (:seq, :manifest, :parent, :document, :entry_index)",
        {
            "seq": seq,
            "manifest": document["manifest"],
            "parent": document["parent"],
            "document": sha256,
            "entry_index": index,
        },
    )
    partitions: Sequence[Mapping[str, object]] = document["partitions"]  # type: ignore[assignment]
    if partitions:
        database.execute(
            "INSERT INTO lake_partitions (seq, table_name, part, path, sha256, rows, size, content) "
            "VALUES (:seq, :table, :part, :path, :sha256, :rows, :size, :content)",
            [{**item, "seq": seq} for item in partitions],
        )
    sources: Sequence[Mapping[str, object]] = document["sources"]  # type: ignore[assignment]
    if sources:
        database.execute(
            "INSERT INTO lake_sources (source_id, reading, seq, outcome) VALUES (:source_id, :reading, :seq, :outcome) "
            "ON CONFLICT (source_id, reading) DO UPDATE SET seq = excluded.seq, outcome = excluded.outcome",
            [
                {
                    "source_id": item["source_id"],
                    "reading": item["reading"],
                    "seq": seq,
                    "outcome": json.dumps(item["outcome"], sort_keys=True),
                }
                for item in sources
            ],
        )


def source_outcomes(records: Records) -> list[SourceOutcome]:
    """Outcomes of all sources that were ever committed, in order of arrival."""
    rows = records.query("SELECT source_id, reading, outcome FROM lake_sources ORDER BY seq, source_id, reading")
    return [
        SourceOutcome(source_id=str(source_id), reading=str(reading), outcome=json.loads(str(outcome)))
        for source_id, reading, outcome in rows
    ]
