"""A backup of the record while it is written to: one snapshot, and every document that its entries name."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from routeproof.app.objects.expiry import NamedDocuments
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact, read_entry
from routeproof.ledger.merkle import root_of
from routeproof.stores.files import publish, sha256_of, write_whole
from routeproof.stores.records import Records
from routeproof.stores.records_copy import copy_records
from routeproof.vocab.errors import LedgerBrokenError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

LIST = "backup.json"
"""What a backup consists of, with hashes; written last, so a folder without it is no backup."""
RECORDS = "records.sqlite"
FORMAT = 1
EVENT = "workspace.backed_up"
STREAM = "workspace"
RECORD_FOLDERS = ("evidence", "lake/commits")
SIGNED_FOLDERS = ("checkpoints", "receipts")
DATA_FOLDERS = ("lake", "raw")


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes:
        format: of this description.
        workspace_version: of the workspace.
        firm_id: legal entity.
        entries: of the ledger, when the snapshot was taken.
        root: RFC 6962 hash of the tree over them, lower-case hex.
        with_data: the lake's files and the raw bytes are here too.
        files: SHA-256 by path.
    """

    format: int
    workspace_version: int
    firm_id: str
    entries: int
    root: str
    with_data: bool
    files: dict[str, str]


def back_up(context: Context, folder: Path, *, with_data: bool = False) -> Backup:
    """Copy the record into `folder`, which must be empty or absent; whoever writes meanwhile goes on.

    Every entry acknowledged before the call is in it. Private keys are not: they are kept by other means, and a copy
    of the record must not be able to sign. That the backup was made is a ledger event afterwards.

    Raises:
        UsageError: if something is in the folder, or it cannot be written.
        LedgerBrokenError: if the record cannot be read, or a copy does not have the hash that it should have.
    """
    _require_empty(folder)
    copied: dict[str, str] = {}
    root = context.workspace.root
    try:
        # Documents first: they are durable before the entry that names them. Then the snapshot. Then the documents
        # that came in between; one that went in between has expired, and is taken out again. What was signed is copied
        # before the snapshot alone: it must not speak of entries that the snapshot does not have.
        _copy_folders(root, folder, (*SIGNED_FOLDERS, *RECORD_FOLDERS), copied)
        copy_records(context.workspace.records_place, folder / RECORDS)
        copied[RECORDS] = sha256_of(folder / RECORDS)
        _copy_folders(root, folder, (*RECORD_FOLDERS, *(DATA_FOLDERS if with_data else ())), copied)
        entries, tree = _look_into(folder, copied)
    except OSError as error:
        message = f"expected a folder that takes a backup, found: {error.strerror or error}"
        raise UsageError(message, where=str(folder)) from error
    workspace = context.workspace
    made = Backup(FORMAT, workspace.version, workspace.firm_id, entries, tree, with_data, dict(sorted(copied.items())))
    content = canonical_bytes(asdict(made))
    write_whole(folder / LIST, content)
    context.records.append([_event(context, made, sha256_of(folder / LIST))])
    return made


def read_backup(folder: Path) -> Backup:
    """What a backup says that it holds.

    Raises:
        UsageError: if it is none.
    """
    try:
        made = Backup(**json.loads((folder / LIST).read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        message = f"expected a backup (a folder with {LIST}), found: {error}"
        raise UsageError(message, where=str(folder)) from error
    if made.format > FORMAT:
        message = f"expected a backup of format up to {FORMAT}, found {made.format}: use a newer routeproof"
        raise UsageError(message, where=str(folder))
    return made


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = "expected an empty or new folder for the backup, found something in it"
        raise UsageError(message, where=str(folder))
    folder.mkdir(parents=True, exist_ok=True)


def _copy_folders(root: Path, folder: Path, names: tuple[str, ...], copied: dict[str, str]) -> None:
    """Copy files that are not copied yet; what is in the making, and what goes meanwhile, is left out."""
    for name in names:
        for path in sorted((root / name).rglob("*")):
            relative = path.relative_to(root).as_posix()
            if relative in copied or path.name.startswith(".") or path.suffix == ".part" or not path.is_file():
                continue
            target = folder / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary = target.with_name(target.name + ".part")
            try:
                shutil.copyfile(path, temporary)
            except FileNotFoundError:
                continue
            publish(temporary, target)
            copied[relative] = sha256_of(target)


def _look_into(folder: Path, copied: dict[str, str]) -> tuple[int, str]:
    """Size and root of the snapshot; takes out what had expired by then, and holds the documents against their names.

    Raises:
        LedgerBrokenError: if a document is missing or does not have the hash that an entry names.
    """
    records = Records(folder / RECORDS, lambda: 0, make=False)
    try:
        documents = NamedDocuments()
        for content in records.each_entry():
            entry = read_entry(content)
            documents.see(entry.index, entry.fact)
        size, root = records.size(), root_of(records.leaves()).hex()
    finally:
        records.close()
    for sha256 in sorted(documents.expired):
        if copied.pop(f"evidence/{sha256}", None) is not None:
            (folder / "evidence" / sha256).unlink()
    for sha256, index in documents.held.items():
        held = copied.get(f"evidence/{sha256}") or copied.get(f"lake/commits/{sha256}.json")
        if held != sha256:
            message = (
                f"expected evidence {sha256} of entry {index} to be copied, found {held or 'none'}: run "
                "`routeproof ledger verify`"
            )
            raise LedgerBrokenError(message, where=str(folder))
    return size, root


def _event(context: Context, made: Backup, sha256: str) -> Fact:
    actor = context.actor
    return Fact(
        stream=STREAM,
        type=EVENT,
        payload={"backup": sha256, "entries": made.entries, "root": made.root, "with_data": made.with_data},
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
    )
