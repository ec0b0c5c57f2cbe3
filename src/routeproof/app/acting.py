"""The person who acts: named, with a key of their own; there is no anonymous default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.governance.decider import refuse
from routeproof.stores.keys import PassphraseError, open_key, public_text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.workspace import Workspace
    from routeproof.governance.roster import Roster


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, and on which business day.

    Attributes:
        person: id in the roster.
        key: their private key, opened.
        on: business date that the action is given.
    """

    person: str
    key: Ed25519PrivateKey
    on: date


def key_path(workspace: Workspace, person: str) -> Path:
    """Where a person's private key stands."""
    return workspace.keys_folder / "people" / f"{person}.key"


def next_key_path(path: Path) -> Path:
    """Where the key stands that is to replace another, until that is on record."""
    return path.with_name(f"{path.name}.next")


def act_as(workspace: Workspace, roster: Roster, person: str, passphrase: bytes | None, on: date) -> Acting:
    """Open the person's key and hold it against the roster.

    Raises:
        RefusalError: `unknown_person` if nobody of that id is in the roster, `not_permitted` if the key is not theirs.
        UsageError, PassphraseError: as `open_key`.
    """
    if person not in roster.people:
        known = ", ".join(sorted(roster.people)) or "nobody: make the workspace with `init --people FILE`"
        refuse("unknown_person", f"expected a person of the roster ({known}), found {person!r}", where="--as")
    path = key_path(workspace, person)
    following = next_key_path(path)
    if following.exists() and _is_key(following, passphrase, roster.people[person].key):
        following.replace(path)  # it is on record, and the program stopped before it took the old one's place
    key = open_key(path, passphrase)
    if public_text(key.public_key()) != roster.people[person].key:
        refuse("not_permitted", f"the key of {person} is not the one in the roster", where=str(path))
    return Acting(person, key, on)


def _is_key(path: Path, passphrase: bytes | None, public: str) -> bool:
    """Whether a file opens, and holds the private key of a public one."""
    try:
        return public_text(open_key(path, passphrase).public_key()) == public
    except PassphraseError:
        return False
