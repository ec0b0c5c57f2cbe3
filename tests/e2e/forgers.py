"""What a dishonest person with the run of the machine does: to a document, to an entry, to all of the history."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from routeproof.app.acting import key_path
from routeproof.app.context import open_context
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.app.objects.attest import ATTESTED, attest
from routeproof.app.objects.fold import happened, step
from routeproof.governance.review.noun import REVIEW
from routeproof.ledger.entry import Recorded, entry_bytes, read_entry
from routeproof.ledger.envelope import NONCE_BYTES
from routeproof.stores.keys import open_key
from tamper.desk import entries_of, put_entries, remove_witnesses

if TYPE_CHECKING:
    from pathlib import Path

STREAM = "review/2026Q3-P"


def forge_minutes(root: Path, text: str) -> None:
    """Other words in the file of the minutes, under the same name."""
    path = _minutes(root)
    envelope = path.read_bytes()
    header, _, _ = envelope[NONCE_BYTES:].partition(b"\n")
    path.write_bytes(envelope[:NONCE_BYTES] + header + b"\n" + text.encode())


def forge_entry(root: Path, _: str) -> None:
    """The file gets the name that its new bytes ask for, and the entry names it: only the entry is changed."""
    old, new = _renamed(root)
    put_entries(root, [entry.replace(old.encode(), new.encode()) for entry in entries_of(root)])


def forge_everything(root: Path, _: str) -> None:
    """All entries written anew: acts signed with the keys that lie on the machine, sign-offs over the new version."""
    forged: list[bytes] = []
    versions: dict[str, str] = {}
    before = after = None
    true_entries = _true_entries(root)
    old, new = _minutes_of(true_entries), _minutes(root).name
    with open_context(root) as context:
        for entry in true_entries:
            fact = entry.fact
            if fact.stream == STREAM:
                payload = {name: value for name, value in fact.payload.items() if name != ATTESTED}
                text = json.dumps(payload).replace(old, new)
                for seen, now in versions.items():
                    text = text.replace(seen, now)
                evidence = tuple(sorted(new if item == old else item for item in fact.evidence))
                key = open_key(key_path(context.workspace, fact.actor), None)
                fact = attest(replace(fact, payload=json.loads(text), evidence=evidence), key, entry.index)
                before = step(REVIEW, before, happened(entry))
                after = step(REVIEW, after, happened(Recorded(entry.index, entry.appended_at, fact)))
                versions[before.version_hash] = after.version_hash
            forged.append(entry_bytes(fact, index=entry.index, appended_at=entry.appended_at))
    put_entries(root, forged, leaves=True)
    remove_witnesses(root)
    with open_context(root) as context:
        rebuild_projections(context, change=True)


def _true_entries(root: Path) -> list[Recorded]:
    """Entries before `forge_entry`: only the hash of the minutes was exchanged."""
    new, old = _minutes(root).name, (root.parent / "true-minutes").read_text()
    return [read_entry(entry.replace(new.encode(), old.encode())) for entry in entries_of(root)]


def _minutes_of(entries: list[Recorded]) -> str:
    return next(entry.fact.payload["minutes"] for entry in entries if entry.fact.payload.get("minutes"))  # type: ignore[return-value]


def _renamed(root: Path) -> tuple[str, str]:
    path = _minutes(root)
    new = hashlib.sha256(path.read_bytes()).hexdigest()
    (root.parent / "true-minutes").write_text(path.name)
    path.rename(path.with_name(new))
    return path.name, new


def _minutes(root: Path) -> Path:
    found = [path for path in (root / "evidence").iterdir() if b'"name":"minutes.txt"' in path.read_bytes()[:200]]
    assert len(found) == 1, found
    return found[0]


FORGERS = {"minutes": forge_minutes, "entry": forge_entry, "everything": forge_everything}
