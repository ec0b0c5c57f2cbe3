"""Run a watch: sessions and files in, journal first, findings and lake out, until it is told to stop."""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.monitoring.tell import know_channels
from routeproof.app.notify.channels import channels_of
from routeproof.app.watch.beside.lake_writer import FIX_LOG, Portion
from routeproof.app.watch.beside.process import Beside
from routeproof.app.watch.beside.sessions_process import launch
from routeproof.app.watch.catch_up import hold_lake, journaled_after, remember_books
from routeproof.app.watch.engine import Engine
from routeproof.app.watch.feeds import Feeds
from routeproof.app.watch.notifier import Notifier
from routeproof.app.watch.positions import BooksBegin, JournalProgress, read_books_begin, read_position
from routeproof.app.watch.providers_of import known_logs
from routeproof.app.watch.quotes import LiveQuotes
from routeproof.app.watch.status import StatusTeller, was_killed
from routeproof.app.watch.topics import Topics
from routeproof.app.watch.warm_up import warm_up
from routeproof.app.watch.windows.process import WindowsApart
from routeproof.sources.live.apart import SessionsApart
from routeproof.sources.live.journal_format import BEGINNING
from routeproof.sources.live.kafka_topic import open_topic
from routeproof.sources.live.quote_feed import HEAD, QUOTE_MAP, QuoteFeed, request_of
from routeproof.sources.map_file import load_map
from routeproof.stores.held_back import FOLDER
from routeproof.vocab.errors import RouteproofError, UsageError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.watch.config import WatchConfig
    from routeproof.sources.live.journal_format import Position
    from routeproof.sources.live.session import Batch, SessionEngine
    from routeproof.sources.live.session_config import FixSession

FIX, JOURNAL, CSV = "fix", "journal", "csv"
TICK_S = 0.05
SETTLED_WITHIN_NS = 10 * NS_PER_S
"""After a start, how long content may keep coming until what an earlier run found is taken to be read again."""

GIVES_WAY_S = 0.0005
"""How long a thread that talks to a process beside may keep the judging one waiting, each of the hundreds of times that
this lets the interpreter go; Python's own 5 ms are more than such a time takes."""

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
    with ExitStack() as stack:
        context = stack.enter_context(open_context(root, role="watch"))
        at_last = stack.enter_context(ExitStack())  # topics are told how far the lake is until all of it is there
        channels, sections = channels_of(context.workspace, config.path), _sections(context, config)
        know_channels(context, channels)
        _all_known(journaled_after(folder / FIX / JOURNAL, read_position(folder))[0], config)
        folder.mkdir(parents=True, exist_ok=True)
        beside = Beside(root, talk.say)
        beside.start()
        stack.callback(beside.stop)
        windows = WindowsApart(root)
        windows.start()
        stack.callback(windows.stop)
        warm_up()
        sys.setswitchinterval(GIVES_WAY_S)
        gc.freeze()  # nothing that was loaded ever goes, and to search it for cycles takes a tenth of a second
        quotes = LiveQuotes(context.lake)
        engine = Engine(context, quotes, sections, windows)
        notifier = Notifier(root, channels, talk.say)
        session = _sessions_apart(config.fix, folder / FIX) if config.fix else None
        listening = session.start() if session else ()
        watch = _Watch(context, config, engine, quotes, beside, session, folder, talk)
        killed = was_killed(folder)
        helpers = (notifier, StatusTeller(folder, watch.status))
        for helper in helpers:
            helper.start()
        try:
            talk.ready(
                {
                    "event": "ready",
                    "fix": [{"name": item.name, "host": item.host, "port": item.port} for item in listening],
                }
            )
            watch.catch_up(after_kill=killed)
            feeds = Feeds(config.tails, config.drops, engine, quotes, beside.offer, folder, talk.say)
            topics = Topics([open_topic(item, config.path.parent) for item in config.topics], engine, beside.offer)
            at_last.callback(topics.close)
            watch.run(feeds, topics, stopping)
        finally:
            if session is not None:
                session.stop()
            for helper in helpers:
                helper.stop()


class _Watch:
    """One run."""

    def __init__(
        self, context: Context, config: WatchConfig, engine: Engine, quotes: LiveQuotes, beside: Beside,
        session: SessionEngine | None, folder: Path, talk: Talk,
    ) -> None:  # fmt: skip
        self._context, self._engine, self._beside, self._session = context, engine, beside, session
        self._folder, self._talk, self._quotes = folder, talk, quotes
        self._progress = JournalProgress(folder)
        self._providers = {item.name: item.provider for item in config.fix}
        self._taken, self._books = read_position(folder), read_books_begin(folder)
        numbers = self._books.numbers if self._books else {}
        self._feed = QuoteFeed([item.name for item in config.fix if item.table], numbers, talk.say)
        self._asked = {item.name: item.symbols for item in config.fix}
        self._quote_map = load_map(QUOTE_MAP)
        self._scratch = context.workspace.scratch_folder
        self._scratch.mkdir(parents=True, exist_ok=True)
        self._journaled = 0

    def catch_up(self, *, after_kill: bool) -> None:
        """Hold what the lake has, then what the journal has beyond the lake; judge both.

        After a kill the day before the one held is judged from the lake: the other run may have held it.
        """
        hold_lake(self._context, self._engine)
        if after_kill and self._engine.days_over:
            self._beside.judge({max(self._engine.days_over)})
        # Read once the sessions run: by then whoever kept them before has ended, and writes no more.
        journal = self._folder / FIX / JOURNAL
        if self._taken is not None and self._books is not None:
            remember_books(self._feed, journal, self._books.after, self._taken)
        self._take(*journaled_after(journal, self._taken))
        self._engine.judge_everything()

    def run(self, feeds: Feeds, topics: Topics, stopping: threading.Event) -> None:
        """Take what comes until told to stop."""
        settle_by: int | None = self._context.clock() + SETTLED_WITHIN_NS
        while not stopping.is_set():
            came = self._take_batches()
            came = feeds.look(self._scratch) or came
            came = topics.look() or came
            self._engine.go_on()
            if settle_by is not None and (not came or self._context.clock() >= settle_by):
                self._engine.settle()
                settle_by = None
            self._beside.tell(self._engine.days_over, self._engine.news())
            if not came and self._session is None:
                stopping.wait(TICK_S)
        if self._session is not None:
            self._session.stop()
        self._take_batches()
        feeds.look(self._scratch)
        self._engine.judge_held()
        self._engine.judge_windows()
        self._beside.tell(self._engine.days_over, self._engine.news())

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
                if event.kind == "logon" and (symbols := self._asked.get(event.session)):
                    self._session.send(event.session, request_of(symbols, event.at))
            batch = self._session.next_batch(0)
        self._take(by_session, None if last is None else last.after)
        return last is not None

    def _take(self, by_session: Mapping[str, Sequence[bytes]], after: Position | None) -> None:
        """Hand the lake, and hold, what came of the journal up to a position; null if nothing did."""
        if after is None or not by_session:
            return
        day, before = self._feed.day, BooksBegin(self._taken or BEGINNING, self._feed.numbers)
        told = {name: self._told(name, raw) for name, raw in by_session.items()}
        self._journaled += sum(map(len, by_session.values()))
        if self._feed.day != day:
            self._books = before
        self._taken = after
        portions = [self._portion(name, content) for name, content in told.items() if content]
        taken_in = self._progress.handed_over(after, len(portions), self._books)
        for portion in portions:
            portion.done.append(taken_in)
            self._beside.offer(portion)
        for name, content in told.items():
            if name not in self._feed:
                self._engine.hold_log(self._providers[name], content)
            elif content:
                self._hold_quotes(name, content)

    def _told(self, name: str, raw: Sequence[bytes]) -> bytes:
        """What a session received, as lines of a file."""
        return self._feed.take(name, raw) if name in self._feed else b"\n".join(raw) + b"\n"

    def _portion(self, name: str, content: bytes) -> Portion:
        provider, parts = self._providers[name], [content]
        if name in self._feed:
            return Portion(f"watch-{name}.csv", CSV, QUOTE_MAP, provider, head=HEAD, parts=parts, can_wait=True)
        return Portion(f"watch-{name}.fix", FIX_LOG, None, provider, parts=parts, can_wait=True)

    def _hold_quotes(self, name: str, content: bytes) -> None:
        try:
            self._quotes.read(CSV, self._quote_map, HEAD + content, name, self._scratch)
        except RouteproofError as error:  # the lake keeps and counts it; what else is listened to goes on
            self._talk.say(f"{name}: {error.message} [{error.where}]")

    def status(self) -> dict[str, Any]:
        """What `watch status` tells; asked by another thread."""
        sessions = self._session.status() if self._session is not None else ()
        told = [
            {"name": item.name, "connected": item.connected, "next_in": item.next_in, "next_out": item.next_out}
            for item in sessions
        ]
        return {"sessions": told, "journaled": self._journaled, "recorded": self._engine.recorded}


def _sessions_apart(sessions: Sequence[FixSession], folder: Path) -> SessionsApart:
    return SessionsApart(sessions, folder / JOURNAL, folder / "state", launch)


def _all_known(names: Collection[str], config: WatchConfig) -> None:
    """Whether somebody says whose messages those are that were acknowledged and are not yet in the lake."""
    configured = [item.name for item in config.fix]
    if lost := sorted(set(names) - set(configured)):
        message = (
            "expected [[fix]] tables for all sessions whose messages are journaled and not yet in the lake, found none "
            f"named {', '.join(lost)} (but {', '.join(configured) or 'no session'}): watch once under the old name, "
            "then rename or remove it"
        )
        raise UsageError(message, where=str(config.path))


def _sections(context: Context, config: WatchConfig) -> dict[str, Mapping[str, Any]]:
    """Maps of FIX logs by provider: those of the feeds, else those that were ingested with."""
    found = {item.provider_id: item.sections for item in known_logs(context.records).values()}
    for feed in (*config.tails, *config.drops):
        sections = load_map(feed.map).sections if feed.map is not None else {}  # a wrong map is told before it serves
        if feed.source == FIX_LOG and feed.map is not None:
            found[feed.provider] = sections
    return found
