"""A workspace as version 1 of the program left it."""

import hashlib
import json
import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE ledger_entries (entry_index INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END;
CREATE TRIGGER ledger_entries_dense BEFORE INSERT ON ledger_entries
WHEN NEW.entry_index IS NOT (SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries)
BEGIN SELECT RAISE(ABORT, 'ledger indexes are dense'); END;
CREATE TABLE lake_commits (
    seq INTEGER PRIMARY KEY, manifest TEXT NOT NULL, parent TEXT, document TEXT NOT NULL, entry_index INTEGER NOT NULL
) STRICT;
CREATE INDEX lake_commits_manifest ON lake_commits (manifest);
CREATE TABLE lake_partitions (
    seq INTEGER NOT NULL, table_name TEXT NOT NULL, part TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL, size INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (table_name, part, seq)
) STRICT;
CREATE TABLE lake_sources (
    source_id TEXT NOT NULL, reading TEXT NOT NULL, seq INTEGER NOT NULL, outcome TEXT NOT NULL,
    PRIMARY KEY (source_id, reading)
) STRICT;
"""
DRAFTS = b'{"":{}}'
PACK_FILE = "ab" * 32


def entry(index: int, stream: str, kind: str, payload: dict[str, object], evidence: tuple[str, ...] = ()) -> bytes:
    """An entry by hand: names in order, no spaces, as RFC 8785 has plain ASCII."""
    members = {
        "actor": "os:ann",
        "appended_at": "1",
        "business_on": "2026-07-02",
        "evidence": list(evidence),
        "index": index,
        "payload": payload,
        "role": "operator",
        "session": "s",
        "stream": stream,
        "type": kind,
        "version": 1,
    }
    return json.dumps(members, separators=(",", ":"), sort_keys=True).encode()


def old_workspace(root: Path, notes: int = 0) -> list[bytes]:
    """Make one with a built pack and some more entries; returns the entries."""
    root.mkdir()
    (root / "lake").mkdir()
    (root / "evidence").mkdir()
    drafts = hashlib.sha256(DRAFTS).hexdigest()
    (root / "evidence" / f"{drafts}.json").write_bytes(DRAFTS)
    built = {"files": {"pack.html": PACK_FILE}, "drafts": drafts, "digest": "d"}
    entries = [
        entry(0, "workspace", "workspace.created", {"firm_id": "firm", "workspace_version": 1}),
        entry(1, "review/2026Q3/NX", "pack.built", built, (PACK_FILE, drafts)),
        *(entry(2 + place, "notes", "note", {"text": f"note {place}"}) for place in range(notes)),
    ]
    connection = sqlite3.connect(root / "records.sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(SCHEMA)
    connection.executemany("INSERT INTO ledger_entries VALUES (?, ?)", enumerate(entries))
    connection.commit()
    connection.close()
    (root / "routeproof.toml").write_text('# ours\nworkspace_version = 1\nfirm_id = "firm"\n', encoding="utf-8")
    return entries
