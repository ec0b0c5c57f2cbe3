"""Facts from the firm's own records: what was agreed with whom, what was delivered, what is known of venues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.objects.governed import ids_of, objects_of
from routeproof.app.provider.listed_venues import listed_on
from routeproof.governance.config import CONFIG
from routeproof.governance.conflict import CONFLICT, WITH_MONEY
from routeproof.governance.provider.noun import PROVIDER

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
    _put(members, absent, "agreed_venues", agreed_venues(context.records, day), "no provider file lists its venues")
    _put(members, absent, "settings", settings_on(context.records, day), "no configuration is approved for the day")
    for name, empty in (("instruments", "no instruments were taken in"), ("venues", "no venues were taken in")):
        _put(members, absent, name, _in_force(context, name, day, manifest), empty)
    payments = context.lake.read("payments", manifest=manifest).filter(pl.col("month") <= day)
    _put(members, absent, "payments", payments, "no payments were taken in")
    known = _conflicts(context.records, day)
    payers = _payers(known, _paid(context, payments, manifest))
    _put(members, absent, "payers", payers, "no payments were taken in, and no conflict names a venue that pays")
    roof = _affiliates(known, members.get("venues"), context.records)
    _put(members, absent, "affiliates", roof, "neither the venues nor the conflict register name an affiliate")
    return members, absent


def _put(members: dict[str, Any], absent: dict[str, str], name: str, frame: pl.DataFrame, why: str) -> None:
    if frame.is_empty():
        absent[name] = why
    else:
        members[name] = frame


def agreed_venues(records: Records, day: date) -> pl.DataFrame:
    """`provider, venue, since`: the venues that each provider's list named on a day; see `Facts`."""
    rows = [(name, *item) for name in ids_of(records, PROVIDER) for item in listed_on(records, name, day).items()]
    return pl.DataFrame(rows, schema={**VENUES, "since": pl.Date()}, orient="row")


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


def _payers(conflicts: pl.DataFrame, paid: pl.DataFrame) -> pl.DataFrame:
    """`provider, venue, usd_per_share` of venues that pay for order flow; see `Facts`."""
    declared = conflicts.filter(pl.col("kind").is_in(WITH_MONEY)).select(VENUES.names()).unique()
    more = declared.join(paid, on=VENUES.names(), how="anti", nulls_equal=True)
    return pl.concat([paid, more], how="diagonal").select(*VENUES.names(), "usd_per_share").sort(VENUES.names())


def _paid(context: Context, payments: pl.DataFrame, manifest: str) -> pl.DataFrame:
    """`provider, venue, usd_per_share` of the last month that each venue paid for, by the shares it filled in it."""
    positive = payments.filter(pl.col("payment_usd") > 0).sort("month", "venue", "provider_id")
    last = positive.unique(["venue", "provider_id"], keep="last", maintain_order=True)
    parts = [pl.DataFrame(schema={**VENUES, "usd_per_share": pl.Float64})]
    for (month,), rows in last.group_by("month", maintain_order=True):
        filled = _filled(context, rows["venue"].to_list(), month, manifest)
        shares = pl.col("shares").cast(pl.Float64)
        told = pl.col("provider_id").replace("", None).alias("provider")
        by_all = filled.group_by("venue").agg(pl.col("shares").sum()).with_columns(provider=pl.lit(None, pl.String))
        known = pl.concat([filled.drop_nulls("provider"), by_all.select(filled.columns)])
        joined = rows.select(told, "venue", "payment_usd").join(
            known, on=["provider", "venue"], how="left", nulls_equal=True, maintain_order="left"
        )
        rate = pl.when(pl.col("shares") > 0).then(pl.col("payment_usd").cast(pl.Float64) / shares)
        parts.append(joined.select("provider", "venue", rate.alias("usd_per_share")))
    return pl.concat(parts)


def _filled(context: Context, venues: list[str], month: date, manifest: str) -> pl.DataFrame:
    """`provider, venue, shares` that stand, filled at some venues in a month; provider by fill or order, else null."""
    fills, orders = (
        context.lake.scan(table, _days_of(context, table, month, manifest), columns, manifest=manifest)
        for table, columns in (
            ("executions", ["order_id", "provider_id", "venue", "quantity", "status"]),
            ("parent_orders", ["order_id", "provider_id"]),
        )
    )
    of_order = orders.unique("order_id", keep="first", maintain_order=True).rename({"provider_id": "of_order"})
    counted = fills.filter(pl.col("venue").is_in(venues) & (pl.col("status") != "busted"))
    named = counted.join(of_order, on="order_id", how="left").with_columns(
        pl.coalesce("provider_id", "of_order").replace("", None).alias("provider")
    )
    return named.group_by("provider", "venue").agg(pl.col("quantity").sum().alias("shares")).collect()


def _days_of(context: Context, table: str, month: date, manifest: str) -> list[date]:
    days = context.lake.days(table, manifest)
    return [day for day in days if (day.year, day.month) == (month.year, month.month)]


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
