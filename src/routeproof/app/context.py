"""The one wiring place: clock, actor, stores of a workspace."""

from __future__ import annotations

import contextlib
import getpass
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from routeproof.app.workspace import Workspace, open_workspace
from routeproof.stores.commits import Actor
from routeproof.stores.lake import Lake
from routeproof.stores.raw import RawStore
from routeproof.stores.records import Records
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a use case may touch.

    Attributes:
        workspace: folders.
        records: events.
        lake: canonical tables.
        raw: bytes as they came.
        clock: UTC nanoseconds now.
        actor: who acts, in which role, in which run, on which business day.
    """

    workspace: Workspace
    records: Records
    lake: Lake
    raw: RawStore
    clock: Callable[[], int]
    actor: Actor


@contextlib.contextmanager
def open_context(
    root: Path,
    *,
    clock: Callable[[], int] = time.time_ns,
    actor_name: str = "",
    role: str = "operator",
    session: str = "",
) -> Iterator[Context]:
    """A context over the workspace in `root`, closed afterwards.

    Raises:
        WorkspaceError: if there is no workspace, or a newer one.
    """
    workspace = open_workspace(root)
    records = Records(workspace.records_path, clock)
    today = datetime.fromtimestamp(clock() // NS_PER_S, tz=UTC).date().isoformat()
    actor = Actor(
        name=actor_name or f"os:{getpass.getuser()}",
        role=role,
        session=session or os.urandom(8).hex(),
        business_on=today,
    )
    try:
        yield Context(
            workspace=workspace,
            records=records,
            lake=Lake(workspace.lake_folder, records),
            raw=RawStore(workspace.raw_folder),
            clock=clock,
            actor=actor,
        )
    finally:
        records.close()
