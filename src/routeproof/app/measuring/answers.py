"""Answers kept: a question that was answered once is answered at once, and one that takes long is worked on meanwhile.

The measured rows of `measured_cache` make a further question cheaper; an answer makes the same question free. Both are
derived, named by everything that they depend on, and may be deleted at any time.
"""

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

import polars as pl

from routeproof.app.context import open_context
from routeproof.app.measuring.measure import Measurement, measure
from routeproof.app.measuring.measured_cache import program_stamp
from routeproof.app.policy_in_force import policy_in_force
from routeproof.metrics.registry import ALL
from routeproof.stores.files import publish, removed_after

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.measuring.measure import Question
    from routeproof.app.workspace import Workspace

KEPT = 500
"""Answers kept; those that were asked for longest ago make room."""
META = "routeproof"
FORGOTTEN_AFTER_S = 3600.0


@dataclass(slots=True)
class _Work:
    """One question being answered: done when `ended` is set, with an error or with an answer in its file."""

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


def answer_of(context: Context, question: Question, wait_s: float | None = None) -> Measurement | Pending:
    """The answer to a question, out of the answers kept or measured now.

    Args:
        context: the workspace.
        question: what is asked.
        wait_s: how long to wait for what is not kept; null waits until it is there.

    Raises:
        RouteproofError: whatever `measure` says of the question.
    """
    path = _path(context, question)
    kept = _read(path)
    if kept is not None:
        return kept
    work = _work_on(context.workspace, question, path)
    if not work.ended.wait(wait_s):
        return Pending(time.monotonic() - work.begun_at)
    with _GUARD:
        _AT_WORK.pop(path, None)
    if work.error is not None:
        raise work.error
    found = _read(path)
    return found if found is not None else answer_of(context, question, wait_s)


def _work_on(workspace: Workspace, question: Question, path: Path) -> _Work:
    with _GUARD:
        for old in [path for path, item in _AT_WORK.items() if item.ended.is_set() and item.is_old()]:
            del _AT_WORK[old]
        work = _AT_WORK.get(path)
        if work is None:
            work = _AT_WORK[path] = _Work(threading.Event(), begun_at=time.monotonic())
            # A server that ends does not wait for what can be measured again.
            threading.Thread(target=_answer, args=(workspace, question, path, work), daemon=True).start()
        return work


def _answer(workspace: Workspace, question: Question, path: Path, work: _Work) -> None:
    try:
        # Measuring fills the machine by itself: one question at a time, also beside other servers.
        with _ONE_AT_A_TIME, _alone(path.parent), open_context(workspace, actor_name="server") as context:
            if _read(path) is None:
                _write(path, measure(context.lake, question, workspace.cache_folder, policy_in_force(context.records)))
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


def _path(context: Context, question: Question) -> Path:
    policy = policy_in_force(context.records).id
    made_of: dict[str, Any] = {
        "manifest": context.lake.manifest(question.manifest).id,
        "policy": policy,
        "by": question.by,
        "metrics": question.metrics,
        "days": [str(question.first), str(question.last)],
        "provider": question.provider,
        "where": question.where,
        "switches": question.switches.stamped(),
        "shifts": question.shifts_ns,
        "versions": {metric.name: metric.version for metric in ALL},
        "program": program_stamp(),
    }
    name = hashlib.sha256(json.dumps(made_of, sort_keys=True, default=str).encode()).hexdigest()[:32]
    return context.workspace.answers_folder / f"{name}.parquet"


def _read(path: Path) -> Measurement | None:
    try:
        meta = json.loads(pl.read_parquet_metadata(path)[META])
        rows = pl.read_parquet(path)
        os.utime(path)
    except (FileNotFoundError, KeyError, ValueError, pl.exceptions.ComputeError):
        return None
    return Measurement(meta, rows)


def _write(path: Path, found: Measurement) -> None:
    temporary = path.with_name(f".{path.stem}-{os.getpid()}")
    with removed_after(temporary):
        found.rows.write_parquet(temporary, metadata={META: json.dumps(found.meta, ensure_ascii=False)})
        publish(temporary, path)
    held = sorted(path.parent.glob("*.parquet"), key=_used_at, reverse=True)
    for old in held[KEPT:]:
        old.unlink(missing_ok=True)


def _used_at(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0
