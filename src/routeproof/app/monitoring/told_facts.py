"""Facts from FIX sessions: what each one told of a fill, and what fitted nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.monitoring.day_facts import with_teller

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.monitoring.day_facts import Tellers
    from routeproof.stores.lake import Lake

_WHERE = ["source_id", "source_row"]


def told_facts(lake: Lake, day: date, manifest: str, tellers: Tellers) -> tuple[dict[str, Any], dict[str, str]]:
    """Members `reports` and `misfits` of a day of the lake, and why they are not there."""
    messages = lake.read("fix_messages", [day], manifest=manifest)
    if messages.is_empty():
        absent = "no FIX messages were taken in for the day"
        return {}, dict.fromkeys(("reports", "misfits"), absent)
    sightings = lake.read("sightings", [day], manifest=manifest)
    unfit = lake.read("fix_misfits", [day], manifest=manifest)
    members = {"reports": first_reports(sightings, messages)}
    if unfit.is_empty():
        return members, {"misfits": "every message fitted"}
    return members | {"misfits": with_teller(unfit, tellers)}, {}


def first_reports(sightings: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """`execution_id, role, session, seen_at, seen_price, seen_quantity`: the message of each sighting.

    Args:
        sightings: canonical `sightings`.
        messages: distinct FIX messages of the same sources.
    """
    told = messages.select(*_WHERE, pl.col("last_px").alias("seen_price"), pl.col("last_qty").alias("seen_quantity"))
    joined = sightings.join(told, on=_WHERE, how="inner", maintain_order="left")
    return joined.select("execution_id", "role", "session", "seen_at", "seen_price", "seen_quantity")
