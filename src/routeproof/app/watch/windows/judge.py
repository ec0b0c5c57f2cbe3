"""Rules of windows: judged over the latest rows of all orders of a day, and over what its sessions told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from routeproof.app.facts.day_facts import MEMBERS_OF_DAY, facts_of
from routeproof.app.objects.findings import standing_ids
from routeproof.app.watch.firm import Firm
from routeproof.app.watch.live_source import MarketTables
from routeproof.app.watch.record import Recorded, record_judged
from routeproof.app.watch.windows.standing_rows import StandingRows
from routeproof.app.watch.windows.told_sessions import ToldSessions
from routeproof.rules.judge import judge
from routeproof.rules.registry import ALL
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.watch.held_messages import Rows

OF_WINDOWS = tuple(rule for rule in ALL if rule.kind == "window")

OF_ORDERS = tuple(name for name in MEMBERS_OF_DAY if name not in {"trades", "status"})
"""Frames of single orders that rules of windows read together."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a watch has seen.

    Attributes:
        until: event time, less the lateness that policy grants.
        quotes_until: day to the event time up to which its quotes were seen.
    """

    until: int
    quotes_until: Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a judgement of windows came to.

    Attributes:
        recorded: what became of the record.
        took_ns: how long it took.
    """

    recorded: Recorded
    took_ns: int


class WindowJudge(Protocol):
    """Who judges windows: here, or in another process."""

    def told(self, provider_id: str, messages: pl.DataFrame, ranges: pl.DataFrame | None) -> None:
        """Take in what sessions told: see `ToldSessions.add`."""
        ...

    def put(self, provider_id: str, rows: Rows, frames: dict[str, pl.DataFrame]) -> None:
        """Take in the rows of whole groups: see `StandingRows.put`."""
        ...

    def let_go(self, rows: Mapping[str, Rows], over: set[date]) -> None:
        """Let go of days that are over; `rows` are the numbers of messages that stay, by provider."""
        ...

    def judge(self, days: Sequence[date], seen: Seen) -> None:
        """Judge days and record what is found; `outcome` tells of it."""
        ...

    def outcome(self, *, wait: bool) -> Outcome | None:
        """What the oldest judgement not yet told of came to; null if there is none yet, and none is waited for."""
        ...


@dataclass(slots=True)
class _Provider:
    standing: StandingRows
    told: ToldSessions


class Windows:
    """The judge of windows, in the interpreter of whoever asks."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._firm, self._market = Firm(context), MarketTables(context.lake)
        self._providers: dict[str, _Provider] = {}
        self._outcomes: list[Outcome] = []

    def told(self, provider_id: str, messages: pl.DataFrame, ranges: pl.DataFrame | None) -> None:
        """See `WindowJudge`."""
        self._provider(provider_id).told.add(messages, ranges)

    def put(self, provider_id: str, rows: Rows, frames: dict[str, pl.DataFrame]) -> None:
        """See `WindowJudge`."""
        self._provider(provider_id).standing.put(rows, frames)

    def let_go(self, rows: Mapping[str, Rows], over: set[date]) -> None:
        """See `WindowJudge`."""
        for name, provider in self._providers.items():
            if name in rows:
                provider.standing.keep(rows[name], over)
            provider.told.let_go(over)
        self._firm.let_go(over)
        self._market.let_go(over)

    def judge(self, days: Sequence[date], seen: Seen) -> None:
        """See `WindowJudge`."""
        begun = self._context.clock()
        made = Recorded()
        for day in days:
            known = self._firm.on(day)
            told = {**self._whole_day(day), "quotes_until": seen.quotes_until[day]}
            judged = judge(OF_WINDOWS, facts_of(day, told, known.absent, seen.until), known.policy.limits)
            names = [rule.name for rule in OF_WINDOWS if rule.name not in judged.unjudged]
            before = standing_ids(self._context.records, day, names, self._providers)
            made += record_judged(self._context, day, judged, known.policy.id, before)
        self._outcomes.append(Outcome(made, self._context.clock() - begun))

    def outcome(self, *, wait: bool) -> Outcome | None:
        """See `WindowJudge`."""
        del wait  # it was judged when it was asked for
        return self._outcomes.pop(0) if self._outcomes else None

    def _provider(self, provider_id: str) -> _Provider:
        if provider_id not in self._providers:
            scratch = self._context.workspace.scratch_folder
            self._providers[provider_id] = _Provider(StandingRows(scratch), ToldSessions(provider_id, scratch))
        return self._providers[provider_id]

    def _whole_day(self, day: date) -> dict[str, Any]:
        known = self._firm.on(day)
        hours = known.rules.hours(day)
        members: dict[str, Any] = {"open_at": hours[0] if hours else None, "close_at": hours[1] if hours else None}
        members |= {"trades": self._market.rows("trades", day), "status": self._market.rows("market_status", day)}
        for name in OF_ORDERS:
            found = [rows for each in self._providers.values() if (rows := each.standing.rows(name)) is not None]
            if found:
                every = pl.concat(found, how="diagonal_relaxed") if len(found) > 1 else found[0]
                members[name] = kept(every, pl.col("trading_day") == day)
        for name, told in (("messages", "messages"), ("sequences", "ranges")):
            frames = [getattr(each.told, told)(day) for each in self._providers.values()]
            members[name] = pl.concat(frames) if frames else None
        return {**members, **known.members}
