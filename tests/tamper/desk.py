"""A ledger to tamper with, and the tools of whoever tampers: they own the database, the files and the keys."""

import importlib.util
import io
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from routeproof.app.context import open_context
from routeproof.app.firm.people import approve_grant, grant_role
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.checkpoints import write_checkpoint
from routeproof.app.ledger.export import export_ledger
from routeproof.app.ledger.notes import append_notes
from routeproof.ledger.entry import leaf_hash

VERIFIER = Path(__file__).parents[2] / "src/routeproof/stores/offline/verify.py"
PEOPLE = {
    "person": [
        {"id": "ann", "name": "A. Nalyst", "roles": ["analyst", "compliance"]},
        {"id": "kim", "name": "K. Imura", "roles": ["admin", "key_custodian", "compliance"]},
    ],
    "unprotected_keys": True,
}
WIDTH = 256


def offline() -> Any:
    """The offline verifier as a module, loaded from its file as a stranger would run it."""
    spec = importlib.util.spec_from_file_location("offline_verifier", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def found_log(root: Path, notes: int) -> None:
    """A workspace with people, a signed act of each, and notes."""
    init_workspace(root, people=PEOPLE)
    with open_context(root, person="kim") as context:
        grant_role(context, "ann", "supervisor", None, lambda: None)
    with open_context(root, person="ann") as context:
        list(append_notes(context, (f"note {number}" for number in range(notes))))
    with open_context(root, person="kim") as context:
        grant_role(context, "zoe", "analyst", "Z. Oe", lambda: None)
    with open_context(root, person="ann") as context:
        approve_grant(context, "G2")
    with open_context(root) as context:
        context.evidence.put(b"kept", media_type="text/plain", name="letter.txt", nonce=bytes(32))


def outside_checkpoint(root: Path, folder: Path) -> Path:
    """A checkpoint that leaves the machine."""
    with open_context(root) as context:
        path = write_checkpoint(context, folder).path
    assert path is not None
    return path


def export(root: Path, out: Path) -> Path:
    """An export of the log."""
    with open_context(root) as context:
        export_ledger(context, out)
    return out


def copy_of(root: Path, to: Path) -> Path:
    """Another workspace or export with the same bytes."""
    return Path(shutil.copytree(root, to))


def entries_of(root: Path) -> list[bytes]:
    """Entries as the database has them."""
    with sqlite3.connect(root / "records.sqlite") as database:
        rows = database.execute("SELECT entry FROM ledger_entries ORDER BY entry_index").fetchall()
    database.close()
    return [row[0] for row in rows]


def put_entries(root: Path, entries: Sequence[bytes], *, leaves: bool = False) -> None:
    """Replace all entries, as the owner of the database can; with `leaves`, what was kept of them too."""
    database = sqlite3.connect(root / "records.sqlite", isolation_level=None)
    triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        database.execute(f'DROP TRIGGER "{name}"')
    database.execute("BEGIN")
    database.execute("DELETE FROM ledger_entries")
    database.executemany("INSERT INTO ledger_entries VALUES (?, ?)", list(enumerate(entries)))
    if leaves:
        known = dict(database.execute("SELECT entry_index, stream || '|' || type FROM ledger_leaves").fetchall())
        database.execute("DELETE FROM ledger_leaves")
        rows = [(index, leaf_hash(entry), *known.get(index, "x|y").split("|")) for index, entry in enumerate(entries)]
        database.executemany("INSERT INTO ledger_leaves VALUES (?, ?, ?, ?)", rows)
    database.execute("COMMIT")
    database.close()


def remove_witnesses(root: Path) -> None:
    """What the machine itself kept of the ledger's state; whoever owns it can remove all of it."""
    for note in (root / "checkpoints").glob("*"):
        note.unlink()
    (root / "ledger.head").unlink(missing_ok=True)


class MemoryFiles:
    """Files of an export in memory, for the offline verifier."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.names = set(files)
        self.odd: list[str] = []

    @classmethod
    def of(cls, folder: Path) -> "MemoryFiles":
        """The files of a folder."""
        paths = [path for path in folder.rglob("*") if path.is_file()]
        return cls({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})

    def open(self, name: str) -> BinaryIO:
        """One file."""
        return io.BytesIO(self.files[name])

    def changed(self, name: str, content: bytes | None) -> "MemoryFiles":
        """The same files with one replaced, added or removed."""
        files = dict(self.files)
        if content is None:
            del files[name]
        else:
            files[name] = content
        return MemoryFiles(files)


class Given:
    """What the offline verifier was called with."""

    def __init__(self, key: Any = None, checkpoints: Sequence[Path] = ()) -> None:
        self.key = key
        self.checkpoints = checkpoints

    def outside(self) -> list[tuple[str, None, bytes, bool]]:
        """Checkpoints from outside."""
        return [(str(path), None, path.read_bytes(), True) for path in self.checkpoints]


def verify_files(module: Any, files: "MemoryFiles", given: Given | None = None) -> dict[str, Any]:
    """The offline verifier's report on an export in memory."""
    report = module.Report()
    used = given or Given()
    try:
        module.verify_export(module.Part(files, ""), None, used, report)
    except module.UNREADABLE as error:
        report.problem("unreadable", str(error))
    report.outside = bool(used.checkpoints)
    return dict(report.as_json())


def bundles_of(entries: Sequence[bytes], files: "MemoryFiles") -> "MemoryFiles":
    """The export with other entries in its bundles; tiles and checkpoint stay as they were."""
    changed = dict(files.files)
    names = sorted(name for name in changed if name.startswith("tile/entries/"))
    for place, name in enumerate(names):
        end = (place + 1) * WIDTH if place + 1 < len(names) else len(entries)
        part = entries[place * WIDTH : end]
        changed[name] = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
    return MemoryFiles(changed)
