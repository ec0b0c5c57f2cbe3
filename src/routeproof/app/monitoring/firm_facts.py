"""Facts from the firm's own records: what was agreed with whom, what was delivered, what is known of venues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.objects.governed import objects_of
from routeproof.governance.config import CONFIG
from routeproof.governance.conflict import CONFLICT, WITH_MONEY
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
    known = _conflicts(context.records, day)
    payers = _payers(known, payments)
    _put(members, absent, "payers", payers, "no payments were taken in, and no conflict names a venue that pays")
    roof = _affiliates(known, members.get("venues"), context.records)
    _put(members, absent, "affiliates", roof, "neither the venues nor the conflict register name an affiliate")
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


def _conflicts(records: Records, day: date) -> pl.DataFrame:
    """`kind, provider, venue` of conflicts that stand on a day and name a venue; provider null: whoever routes."""
    rows = [
        (item.kind, item.provider, item.venue)
        for item in objects_of(records, CONFLICT)
        if item.venue is not None and item.stands_on(day)
    ]
    return pl.DataFrame(rows, schema={"kind": pl.String, **VENUES}, orient="row")


def _payers(conflicts: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """`provider, venue`: venues that pay for order flow, by what was paid or declared; provider null: for anybody's."""
    declared = conflicts.filter(pl.col("kind").is_in(WITH_MONEY)).select(VENUES.names())
    paid = payments.filter(pl.col("payment_usd") > 0).select(
        pl.col("provider_id").replace("", None).alias("provider"), "venue"
    )
    return pl.concat([declared, paid]).unique().sort("provider", "venue")


def _affiliates(conflicts: pl.DataFrame, venues: pl.DataFrame | None, records: Records) -> pl.DataFrame:
    """`provider, venue`: venues under one roof with a provider, by the register or the venues table.

    What belongs to the firm itself, or to somebody who is no provider of it, is under no provider's roof here.
    """
    declared = conflicts.filter(pl.col("kind").is_in(["affiliate", "ownership"])).select(VENUES.names())
    parts = [declared.filter(pl.col("provider").is_not_null())]
    if venues is not None:
        providers = [item.id for item in objects_of(records, PROVIDER)]
        owned = venues.filter(pl.col("affiliate_of").is_in(providers))
        parts.append(owned.select(pl.col("affiliate_of").alias("provider"), pl.col("mic").alias("venue")))
    return pl.concat(parts).unique().sort("provider", "venue")


def _in_force(context: Context, table: str, day: date, manifest: str) -> pl.DataFrame:
    """The latest terms of each symbol or venue on a day."""
    key = {"instruments": "symbol", "venues": "mic"}[table]
    begun = context.lake.read(table, manifest=manifest).filter(pl.col("valid_from") <= day)
    return begun.sort(key, "valid_from").unique(key, keep="last", maintain_order=True)
