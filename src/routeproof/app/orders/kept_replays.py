"""Replays kept: whoever opens an order that somebody opened before, in any worker, waits for no measuring.

Derived, named by everything that they depend on, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.background import make_room
from routeproof.app.program_stamp import program_stamp
from routeproof.stores.files import publish, removed_after

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.workspace import Workspace


def replay_path(workspace: Workspace, manifest: str, policy: str, order_id: str) -> Path:
    """Where the replay of an order is kept, as the lake is and under the policy in force."""
    made_of = json.dumps([manifest, policy, order_id, program_stamp()])
    return workspace.replays_folder / f"{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.json"


def kept_replay(path: Path) -> dict[str, Any] | None:
    """The replay kept there; null where none is, or none that can be read."""
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        os.utime(path)
    except (OSError, ValueError):
        return None
    return found


def keep_replay(path: Path, replay: dict[str, Any]) -> None:
    """Keep it for the next one who asks; a disk that takes nothing more keeps nobody from reading on."""
    temporary = path.with_name(f".{path.stem}-{os.getpid()}-{threading.get_ident()}")
    with suppress(OSError), removed_after(temporary):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(replay), encoding="utf-8")
        publish(temporary, path)
        make_room(path.parent, "*.json")
