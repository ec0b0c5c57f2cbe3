"""Daily streams of the sessions before a day, measured once and kept as a derived cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.day_facts import flow_facts
from routeproof.app.facts.kept_days import KeptDays
from routeproof.app.measuring.measure_range import measured_days_together
from routeproof.rules.streams import STREAMS, day_streams
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.app.facts.day_facts import Tellers
    from routeproof.app.measuring.lake_source import LakeSource
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.rule import Rule
    from routeproof.tables.measured.day import DayRules

HISTORY_KEY = "history_sessions"
"""Threshold by which a rule says how many sessions before the day it looks back on."""
READ_BACK = (
    "parent_orders",
    "order_versions",
    "routes",
    "executions",
    "quotes",
    "market_status",
    "auctions",
    "instruments",
)
"""Tables that a day's streams follow from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMaker:
    """What streams of a day are made with.

    Attributes:
        source: the lake as of a manifest.
        rules: how it is measured.
        policy: id of the measuring policy.
        tellers: who told what.
        affiliates: `provider, venue` under one roof; null where nothing is known.
        folder: of the cache; what lies there may be deleted at any time.
        told: is told what is being measured.
    """

    source: LakeSource
    rules: DayRules
    policy: str
    tellers: Tellers
    affiliates: pl.DataFrame | None
    folder: Path
    told: Callable[[str], None]

    def until(self, day: date, members: Mapping[str, Any], sessions: int) -> pl.DataFrame:
        """Streams of a day out of its members of `Facts`, after those of so many days before it."""
        own = day_streams(day, members["fills"], members["orders"], members["routes"], self.affiliates)
        return pl.concat([self.before(day, sessions), own])

    def before(self, day: date, sessions: int) -> pl.DataFrame:
        """Streams of the last so many days with own flow before a day."""
        earlier = [one for one in self.source.days() if one < day][-sessions:] if sessions else []
        return pl.concat([STREAMS.to_frame(), *(self._kept(one) for one in earlier)])

    def _kept(self, day: date) -> pl.DataFrame:
        roof = None if self.affiliates is None else sorted(self.affiliates.select("provider", "venue").iter_rows())
        made_of = (self.policy, dict(self.tellers.providers), roof)
        kept = KeptDays(source=self.source, folder=self.folder, tables=READ_BACK, made_of=made_of)
        found = kept.read(day)
        if found is not None:
            return found.cast(STREAMS)
        self.told(f"measuring {day} as history")
        return kept.keep(day, self._measured(day))

    def _measured(self, day: date) -> pl.DataFrame:
        source = _WithinDay(self.source)
        days = [one for (one,) in measured_days_together(source, [day], self.rules, (Switches(),), vwap=False)]
        flow = flow_facts(days, self.tellers)
        return day_streams(day, flow["fills"], flow["orders"], flow["routes"], self.affiliates)


class _WithinDay:
    """The lake as days that know nothing of one another: orders that may outlive their day are in no stream."""

    def __init__(self, source: LakeSource) -> None:
        self._source = source
        self.rows, self.book, self.quotes_of = source.rows, source.book, source.quotes_of
        self.market_days, self.streamed = source.market_days, source.streamed
        self.earlier_routes = source.earlier_routes

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """None: each day is measured by itself."""
        orders, versions = self._source.long_lived()
        return orders.clear(), versions.clear()


@dataclass(frozen=True, slots=True)
class LookBack:
    """How far rules look back, in sessions: the furthest of them.

    Attributes:
        sessions: on daily streams.
        choices: on first venues; null where no rule looks at them at all.
    """

    sessions: int = 0
    choices: int | None = None


def look_back(rules: Iterable[Rule], *limits: Mapping[str, Limits]) -> LookBack:
    """How far those of some rules look back that are on under any of some limits."""

    def furthest(member: str) -> int | None:
        found = [
            _sessions(own[rule.name].thresholds)
            for rule in known
            for own in limits
            if member in rule.needs and own[rule.name].enabled
        ]
        return max(found, default=None)

    known = tuple(rules)
    return LookBack(furthest("history") or 0, furthest("choices"))


def _sessions(thresholds: Mapping[str, object]) -> int:
    found = thresholds.get(HISTORY_KEY, 0)
    return int(str(found))
