"""Facts from FIX sessions: what each one told of a fill, and what fitted nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.day_facts import with_teller
from routeproof.sources.fix.fold.misfits import FIX_MISFITS

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.facts.day_facts import Tellers
    from routeproof.stores.lake import Lake

_WHERE = ("source_id", "source_row")
_TOLD = ("last_px", "last_qty")


def told_facts(lake: Lake, day: date, manifest: str, tellers: Tellers) -> tuple[dict[str, Any], dict[str, str]]:
    """Members `reports` and `misfits` of a day of the lake, and why they are not there."""
    if day not in lake.days("fix_messages", manifest):
        return {}, dict.fromkeys(("reports", "misfits"), "no FIX messages were taken in for the day")
    messages = lake.read("fix_messages", [day], (*_WHERE, *_TOLD), manifest=manifest)
    sightings = lake.read("sightings", [day], manifest=manifest)
    unfit = lake.read("fix_misfits", [day], manifest=manifest)
    return told_of_day(sightings, messages, unfit, day, tellers), {}


def told_of_day(
    sightings: pl.DataFrame, messages: pl.DataFrame, misfits: pl.DataFrame, day: date, tellers: Tellers
) -> dict[str, Any]:
    """Members `reports` and `misfits` of a day out of what was folded; a misfit of no one message names no row."""
    members: dict[str, Any] = {}
    if sightings.height:
        members["reports"] = first_reports(sightings.filter(pl.col("trading_day") == day), messages)
    if misfits.height:
        stands = pl.when(pl.col("source_id") != "")
        of_day = FIX_MISFITS.conform(misfits.filter(pl.col("trading_day") == day))  # earlier programs told less
        placed = of_day.with_columns(stands.then(name).alias(name) for name in _WHERE)
        members["misfits"] = with_teller(placed, tellers)
    return members


def first_reports(sightings: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """`execution_id, role, session, seen_at, seen_price, seen_quantity`: the message of each sighting.

    Args:
        sightings: canonical `sightings`.
        messages: distinct FIX messages of the same sources.
    """
    priced = messages.filter(pl.col("last_px").is_not_null())
    told = priced.select(*_WHERE, pl.col("last_px").alias("seen_price"), pl.col("last_qty").alias("seen_quantity"))
    joined = sightings.join(told, on=_WHERE, how="inner", maintain_order="left")
    return joined.select("execution_id", "role", "session", "seen_at", "seen_price", "seen_quantity")
