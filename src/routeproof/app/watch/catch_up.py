"""What a watch holds before anything comes: the lake's latest day, orders still open, the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.watch.providers_of import by_provider
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.sequences import FIX_SEQUENCES
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import read_journal
from routeproof.stores.lake_file import ROW_GROUP_ROWS

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.watch.engine import Engine
    from routeproof.sources.live.journal_format import Position
    from routeproof.sources.live.quote_feed import QuoteFeed

HELD_AT_ONCE = ROW_GROUP_ROWS
"""Messages of the lake that are read and taken in together: columns that hold nothing are spelled out meanwhile."""


def hold_lake(context: Context, engine: Engine) -> None:
    """Hold the latest day of the lake as a whole; of earlier days, what orders of today may go back to."""
    days = context.lake.days(FIX_MESSAGES.name)
    engine.begin(days[:-1])
    if not days:
        return
    sequences = dict(by_provider(context.records, context.lake.read(FIX_SEQUENCES.name, days[-1:])))
    every = context.lake.scan(FIX_MESSAGES.name, days[-1:])
    for start in range(0, context.lake.rows_held(FIX_MESSAGES.name, days[-1:]), HELD_AT_ONCE):
        for provider_id, rows in by_provider(context.records, every.slice(start, HELD_AT_ONCE).collect()):
            engine.hold(provider_id, rows, sequences.pop(provider_id, FIX_SEQUENCES.empty()))


def journaled_after(journal: Path, after: Position | None) -> tuple[dict[str, list[bytes]], Position | None]:
    """Messages of counterparties by session that were journaled after a position, and the position behind them."""
    by_session: dict[str, list[bytes]] = {}
    last = after
    for kept in read_journal(journal, after) if journal.is_dir() else ():
        if kept.kind == Kind.MESSAGE_IN:
            by_session.setdefault(kept.session, []).append(kept.raw)
        last = kept.after
    return by_session, last


def remember_books(feed: QuoteFeed, journal: Path, since: Position, until: Position) -> None:
    """Tell a feed what it was told between two positions: its books are then as they were, its lines are known."""
    for kept in read_journal(journal, since):
        if kept.after > until:
            return
        if kept.kind == Kind.MESSAGE_IN and kept.session in feed:
            feed.take(kept.session, [kept.raw])
