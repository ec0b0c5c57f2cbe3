"""Work that a page waits for only a moment: done once, by one thread, while whoever asks comes back and looks."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.program_stamp import program_stamp
from routeproof.app.turns import TURNS
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.workspace import Workspace

    Make = Callable[[Context], None]

KEPT = 500
"""Answers kept of a kind; those that were asked for longest ago make room."""
FORGOTTEN_AFTER_S = 3600.0


@dataclass(slots=True)
class _Work:
    """One thing being worked on: done when `ended` is set, with an error or with what it made in its file."""

    ended: threading.Event
    error: BaseException | None = None
    begun_at: float = 0.0

    def is_old(self) -> bool:
        """Whether nobody will come for its end any more."""
        return time.monotonic() - self.begun_at > FORGOTTEN_AFTER_S


_AT_WORK: dict[Path, _Work] = {}
_GUARD = threading.Lock()
_ONE_AT_A_TIME = threading.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer that is not there yet; `seconds` since somebody began to work on it."""

    seconds: float


def awaited(workspace: Workspace, path: Path, make: Make, wait_s: float | None) -> Pending | None:
    """Have a file made, unless somebody is at it; null once the work on it has ended.

    Args:
        workspace: opened anew for the work.
        path: of the file; its folder is locked meanwhile, also against other servers.
        make: writes the file, unless it is there by now.
        wait_s: how long to wait; null waits until the end.

    Raises:
        RouteproofError: whatever the work said.
    """
    work = _work_on(workspace, path, make)
    with TURNS.given_up():
        ended = work.ended.wait(wait_s)
    if not ended:
        return Pending(time.monotonic() - work.begun_at)
    with _GUARD:
        _AT_WORK.pop(path, None)
    if work.error is not None:
        raise work.error
    return None


def kept_look(
    context: Context,
    name: str,
    made_of: Mapping[str, Any],
    look: Callable[[Context], dict[str, Any]],
    wait_s: float | None = None,
) -> dict[str, Any] | Pending:
    """What a look found, as JSON has it, out of those kept or made now.

    Args:
        context: the workspace.
        name: of the kind of look.
        made_of: what it depends on beside data, policy and program.
        look: finds it, in a context of its own.
        wait_s: as in `awaited`.

    Raises:
        RouteproofError: whatever the look said.
    """
    path = look_path(context, name, made_of)

    def make(own: Context) -> None:
        if read_look(path) is None:
            write_whole(path, json.dumps(look(own), ensure_ascii=False, default=str).encode())
            make_room(path.parent, f"{name}-*.json")

    while (kept := read_look(path)) is None:
        pending = awaited(context.workspace, path, make, wait_s)
        if pending is not None:
            return pending
    return kept


def look_if_kept(context: Context, name: str, made_of: Mapping[str, Any]) -> dict[str, Any] | Pending | None:
    """What `kept_look` would give without beginning any work: null while nobody asked for it.

    Raises:
        RouteproofError: what the last work of this server on it said, if that failed; told once.
    """
    path = look_path(context, name, made_of)
    kept = read_look(path)
    if kept is not None:
        return kept
    with _GUARD:
        work = _AT_WORK.get(path)
        if work is None:
            return None
        if not work.ended.is_set():
            return Pending(time.monotonic() - work.begun_at)
        _AT_WORK.pop(path)
    if work.error is not None:
        raise work.error
    return read_look(path)


def look_path(context: Context, name: str, made_of: Mapping[str, Any]) -> Path:
    """Where a look is kept: named by everything that it depends on."""
    whole = {
        "manifest": context.lake.manifest().id,
        "files": context.lake.stamp(),
        "policy": policy_in_force(context.records).id,
        "program": program_stamp(),
        "of": made_of,
    }
    digest = hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()[:32]
    return context.workspace.answers_folder / f"{name}-{digest}.json"


def read_look(path: Path) -> dict[str, Any] | None:
    """What a look found; null where it is not kept."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        os.utime(path)
    except (FileNotFoundError, ValueError):
        return None
    return found


def make_room(folder: Path, pattern: str) -> None:
    """Remove what was asked for longest ago, beyond `KEPT`."""
    held = sorted(folder.glob(pattern), key=_used_at, reverse=True)
    for old in held[KEPT:]:
        old.unlink(missing_ok=True)


def _work_on(workspace: Workspace, path: Path, make: Make) -> _Work:
    with _GUARD:
        for old in [path for path, item in _AT_WORK.items() if item.ended.is_set() and item.is_old()]:
            del _AT_WORK[old]
        work = _AT_WORK.get(path)
        if work is None:
            work = _AT_WORK[path] = _Work(threading.Event(), begun_at=time.monotonic())
            # A server that ends does not wait for what can be made again.
            threading.Thread(target=_done, args=(workspace, path, make, work), daemon=True).start()
        return work


def _done(workspace: Workspace, path: Path, make: Make, work: _Work) -> None:
    try:
        # Measuring fills the machine by itself: one thing at a time, also beside other servers.
        with _ONE_AT_A_TIME, _alone(path.parent), open_context(workspace, actor_name="server") as context:
            make(context)
    except BaseException as error:  # noqa: BLE001  # whoever asked is told
        work.error = error
    finally:
        work.ended.set()


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _used_at(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
