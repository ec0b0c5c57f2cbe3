"""The person who acts: named, with a key of their own; there is no anonymous default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.governance.decider import refuse
from routeproof.stores.keys import open_key, public_text

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
    key = open_key(path, passphrase)
    if public_text(key.public_key()) != roster.people[person].key:
        refuse("not_permitted", f"the key of {person} is not the one in the roster", where=str(path))
    return Acting(person, key, on)
