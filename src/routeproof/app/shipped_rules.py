"""The dated rules that ship with the program, as the measurement needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.stores.shipped_policy import load_equity_calendar, load_shipped_policy
from routeproof.tables.day_measurement import DayRules
from routeproof.tables.order_size import SizeScheme

if TYPE_CHECKING:
    from routeproof.stores.lake import Lake


def shipped_rules(round_lots: pl.DataFrame | None = None) -> DayRules:
    """Session hours and size buckets as shipped; round lots from the instruments table where there is one."""
    schemes = tuple(
        SizeScheme(
            effective_from=entry.effective_from,
            basis=entry.value.basis,
            lower_bounds=entry.value.lower_bounds,
            source=entry.citation,
        )
        for entry in load_shipped_policy().size_buckets.values
    )
    return DayRules(load_equity_calendar().hours, schemes, round_lots)


def rules_of(lake: Lake, manifest: str) -> DayRules:
    """The shipped rules with the round lots that the lake's instruments declare, by date."""
    instruments = lake.read("instruments", manifest=manifest)
    known = instruments.filter(pl.col("round_lot").is_not_null())
    return shipped_rules(known.select("symbol", "valid_from", "round_lot"))
