"""What the sessions of one provider told, message by message: copies, sequence numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.facts.log_facts import MESSAGE_COLUMNS, SEQUENCE_COLUMNS
from routeproof.sources.fix.messages import distinct_messages
from routeproof.sources.fix.sequences import sequence_ranges
from routeproof.tables.wide import slim, stacked

if TYPE_CHECKING:
    from datetime import date

PIECES = 64
"""Frames held apart at most; more are put together."""


class ToldSessions:
    """Messages, administrative ones among them, in the columns that rules read, and ranges of their numbers."""

    def __init__(self, provider_id: str) -> None:
        self._provider_id = provider_id
        self._messages: list[pl.DataFrame] = []
        self._ranges: list[pl.DataFrame] = []

    def add(self, messages: pl.DataFrame, ranges: pl.DataFrame | None = None) -> None:
        """Take in `FIX_MESSAGES` rows, copies included, else with the `FIX_SEQUENCES` rows of all copies."""
        told = sequence_ranges(messages) if ranges is None else ranges
        self._messages.append(slim(messages.select("trading_day", *MESSAGE_COLUMNS)))
        self._ranges.append(told.select("trading_day", *SEQUENCE_COLUMNS))
        for held in (self._messages, self._ranges):
            if len(held) > PIECES:
                held[:] = [stacked(held).rechunk()]

    def messages(self, day: date) -> pl.DataFrame:
        """Distinct messages of a day, with `provider`."""
        return self._of_day(distinct_messages(stacked(self._messages)), day).select(*MESSAGE_COLUMNS, "provider")

    def ranges(self, day: date) -> pl.DataFrame:
        """Ranges of sequence numbers of a day, with `provider`."""
        return self._of_day(pl.concat(self._ranges), day).select(*SEQUENCE_COLUMNS, "provider")

    def let_go(self, days: set[date]) -> None:
        """Days that are over."""
        for held in (self._messages, self._ranges):
            held[:] = [pl.concat(held).filter(~pl.col("trading_day").is_in(list(days)))] if held else []

    def _of_day(self, frame: pl.DataFrame, day: date) -> pl.DataFrame:
        return frame.filter(pl.col("trading_day") == day).with_columns(pl.lit(self._provider_id).alias("provider"))
