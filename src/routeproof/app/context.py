"""The one wiring place: clock, actor, stores of a workspace."""

from __future__ import annotations

import contextlib
import getpass
import os
import time
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from routeproof.app.acting import Acting, act_as, key_path
from routeproof.app.ledger.checkpoints import keep_checkpoint
from routeproof.app.ledger.head import write_head
from routeproof.app.objects.fold import roster_of
from routeproof.app.objects.refusals import record_refusal
from routeproof.app.workspace import Workspace, open_workspace
from routeproof.governance.decider import RefusalError
from routeproof.stores.commits import Actor
from routeproof.stores.evidence import EvidenceStore
from routeproof.stores.held_back import ask
from routeproof.stores.raw import RawStore
from routeproof.stores.records import Records
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from routeproof.stores.lake import Lake


WATCH_GIVES_WITHIN_S = 1.0
"""How long a command waits for what a watch holds back from the lake."""

WAITS_FOR_WATCH_S = {"watch": None, "server": 0.0}
"""By role: a watch does not ask itself, and a server answers with what is there."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a use case may touch.

    Attributes:
        workspace: folders.
        records: events.
        raw: bytes as they came.
        clock: UTC nanoseconds now.
        actor: who acts, in which role, in which run, on which business day.
        evidence: documents that entries name by hash.
        acting: the person of the roster who acts, with their key; none where the program acts by itself.
        waits_for_watch_s: how long at most for what a watch holds back from the lake; none: it is not asked.
        simulated: a made-up history, such as the demo's, whose days may lie ahead of the true clock.
    """

    workspace: Workspace
    records: Records
    raw: RawStore
    clock: Callable[[], int]
    actor: Actor
    evidence: EvidenceStore
    acting: Acting | None = None
    waits_for_watch_s: float | None = None
    simulated: bool = False
    _opened: dict[str, Lake] = field(default_factory=dict)

    @property
    def business_day(self) -> date:
        """Day of the action, or the day to look at."""
        return date.fromisoformat(self.actor.business_on)

    @property
    def today(self) -> date:
        """The market's day by the clock: what decides whether a control is needed is read by it, not a chosen day."""
        return date.fromisoformat(_day_of(self.clock()))

    @property
    def lake(self) -> Lake:
        """Canonical tables; the dataframe library is loaded when they are first asked for.

        Where a watch runs it is asked first for what it holds back from the lake, and waited for a while.
        """
        from routeproof.stores.lake import Lake  # noqa: PLC0415

        if "lake" not in self._opened:
            if self.waits_for_watch_s is not None:
                ask(self.workspace.root, self.waits_for_watch_s)
            self._opened["lake"] = Lake(self.workspace.lake_folder, self.records)
        return self._opened["lake"]

    @contextlib.contextmanager
    def writing_lake(self) -> Iterator[Lake]:
        """The lake, with nobody else writing it; opened before, while a watch can still give what it holds back."""
        lake = self.lake
        with self.workspace.lake_lock():
            yield lake

    def with_lake_as_of(self, entries: int) -> Context:
        """The same with the lake as it was when the record had so many entries."""
        return replace(self, _opened={"lake": self.lake.as_of(entries)})


def of_today(context: Context) -> Context:
    """The same with the business day of now: what runs past midnight acts on the day on which it acts."""
    return replace(context, actor=replace(context.actor, business_on=_day_of(context.clock())))


def _day_of(now: int) -> str:
    return market_day(now).isoformat()


def wall_clock() -> int:
    """UTC nanoseconds now, for what runs without a workspace."""
    return time.time_ns()


@contextlib.contextmanager
def open_context(
    root: Path | Workspace,
    *,
    clock: Callable[[], int] = time.time_ns,
    actor_name: str = "",
    role: str = "operator",
    session: str = "",
    person: str = "",
    passphrase: Callable[[Path], bytes | None] | None = None,
    on: date | None = None,
    older: bool = False,
    keeps_checkpoints: bool = True,
) -> Iterator[Context]:
    """A context over the workspace in `root`, or over one that is being made; closed afterwards.

    `person` acts with their key, which `passphrase` is asked for; `on` is the business date of what is recorded.
    After an append a checkpoint is kept if it is time, unless not `keeps_checkpoints`: a workspace that was just
    restored may not have its key yet.

    Raises:
        WorkspaceError: if there is no workspace, or a newer one.
        OldWorkspaceError: if there is an older one, unless `older`.
        LedgerBrokenError: if its records are gone or cannot be read.
        RefusalError: `unknown_person` if the roster has nobody of that id.
    """
    workspace = root if isinstance(root, Workspace) else open_workspace(root, older=older)
    records = Records(workspace.records_place, clock, make=False)
    today = _day_of(clock())
    actor = Actor(
        name=actor_name or person or f"os:{getpass.getuser()}",
        role=role,
        session=session or os.urandom(8).hex(),
        business_on=on.isoformat() if on else today,
    )
    try:
        acting = _acting(workspace, records, actor, person, passphrase) if person else None
        context = Context(
            workspace=workspace,
            records=records,
            raw=RawStore(workspace.raw_folder),
            clock=clock,
            actor=actor,
            evidence=EvidenceStore(workspace.evidence_folder),
            acting=acting,
            waits_for_watch_s=WAITS_FOR_WATCH_S.get(role, WATCH_GIVES_WITHIN_S),
        )
        size = records.size()
        yield context
        if records.size() > size:
            write_head(context)
            if keeps_checkpoints:
                keep_checkpoint(context)
    finally:
        records.close()


def _acting(
    workspace: Workspace,
    records: Records,
    actor: Actor,
    person: str,
    passphrase: Callable[[Path], bytes | None] | None,
) -> Acting:
    opened = passphrase(key_path(workspace, person)) if passphrase else None
    try:
        return act_as(workspace, roster_of(records), person, opened, date.fromisoformat(actor.business_on))
    except RefusalError as refusal:
        record_refusal(records, actor, person[:100], "workspace", "act", refusal)
        raise
