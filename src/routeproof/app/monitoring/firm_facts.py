"""Facts from the firm's own records: what was agreed with whom, what was delivered, what is known of venues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.objects.governed import objects_of
from routeproof.governance.config import CONFIG
from routeproof.governance.provider import PROVIDER

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.records import Records

VENUES = pl.Schema({"provider": pl.String(), "venue": pl.String()})
SETTINGS = pl.Schema({"provider": pl.String(), "name": pl.String(), "value": pl.String()})


def firm_facts(context: Context, day: date, manifest: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Members of `Facts` that the firm's records give, and why the others are not there."""
    members: dict[str, Any] = {}
    absent: dict[str, str] = {}
    _put(members, absent, "agreed_venues", agreed_venues(context.records), "no provider file lists its venues")
    _put(members, absent, "settings", settings_on(context.records, day), "no configuration is approved for the day")
    for name, empty in (("instruments", "no instruments were taken in"), ("venues", "no venues were taken in")):
        _put(members, absent, name, _in_force(context, name, day, manifest), empty)
    payments = context.lake.read("payments", manifest=manifest).filter(pl.col("month") <= day)
    _put(members, absent, "payments", payments, "no payments were taken in")
    return members, absent


def _put(members: dict[str, Any], absent: dict[str, str], name: str, frame: pl.DataFrame, why: str) -> None:
    if frame.is_empty():
        absent[name] = why
    else:
        members[name] = frame


def agreed_venues(records: Records) -> pl.DataFrame:
    """`provider, venue`: the venues that each provider's file lists."""
    rows = [(item.id, venue) for item in objects_of(records, PROVIDER) for venue in item.venues]
    return pl.DataFrame(rows, schema=VENUES, orient="row")


def settings_on(records: Records, day: date) -> pl.DataFrame:
    """`provider, name, value`: approved settings in force on a day, values as text."""
    rows = [
        (item.provider, name, str(value))
        for item in objects_of(records, CONFIG)
        if (version := item.in_force(day)) is not None
        for name, value in version.settings.items()
    ]
    return pl.DataFrame(rows, schema=SETTINGS, orient="row")


def _in_force(context: Context, table: str, day: date, manifest: str) -> pl.DataFrame:
    """The latest terms of each symbol or venue on a day."""
    key = {"instruments": "symbol", "venues": "mic"}[table]
    begun = context.lake.read(table, manifest=manifest).filter(pl.col("valid_from") <= day)
    return begun.sort(key, "valid_from").unique(key, keep="last", maintain_order=True)
