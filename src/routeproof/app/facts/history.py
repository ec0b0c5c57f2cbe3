"""Daily streams of the sessions before a day, measured once and kept as a derived cache."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.day_facts import flow_facts
from routeproof.app.measuring.measure_range import measured_days_together
from routeproof.app.measuring.measured_cache import program_stamp
from routeproof.rules.streams import STREAMS, day_streams
from routeproof.stores.files import publish, removed_after
from routeproof.stores.manifest import WHOLE
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.app.facts.day_facts import Tellers
    from routeproof.app.measuring.lake_source import LakeSource
    from routeproof.policy.monitoring import Limits
    from routeproof.tables.measured.day import DayRules

HISTORY_KEY = "history_sessions"
"""Threshold by which a rule says how many sessions before the day it looks back on."""
_READ = (
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
        path = self.folder / f"{day.isoformat()}-{self._key(day)}.parquet"
        if path.is_file():
            return pl.read_parquet(path).cast(STREAMS)
        self.told(f"measuring {day} as history")
        found = self._measured(day)
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob(f"{day.isoformat()}-*.parquet"):
            old.unlink(missing_ok=True)
        making = self.folder / f".{day.isoformat()}-{os.getpid()}.parquet"
        with removed_after(making):
            found.write_parquet(making)
            publish(making, path)
        return found

    def _measured(self, day: date) -> pl.DataFrame:
        source = _WithinDay(self.source)
        days = [one for (one,) in measured_days_together(source, [day], self.rules, (Switches(),), vwap=False)]
        flow = flow_facts(days, self.tellers)
        return day_streams(day, flow["fills"], flow["orders"], flow["routes"], self.affiliates)

    def _key(self, day: date) -> str:
        held = self.source.lake.manifest(self.source.manifest).partitions
        parts = {
            name: held[name, part].content
            for name in _READ
            for part in (day.isoformat(), WHOLE)
            if (name, part) in held
        }
        roof = None if self.affiliates is None else sorted(self.affiliates.select("provider", "venue").iter_rows())
        made_of = [parts, self.policy, dict(self.tellers.providers), roof, program_stamp()]
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:32]


class _WithinDay:
    """The lake as days that know nothing of one another: orders that may outlive their day are in no stream."""

    def __init__(self, source: LakeSource) -> None:
        self._source = source
        self.rows, self.book, self.quotes_of = source.rows, source.book, source.quotes_of
        self.market_days, self.streamed = source.market_days, source.streamed

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """None: each day is measured by itself."""
        orders, versions = self._source.long_lived()
        return orders.clear(), versions.clear()


def history_sessions(limits: Iterable[Limits]) -> int:
    """How far the rules that are on look back, in sessions: the furthest of them."""
    return max((_sessions(item.thresholds) for item in limits if item.enabled), default=0)


def _sessions(thresholds: Mapping[str, object]) -> int:
    found = thresholds.get(HISTORY_KEY, 0)
    return int(str(found))
