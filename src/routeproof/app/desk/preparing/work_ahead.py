"""A quarter measured while people do other things: its pack, or its review with the pack, and how far that is."""

from __future__ import annotations

import fcntl
import json
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from routeproof.app.context import open_context
from routeproof.app.desk.look_back import review_id
from routeproof.app.desk.preparing.quarter_pack import pack_folder
from routeproof.app.desk.review import open_review
from routeproof.app.review.order import Order
from routeproof.stores.files import write_whole
from routeproof.vocab.errors import RouteproofError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from routeproof.app.context import Context
    from routeproof.app.workspace import Workspace

    Work = Literal["pack", "review"]

FAULT = "a fault of the program; nothing was recorded. Tell whoever runs it"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work on a quarter is.

    Attributes:
        step: what is being done, in words.
        seconds: since it was asked for.
        problem: why it came to nothing; empty while it goes on.
    """

    step: str
    seconds: float
    problem: str = ""


def begin(context: Context, quarter: str, provider: str, work: Work) -> None:
    """Have the pack of a quarter built, or its review opened over it, for the person of the context.

    Where somebody is at it already, also in another server of the workspace, nothing more is begun.
    """
    place = _place(context.workspace, quarter, provider)
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = _locked(place)
    if lock is None:
        return
    begun_at = context.clock()
    _tell(place, {"step": "waiting for its turn", "begun_at": begun_at})

    def done() -> None:
        def on_step(step: str) -> None:
            _tell(place, {"step": step, "begun_at": begun_at})

        problem = FAULT
        with lock:
            try:
                problem = _problem(context, (quarter, provider, work), on_step)
            finally:
                if problem:
                    _tell(place, {"step": "", "begun_at": begun_at, "problem": problem})
                else:
                    place.unlink(missing_ok=True)

    # A server that ends does not wait for what can be made again.
    threading.Thread(target=done, daemon=True).start()


def progress_of(context: Context, quarter: str, provider: str) -> Progress | None:
    """How far it is; null where nobody is at it, and where what was begun was done."""
    place = _place(context.workspace, quarter, provider)
    try:
        told: dict[str, Any] = json.loads(place.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    if not told.get("problem"):
        lock = _locked(place)
        if lock is not None:  # whoever was at it has ended without a word
            lock.close()
            return None
    seconds = (context.clock() - int(told["begun_at"])) / NS_PER_S
    return Progress(str(told["step"]), seconds, str(told.get("problem", "")))


def _problem(context: Context, asked: tuple[str, str, Work], on_step: Callable[[str], None]) -> str:
    """Do the work, one quarter at a time; empty if it went well."""
    from routeproof.app.review.build_review import build_review  # noqa: PLC0415  # measuring is slow to import

    quarter, provider, work = asked
    turn = _place(context.workspace, "", "").with_suffix(".turn")
    try:
        with turn.open("ab") as file, open_context(context.workspace) as own:
            fcntl.flock(file, fcntl.LOCK_EX)
            theirs = replace(own, actor=context.actor, acting=context.acting)
            if work == "review":
                open_review(theirs, quarter, provider, on_step=on_step)
            else:
                folder = pack_folder(context.workspace, review_id(quarter, provider))
                build_review(theirs, Order(quarter=quarter, provider=provider), folder, on_step=on_step)
    except RouteproofError as error:
        return error.message
    return ""


def _place(workspace: Workspace, quarter: str, provider: str) -> Path:
    return workspace.answers_folder / f"quarter-{quarter}-{quote(provider, safe='')}.json"


def _tell(place: Path, told: dict[str, Any]) -> None:
    write_whole(place, json.dumps(told).encode())


def _locked(place: Path) -> BinaryIO | None:
    """A lock that goes with the process; null while somebody holds it."""
    file = place.with_suffix(".lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
