"""The log's own key: it signs checkpoints unattended, so it has no passphrase; its name is the log's origin."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.ledger.checkpoint import origin_of
from routeproof.ledger.entry import Fact
from routeproof.ledger.note import NoteError, VerifierKey, parse_verifier_key
from routeproof.stores.files import sync_folder, write_whole
from routeproof.stores.keys import make_key, open_key
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.context import Context
    from routeproof.stores.records import Records

CREATED = "ledger.key_created"
ROTATED = "ledger.key_rotated"
STREAM = "ledger"


@dataclass(frozen=True, slots=True)
class LogKey:
    """A key that signs for the log.

    Attributes:
        private: to sign with.
        verifier: what others verify with; its name is the log's origin.
    """

    private: Ed25519PrivateKey
    verifier: VerifierKey


def key_file(context: Context) -> Path:
    """Where the log's private key stands."""
    return context.workspace.keys_folder / "ledger.key"


def next_key_file(context: Context) -> Path:
    """Where a key stands that is about to replace it."""
    return context.workspace.keys_folder / "ledger.next.key"


def name_file(context: Context) -> Path:
    """Public text `name+id+base64` beside the key: the log keeps its name even if its first entry is damaged."""
    return context.workspace.keys_folder / "ledger.vkey"


def named_key(context: Context) -> str:
    """What the file beside the key says; empty if there is none."""
    path = name_file(context)
    return path.read_bytes().decode("utf-8", "replace").strip() if path.exists() else ""


def log_key(context: Context) -> LogKey:
    """The key of this workspace's log; made, and recorded, when it is first needed.

    Raises:
        LedgerBrokenError: if the log's key file is gone, or holds another key: no other key is put in its place.
    """
    _finish_rotation(context)
    path = key_file(context)
    if not name_file(context).exists():
        _make(context)
    elif not path.exists():
        message = "expected the log's private key, found none: put it back from your backup"
        raise LedgerBrokenError(message, where=str(path))
    key = _key_in(path, log_origin(context))
    if str(key.verifier) != named_key(context):
        message = f"expected the key that {name_file(context).name} names, found another: put it back from your backup"
        raise LedgerBrokenError(message, where=str(path))
    return key


def log_origin(context: Context) -> str:
    """The log's name.

    Raises:
        LedgerBrokenError: if the ledger has no first entry to be named after.
    """
    if named := named_key(context):
        # A file that was written over does not stop anybody from seeing what else was changed.
        with contextlib.suppress(NoteError):
            return parse_verifier_key(named).name
    first = context.records.entries(0, 1)
    if not first:
        message = "expected a ledger with a first entry, found none: run `routeproof init`"
        raise LedgerBrokenError(message, where=str(context.workspace.root))
    return origin_of(first[0])


def key_fact(context: Context, kind: str, payload: dict[str, object], role: str = "") -> Fact:
    """What is recorded about the log's key."""
    actor = context.actor
    return Fact(STREAM, kind, payload, actor.business_on, actor.name, role or actor.role, actor.session)


def swap_key(context: Context) -> None:
    """Put the prepared key in the place of the old one, which is kept beside it under its key id and signs no more.

    Each step can be repeated: an interruption is completed by whoever needs the key next.
    """
    path, origin = key_file(context), log_origin(context)
    new = _key_in(next_key_file(context), origin)
    if path.exists():
        old = _key_in(path, origin).verifier
        path.replace(path.with_name(f"ledger.{old.key_id.hex()}.retired.key"))
    write_whole(name_file(context), f"{new.verifier}\n".encode())
    next_key_file(context).replace(path)
    sync_folder(path.parent)


def prepare_key(context: Context) -> LogKey:
    """Make the key that is to follow; it does not sign before `swap_key`."""
    make_key(next_key_file(context), None)
    return _key_in(next_key_file(context), log_origin(context))


def _key_in(path: Path, origin: str) -> LogKey:
    private = open_key(path, None)
    return LogKey(private, VerifierKey(origin, private.public_key().public_bytes_raw()))


def _make(context: Context) -> None:
    path = key_file(context)

    def once(records: Records) -> list[Fact]:
        # Under the write lock: two programs that start at once make one key.
        if not path.exists():
            make_key(path, None)
        known = any(entry.fact.type == CREATED for entry in records.stream(STREAM))
        return [] if known else [key_fact(context, CREATED, {"vkey": str(_key_in(path, log_origin(context)).verifier)})]

    context.records.decide(once)
    write_whole(name_file(context), f"{_key_in(path, log_origin(context)).verifier}\n".encode())


def _finish_rotation(context: Context) -> None:
    """A rotation that was recorded and then interrupted is completed; one that was not recorded is dropped."""
    path = next_key_file(context)
    if not path.exists():
        return
    new = str(_key_in(path, log_origin(context)).verifier)
    recorded = [entry.fact.payload["new"] for entry in context.records.stream(STREAM) if entry.fact.type == ROTATED]
    if recorded and recorded[-1] == new:
        swap_key(context)
    else:
        path.unlink()
