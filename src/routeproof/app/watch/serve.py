"""Run a watch: sessions and files in, journal first, findings and lake out, until it is told to stop."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.intake.fold_fix import fix_sources
from routeproof.app.notify.channels import channels_of
from routeproof.app.watch.case_worker import CaseWorker
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.feeds import FIX_LOG, OTHERS, Feeds
from routeproof.app.watch.lake_writer import LakeWriter, Portion
from routeproof.app.watch.notifier import Notifier
from routeproof.app.watch.quotes import LiveQuotes
from routeproof.app.watch.status import write_status
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.live.engine import session_engine
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.journal_format import Kind, Position
from routeproof.sources.live.journal_reading import read_journal
from routeproof.sources.map_file import load_map
from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.watch.config import WatchConfig
    from routeproof.sources.live.session import Batch, SessionEngine
    from routeproof.sources.live.session_config import FixSession

FOLDER, FIX, JOURNAL = "live", "fix", "journal"
POSITION = "lake.position"
TICK_S = 0.05
STATUS_EVERY_S = 0.5
MOST_BATCHES = 2_000
"""Batches of the sessions that are judged together at most."""


@dataclass(slots=True)
class Talk:
    """Where a watch says what it does: `ready` once to whoever started it, the rest for people."""

    ready: Callable[[Mapping[str, Any]], None]
    say: Callable[[str], None]


def serve(root: Path, config: WatchConfig, talk: Talk, stopping: threading.Event) -> None:
    """Watch until `stopping` is set; then log out, take in what came, and end.

    Raises:
        UsageError: an address that cannot be listened on, a map that cannot be read.
        JournalStoppedError: the disk refused what was received; nothing of it was acknowledged.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        context = stack.enter_context(open_context(root, role="watch"))
        quotes = LiveQuotes(context.lake)
        channels = channels_of(context.workspace, config.path)
        engine = Engine(context, quotes, _sections(context, config), channels)
        cases = CaseWorker(root, engine.news, talk.say)
        notifier = Notifier(root, channels, talk.say)
        lake, others = LakeWriter(root, talk.say), LakeWriter(root, talk.say)  # what is slow to read holds up nobody
        session = _open_engine(config.fix, folder / FIX, context.clock) if config.fix else None
        listening = session.start() if session else ()
        try:
            talk.ready(
                {
                    "event": "ready",
                    "fix": [{"name": item.name, "host": item.host, "port": item.port} for item in listening],
                }
            )
            lake.start()
            others.start()
            cases.start()
            notifier.start()
            watch = _Watch(context, config, engine, lake, session, folder, talk)
            watch.catch_up()
            feeds = Feeds(config.tails, config.drops, engine, quotes, {FIX_LOG: lake, OTHERS: others})
            watch.run(feeds, stopping)
        finally:
            if session is not None:
                session.stop()
            lake.stop()
            others.stop()
            cases.stop()
            notifier.stop()


class _Watch:
    """One run."""

    def __init__(
        self, context: Context, config: WatchConfig, engine: Engine, lake: LakeWriter, session: SessionEngine | None,
        folder: Path, talk: Talk,
    ) -> None:  # fmt: skip
        self._context, self._engine, self._lake, self._session = context, engine, lake, session
        self._folder, self._talk = folder, talk
        self._providers = {item.name: item.provider for item in config.fix}
        self._journaled = 0
        self._told_at = 0.0

    def catch_up(self) -> None:
        """Hold what the lake has of the latest day, then what the journal has beyond the lake; judge both."""
        days = self._context.lake.days(FIX_MESSAGES.name)
        if days:
            rows = self._context.lake.read(FIX_MESSAGES.name, [days[-1]])
            known = {key: item.provider_id for key, item in _fix_sources(self._context).items()}
            for source_id, part in rows.partition_by("source_id", as_dict=True).items():
                self._engine.hold(known.get(str(source_id[0]), ""), part)
        after = _read_position(self._folder)
        by_session: dict[str, list[bytes]] = {}
        last = after
        journal = self._folder / FIX / JOURNAL
        for kept in read_journal(journal, after) if journal.is_dir() else ():
            if kept.kind == Kind.MESSAGE_IN:
                by_session.setdefault(kept.session, []).append(kept.raw)
            last = kept.after
        for name, raw in by_session.items():
            if name in self._providers:
                self._take(name, raw, last)
        self._engine.judge_everything()

    def run(self, feeds: Feeds, stopping: threading.Event) -> None:
        """Take what comes until told to stop."""
        scratch = self._context.workspace.scratch_folder
        scratch.mkdir(parents=True, exist_ok=True)
        while not stopping.is_set():
            came = self._take_batches()
            came = feeds.look(scratch) or came
            self._engine.go_on()
            self._tell()
            if not came and self._session is None:
                stopping.wait(TICK_S)
        if self._session is not None:
            self._session.stop()
        self._take_batches()
        feeds.look(scratch)
        self._engine.judge_windows()
        self._tell(now=True)

    def _take_batches(self) -> bool:
        if self._session is None:
            return False
        batch = self._session.next_batch(TICK_S)
        by_session: dict[str, list[bytes]] = {}
        last: Batch | None = None
        for _ in range(MOST_BATCHES):
            if batch is None:
                break
            last = batch
            for message in batch.messages:
                by_session.setdefault(message.session, []).append(message.raw)
            for event in batch.events:
                self._talk.say(f"{event.session or '-'}: {event.kind}: {event.text}")
            batch = self._session.next_batch(0)
        for name, raw in by_session.items():
            assert last is not None  # noqa: S101  # a message came in a batch
            self._take(name, raw, last.after)
        return last is not None

    def _take(self, name: str, raw: list[bytes], after: Position | None) -> None:
        self._journaled += len(raw)
        provider = self._providers[name]
        content = b"\n".join(raw) + b"\n"
        portion = Portion(f"watch-{name}.fix", FIX_LOG, None, provider, parts=[content])
        if after is not None:
            portion.done.append(lambda: _write_position(self._folder, after))
        self._lake.offer(portion)
        self._engine.take_log(provider, content)

    def _tell(self, *, now: bool = False) -> None:
        if not now and time.monotonic() - self._told_at < STATUS_EVERY_S:
            return
        self._told_at = time.monotonic()
        sessions = self._session.status() if self._session is not None else ()
        told = [
            {"name": item.name, "connected": item.connected, "next_in": item.next_in, "next_out": item.next_out}
            for item in sessions
        ]
        write_status(self._folder, {"sessions": told, "journaled": self._journaled, "recorded": self._engine.recorded})


def _open_engine(sessions: Sequence[FixSession], folder: Path, clock: Callable[[], int]) -> SessionEngine:
    """The engine of the extra `fix`, over the journal of this workspace.

    Raises:
        UsageError: the extra is not installed.
    """
    journal = Journal(folder / JOURNAL, [session.name for session in sessions])
    return session_engine(sessions, journal=journal, state=folder / "state", clock=clock)


def _sections(context: Context, config: WatchConfig) -> dict[str, Mapping[str, Any]]:
    """Maps of FIX logs by provider: those of the feeds, else those that were ingested with."""
    found = {item.provider_id: item.sections for item in _fix_sources(context).values()}
    for feed in (*config.tails, *config.drops):
        if feed.source == FIX_LOG and feed.map is not None:
            found[feed.provider] = load_map(feed.map).sections
    return found


def _fix_sources(context: Context) -> Mapping[str, Any]:
    return fix_sources({item.source_id: item.outcome for item in source_outcomes(context.records)})


def _read_position(folder: Path) -> Position | None:
    try:
        found = json.loads((folder / POSITION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Position(found["segment"], found["offset"])


def _write_position(folder: Path, position: Position) -> None:
    """How far the lake has what the journal has; if it is lost, what comes twice changes nothing."""
    temporary = folder / f".{POSITION}"
    temporary.write_text(json.dumps({"segment": position.segment, "offset": position.offset}), encoding="utf-8")
    temporary.replace(folder / POSITION)
