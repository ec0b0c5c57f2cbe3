"""What the sessions of one provider told, message by message: copies, sequence numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.facts.log_facts import MESSAGE_COLUMNS, SEQUENCE_COLUMNS
from routeproof.app.watch.held_messages import HeldMessages
from routeproof.sources.fix.messages import distinct_messages
from routeproof.sources.fix.sequences import sequence_ranges
from routeproof.tables.row_order import all_differ
from routeproof.tables.wide import kept, slim

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

PIECES = 64
"""Ranges held apart at most; more are put together."""


class ToldSessions:
    """Messages, administrative ones among them, in the columns that rules read, and ranges of their numbers."""

    def __init__(self, provider_id: str, scratch: Path) -> None:
        self._provider_id, self._scratch = provider_id, scratch
        self._messages = HeldMessages(scratch)
        self._ranges: list[pl.DataFrame] = []

    def add(self, messages: pl.DataFrame, ranges: pl.DataFrame | None = None) -> None:
        """Take in `FIX_MESSAGES` rows, copies included, else with the `FIX_SEQUENCES` rows of all copies."""
        told = sequence_ranges(messages) if ranges is None else ranges
        self._messages.add(slim(messages.select("trading_day", *MESSAGE_COLUMNS)))
        self._ranges.append(told.select("trading_day", *SEQUENCE_COLUMNS))
        if len(self._ranges) > PIECES:
            self._ranges = [pl.concat(self._ranges).rechunk()]

    def messages(self, day: date) -> pl.DataFrame:
        """Distinct messages of a day in any order, with `provider`."""
        told = self._messages.whole()
        distinct = told if all_differ(told["message_id"]) else distinct_messages(told)
        return self._of_day(distinct, day).select(*MESSAGE_COLUMNS, "provider")

    def ranges(self, day: date) -> pl.DataFrame:
        """Ranges of sequence numbers of a day, with `provider`."""
        return self._of_day(pl.concat(self._ranges), day).select(*SEQUENCE_COLUMNS, "provider")

    def let_go(self, days: set[date]) -> None:
        """Days that are over."""
        if not self._ranges:
            return
        goes_on = ~pl.col("trading_day").is_in(list(days))
        kept_on, self._messages = self._messages.whole().filter(goes_on), HeldMessages(self._scratch)
        self._messages.add(kept_on)
        self._ranges = [pl.concat(self._ranges).filter(goes_on)]

    def _of_day(self, frame: pl.DataFrame, day: date) -> pl.DataFrame:
        return kept(frame, pl.col("trading_day") == day).with_columns(pl.lit(self._provider_id).alias("provider"))
