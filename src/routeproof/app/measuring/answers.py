"""Answers kept: a question that was answered once is answered at once, and one that takes long is worked on meanwhile.

The measured rows of `measured_cache` make a further question cheaper; an answer makes the same question free. Both are
derived, named by everything that they depend on, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.background import Pending, awaited, make_room
from routeproof.app.measuring.measure import Measurement, measure
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.program_stamp import program_stamp
from routeproof.metrics.registry import ALL
from routeproof.stores.files import publish, removed_after

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.measuring.measure import Question

META = "routeproof"


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

    def make(own: Context) -> None:
        if _read(path) is None:
            found = measure(own.lake, question, own.workspace.cache_folder, policy_in_force(own.records))
            _write(path, found)

    while (kept := _read(path)) is None:
        pending = awaited(context.workspace, path, make, wait_s)
        if pending is not None:
            return pending
    return kept


def _path(context: Context, question: Question) -> Path:
    policy = policy_in_force(context.records).id
    made_of: dict[str, Any] = {
        "manifest": context.lake.manifest(question.manifest).id,
        "files": context.lake.stamp(question.manifest),
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
    make_room(path.parent, "*.parquet")
