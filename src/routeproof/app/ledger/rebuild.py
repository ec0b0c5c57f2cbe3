"""Projections made again from the entries alone, in memory, and compared with what is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import project_object
from routeproof.app.objects.findings import EVENTS, replay_findings
from routeproof.app.objects.fold import fold
from routeproof.app.objects.nouns import NOUNS
from routeproof.ledger.entry import read_entry
from routeproof.stores.commits import project_commit
from routeproof.stores.records_memory import MemoryDatabase
from routeproof.stores.records_tables import PROJECTIONS, TABLES
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from routeproof.app.context import Context
    from routeproof.app.ledger.report import Report
    from routeproof.ledger.entry import Recorded
    from routeproof.stores.records_database import Database

COMMITTED = "lake.committed"
MOST_DIFFERENCES = 100


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a replay gave.

    Attributes:
        projections: tables compared, with the number of rows that the replay gives.
        differences: rows that are shown and do not follow from the entries (`shown`), or follow and are not shown
            (`replayed`), or cannot be replayed (`reason`), by table.
    """

    projections: dict[str, int]
    differences: list[dict[str, Any]]


def check_rebuild(context: Context, entries: Sequence[Recorded]) -> Rebuilt:
    """Replay all entries and compare every projection with the tables as they stand."""
    database = MemoryDatabase()
    try:
        differences = _replay(context, entries, database)
        counts: dict[str, int] = {}
        for table in PROJECTIONS:
            columns = ", ".join(column.name for column in TABLES.tables[table].columns)
            statement = f"SELECT {columns} FROM {table}"  # noqa: S608  # our names
            replayed = {_row(row) for row in database.execute(statement).fetchall()}
            shown = {_row(row) for row in context.records.query(statement)}
            counts[table] = len(replayed)
            differences += [{"projection": table, "shown": row} for row in sorted(shown - replayed)]
            differences += [{"projection": table, "replayed": row} for row in sorted(replayed - shown)]
    finally:
        database.close()
    return Rebuilt(counts, differences)


def rebuild_projections(context: Context, *, change: bool) -> Rebuilt:
    """Compare every projection with a replay of all entries, and put it right if `change`."""
    with context.records.snapshot():
        found = check_rebuild(context, [read_entry(entry) for entry in context.records.each_entry()])
    if change and found.differences:

        def again(database: Database) -> None:
            # Under the write lock, so read once more: somebody may have appended since.
            entries = [read_entry(entry) for entry in context.records.each_entry()]
            for table in PROJECTIONS:
                database.execute(f"DELETE FROM {table}")  # noqa: S608  # our names
            _replay(context, entries, database)

        context.records.project(again)
    return found


def check_projections(context: Context, entries: Sequence[Recorded], report: Report) -> None:
    """Note what is shown and does not follow from the entries."""
    for difference in check_rebuild(context, entries).differences[:MOST_DIFFERENCES]:
        kind = "is shown and does not follow" if "shown" in difference else "follows and is not shown"
        text = difference.get("shown") or difference.get("replayed")
        message = f"a row {kind} from the entries: {text:.200}" if text else str(difference["reason"])
        report.add("projection", message, difference.get("index"), difference["projection"])


def _replay(context: Context, entries: Sequence[Recorded], database: Database) -> list[dict[str, Any]]:
    return [
        *_replay_lake(context, entries, database),
        *_replay_findings(entries, database),
        *_replay_objects(entries, database),  # after the findings, which a case names
    ]


def _replay_findings(entries: Iterable[Recorded], database: Database) -> list[dict[str, Any]]:
    lost: list[dict[str, Any]] = []
    for entry in entries:
        if entry.fact.type not in EVENTS:
            continue
        try:
            replay_findings(database, entry)
        except (KeyError, ValueError, TypeError) as error:
            reason = f"the findings of {entry.fact.stream} cannot be replayed: {error!r}"
            lost.append({"projection": "findings", "reason": reason, "index": entry.index})
    return lost


def _replay_lake(context: Context, entries: Iterable[Recorded], database: Database) -> list[dict[str, Any]]:
    folder = context.workspace.lake_folder / "commits"
    lost: list[dict[str, Any]] = []
    for entry in entries:
        if entry.fact.type != COMMITTED:
            continue
        for sha256 in entry.fact.evidence:
            try:
                document = json.loads((folder / f"{sha256}.json").read_bytes())
                project_commit(database, document, sha256, entry.index)
            except (OSError, ValueError, KeyError, TypeError) as error:
                reason = f"the commit document {sha256} cannot be replayed: {error}"
                lost.append({"projection": "lake_commits", "reason": reason, "index": entry.index})
    return lost


def _replay_objects(entries: Iterable[Recorded], database: Database) -> list[dict[str, Any]]:
    streams: dict[str, list[Recorded]] = {}
    for entry in entries:
        streams.setdefault(entry.fact.stream, []).append(entry)
    lost: list[dict[str, Any]] = []
    for noun in NOUNS:
        for stream, history in streams.items():
            # A stream below an object's, such as that of a quarter's packs, is no object.
            name, _, object_id = stream.partition("/")
            if name != noun.name or "/" in object_id:
                continue
            try:
                version = fold(noun, history)
                if version is not None:
                    project_object(database, noun, version)
            except (RouteproofError, KeyError, ValueError, TypeError) as error:
                reason = f"the object {stream} cannot be replayed: {error!r}"
                lost.append({"projection": "governance_objects", "reason": reason, "index": history[0].index})
    return lost


def _row(row: Sequence[object]) -> str:
    return json.dumps([str(value) if value is not None else None for value in row], ensure_ascii=False)
