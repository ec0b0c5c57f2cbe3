"""Bytes that the record names by hash and the database does not hold: partitions of the lake, raw files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.stores.files import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.ledger.report import Report


def check_kept_files(context: Context, report: Report) -> None:
    """Note every partition and raw file that is missing or changed.

    A partition that a later one replaced is still read by whoever asks for the past, so all of them count.
    """
    rows = context.records.query(
        "SELECT path, sha256, MIN(entry_index) FROM lake_partitions JOIN lake_commits USING (seq) GROUP BY path, sha256"
    )
    for path, sha256, index in rows:
        _check(context, context.workspace.lake_folder / str(path), str(sha256), int(str(index)), report)
    raw = context.workspace.raw_folder
    held: set[str] = set()
    for file in sorted(raw.glob("??/*")):
        held.add(file.name[:16])
        _check(context, file, file.name, None, report)
    sources = context.records.query(
        "SELECT source_id, MIN(entry_index) FROM lake_sources JOIN lake_commits USING (seq) GROUP BY source_id"
    )
    for source_id, index in sources:
        if str(source_id) not in held:
            report.add("deleted", f"the raw file {source_id} is missing", int(str(index)), "raw")


def _check(context: Context, path: Path, sha256: str, index: int | None, report: Report) -> None:
    name = path.relative_to(context.workspace.root).as_posix()
    try:
        found = sha256_of(path)
    except FileNotFoundError:
        report.add("deleted", "a file that the record names is missing", index, name)
        return
    except OSError as error:
        report.add("unreadable", f"the file cannot be read: {error.strerror}", index, name)
        return
    if found != sha256:
        report.add("altered", "the file does not have the hash that the record names", index, name)
