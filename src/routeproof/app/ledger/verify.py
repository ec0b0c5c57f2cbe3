"""`ledger verify`: everything derived again, compared with what was kept, every change located."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.app.ledger.append_times import backdated
from routeproof.app.ledger.cut_short import note_unreadable
from routeproof.app.ledger.evidence import check_evidence
from routeproof.app.ledger.head import check_head, read_head
from routeproof.app.ledger.kept_files import check_kept_files
from routeproof.app.ledger.log_key import CREATED, ROTATED, log_origin, name_file, named_key
from routeproof.app.ledger.rebuild import check_projections
from routeproof.app.ledger.report import Compared, Report
from routeproof.app.ledger.rows import check_labels, check_pages, check_rows
from routeproof.app.ledger.signatures import unsigned_entries
from routeproof.app.ledger.stored import Stored, read_stored
from routeproof.app.workspace import open_workspace
from routeproof.ledger.checkpoint import open_checkpoint, origin_of
from routeproof.ledger.differences import differences
from routeproof.ledger.entry import EntryRefusedError, Fact, Recorded, entry_bytes, read_entry
from routeproof.ledger.key_chain import KeyChain
from routeproof.ledger.merkle import Tree
from routeproof.ledger.note import NoteError, split_note
from routeproof.vocab.errors import LedgerBrokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.ledger.checkpoint import Checkpoint
    from routeproof.ledger.note import VerifierKey


@dataclass(frozen=True, slots=True)
class _Note:
    """A checkpoint to compare with; `file` is null for one from outside."""

    source: str
    file: str | None
    content: bytes


def verify_workspace(root: Path, checkpoints: Sequence[Path] = ()) -> Report:
    """Verify the ledger of a workspace, against checkpoints kept in it and those given from outside.

    A record that had become read-only after a failed write takes writes again when it is found whole.

    Raises:
        WorkspaceError: if there is no workspace.
        UsageError: if a given checkpoint cannot be read.
    """
    report = Report(outside=bool(checkpoints))
    outside = [_Note(str(path), None, _read_given(path)) for path in checkpoints]
    try:
        with open_context(root) as context:
            verify_ledger(context, report, outside)
            if report.ok:
                _resume(context, report)
    except LedgerBrokenError as error:
        workspace = open_workspace(root)
        if workspace.server:
            report.add("unreadable", error.message, None, "records")
        else:
            note_unreadable(workspace.records_path, report, error.message)
    return report


def _resume(context: Context, report: Report) -> None:
    try:
        context.records.resume()
    except OSError as error:
        report.remarks.append(f"The record stays read-only: {error.strerror}.")


def verify_ledger(context: Context, report: Report, outside: Sequence[_Note] = ()) -> None:
    """Add to the report whatever is wrong with the record of an open workspace."""
    # First the checkpoints, then the record of one moment: whoever appends meanwhile is not taken for a forger.
    kept, head = _kept(context, report), read_head(context)
    with context.records.snapshot():
        _verify_snapshot(context, report, [*kept, *outside], head)


def _verify_snapshot(context: Context, report: Report, notes: Sequence[_Note], head: tuple[int, str] | None) -> None:
    stored = read_stored(context.records)
    database = "records" if context.workspace.server else context.workspace.records_path.name
    leaves = check_rows(stored, report, database)
    tree = None if leaves is None else Tree(leaves)
    entries = _check_entries(stored, report, database)
    chain = _key_chain(context, entries, report, database)
    _compare(context, tree, chain, notes, report)
    if leaves is not None and not report.problems:
        check_head(head, [leaf.hex() for leaf in leaves], report, database)
    for index, wrong in unsigned_entries(entries):
        report.add("signature", wrong, index, database)
    report.remarks += backdated(entries)
    check_evidence(context, entries, report)
    check_kept_files(context, report)
    check_labels(context, entries, report, database)
    if not context.workspace.server:
        check_pages(context, report, database)
    check_projections(context, entries, report)
    report.entries = len(stored.entries)
    report.root = tree.root().hex() if tree else ""


def _kept(context: Context, report: Report) -> list[_Note]:
    """Checkpoints kept in the workspace; what cannot be read is noted."""
    kept = []
    for path in sorted(context.workspace.checkpoints_folder.glob("*.note")):
        name = f"checkpoints/{path.name}"
        try:
            kept.append(_Note(f"kept: {name}", name, path.read_bytes()))
        except OSError as error:
            report.add("unreadable", f"the checkpoint cannot be read: {error.strerror}", None, name)
    return kept


def _check_entries(stored: Stored, report: Report, database: str) -> list[Recorded]:
    """Entries that can be read; what is no entry, or not in its one form, is noted unless its row was noted already."""
    noted = {problem.index for problem in report.problems}
    entries: list[Recorded] = []
    for index in sorted(stored.entries):
        content = stored.entries[index]
        if content is None:
            continue
        try:
            entry = read_entry(content)
            canonical = _is_canonical(content, entry)
        except (LedgerBrokenError, EntryRefusedError, ValueError, RecursionError):
            canonical = False
        if not canonical:
            if index not in noted:
                report.add("unreadable", "the entry is not in the canonical form of an entry", index, database)
            continue
        entries.append(entry)
    _check_numbers(entries, sorted(stored.entries), report, database, clean=not noted)
    return entries


def _check_numbers(
    entries: Sequence[Recorded], indexes: Sequence[int], report: Report, database: str, *, clean: bool
) -> None:
    """Each entry names its own place; where rows and leaves were both renumbered, these still tell."""
    if not clean or len(entries) != len(indexes):
        return
    for difference in differences([entry.index for entry in entries], list(range(len(entries))))[:1]:
        number = entries[min(difference.found, len(entries) - 1)].index
        report.add(difference.kind, f"the entry calls itself number {number}", difference.index, database)


def _is_canonical(content: bytes, entry: Recorded) -> bool:
    fact: Fact = entry.fact
    return entry_bytes(fact, index=entry.index, appended_at=entry.appended_at) == content


def _key_chain(context: Context, entries: Sequence[Recorded], report: Report, database: str) -> KeyChain:
    chain = KeyChain()
    for entry in entries:
        try:
            if entry.fact.type == CREATED:
                chain.create(entry.fact.payload)
            elif entry.fact.type == ROTATED:
                chain.rotate(entry.index, entry.fact.payload)
        except NoteError as error:
            report.add("signature", f"the log's key: {error}", entry.index, database)
    path, named = name_file(context), named_key(context)
    if not chain.since and named:
        # The entry that names the key is lost; the key's own file still says which it was.
        try:
            chain.create({"vkey": named})
        except NoteError as error:
            report.add("signature", f"the log's key file: {error}", None, f"keys/{path.name}")
    if chain.since and named and named != str(chain.since[-1][0]):
        report.add("signature", "the log's key file is not of the key that the ledger names", None, f"keys/{path.name}")
    if entries and entries[0].index == 0 and chain.since:
        first = context.records.entries(0, 1)
        if first and origin_of(first[0]) != chain.since[0][0].name:
            report.add("rewritten", "the log's name is not that of its first entry", 0, database)
    return chain


def _compare(context: Context, tree: Tree | None, chain: KeyChain, notes: Sequence[_Note], report: Report) -> None:
    agreeing = [0]
    differing: list[tuple[int, _Note]] = []
    for note in notes:
        try:
            checkpoint, signers = open_checkpoint(note.content, chain.at(None))
            size, root = checkpoint.size, checkpoint.root
            _require_origin(checkpoint, log_origin(context))
            _require_in_force(signers, chain.at(size))
        except NoteError as error:
            report.compared.append(Compared(note.source, None, None, agrees=False, outside=note.file is None))
            report.add("signature", f"{note.source}: {error}", None, note.file or note.source)
            continue
        agrees = tree is not None and size <= len(tree) and tree.root(size) == root
        report.compared.append(Compared(note.source, size, root.hex(), agrees, outside=note.file is None))
        if tree is None:
            report.remarks.append(f"Not compared with {note.source}: the entries cannot be read.")
        elif size > len(tree):
            message = f"{note.source} names {size} entries, found {len(tree)}"
            report.add("truncated", message, len(tree), note.file)
        elif agrees:
            agreeing.append(size)
        else:
            differing.append((size, note))
    for size, note in differing:
        low = max(known for known in agreeing if known < size)
        message = f"{note.source} has another root for the first {size} entries: the change is at entry {low} or later"
        report.add("rewritten", message, low, note.file)


def _require_origin(checkpoint: Checkpoint, origin: str) -> None:
    if checkpoint.origin != origin:
        message = f"the checkpoint is of another log, {checkpoint.origin}"
        raise NoteError(message)


def _require_in_force(signers: Sequence[VerifierKey], keys: Sequence[VerifierKey]) -> None:
    if not any(key in keys for key in signers):
        message = "the checkpoint is signed by a key of the log that was not in force at its size"
        raise NoteError(message)


def _read_given(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        split_note(content)
    except OSError as error:
        message = f"expected a checkpoint file, found: {error.strerror}"
        raise UsageError(message, where=str(path)) from error
    except NoteError:
        return content
    return content
