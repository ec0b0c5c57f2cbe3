"""The dated rules that ship with the program or that the firm set, as the measurement needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.stores.shipped_policy import load_equity_calendar, load_shipped_policy
from routeproof.tables.measured.day import DayRules
from routeproof.tables.measured.order_size import SizeScheme

if TYPE_CHECKING:
    from routeproof.policy.book import PolicyBook
    from routeproof.policy.sessions import SessionCalendar
    from routeproof.policy.whole import WholePolicy
    from routeproof.stores.lake import Lake


def shipped_rules(round_lots: pl.DataFrame | None = None) -> DayRules:
    """Session hours and size buckets as shipped; round lots from the instruments table where there is one."""
    return _rules(load_shipped_policy(), load_equity_calendar(), round_lots)


def rules_of(lake: Lake, manifest: str, policy: WholePolicy | None = None) -> DayRules:
    """The rules in force, shipped ones without a policy, with the round lots of the lake's instruments, by date."""
    instruments = lake.read("instruments", manifest=manifest)
    known = instruments.filter(pl.col("round_lot").is_not_null()).select("symbol", "valid_from", "round_lot")
    if policy is None:
        return shipped_rules(known)
    return _rules(policy.book, policy.calendar, known)


def _rules(book: PolicyBook, calendar: SessionCalendar, round_lots: pl.DataFrame | None) -> DayRules:
    schemes = tuple(
        SizeScheme(
            effective_from=entry.effective_from,
            basis=entry.value.basis,
            lower_bounds=entry.value.lower_bounds,
            source=entry.citation,
        )
        for entry in book.size_buckets.values
    )
    return DayRules(calendar.hours, schemes, round_lots, book.round_lots)
