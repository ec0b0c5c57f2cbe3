"""What a venue pays for flow on balance, per share: payment for order flow and rebates less fees, by date.

A fill's own fee, rebate and payment count where they were reported; else the fee schedule in force, and the month's
payments spread over the shares that the provider filled at the venue in that month. A fee that goes to a venue of the
provider's own house is no cost to the house: of a fee there only the part that is not owned counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.day_walk import long_lived_of
from routeproof.app.provider.conflicts import declared_conflicts
from routeproof.governance.conflict import PERSONAL
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.analysis.ground import Ground
    from routeproof.app.context import Context

ADDING_CLASSES = ("non_marketable", "never_executable", "pegged")
"""Order classes whose first route waits to be met; all others take."""
ADDED, REMOVED = "added", "removed"
TIED_KINDS = ("affiliate", "ownership")
HUNDRED = 100
RATE = pl.Schema({"provider": pl.String(), "venue": pl.String(), "month": pl.Date(), "rate": pl.Int64()})


@dataclass(frozen=True, slots=True)
class Tie:
    """An edge of the conflicts register or of the venues table between a provider (null: any) and a venue."""

    provider: str | None
    venue: str
    kind: str
    share: float
    since_on: date
    until_on: date | None
    source: str

    def holds(self, provider: str, day: date) -> bool:
        """Whether the edge concerns a provider on a day."""
        return (
            self.provider in (None, provider)
            and self.since_on <= day
            and (self.until_on is None or day <= self.until_on)
        )


@dataclass(frozen=True, slots=True, eq=False)
class VenueMoney:
    """Charges and payments of venues.

    Attributes:
        fees: canonical `fee_schedules`.
        rates: `provider, venue, month, rate`: payment for order flow, 1e-9 USD per share.
        ties: ownership, affiliates and arrangements.
    """

    fees: pl.DataFrame
    rates: pl.DataFrame
    ties: tuple[Tie, ...]

    def schedule(self, day: date) -> pl.DataFrame:
        """`venue, liquidity, charge` in force on a day: fee less rebate, 1e-9 USD per share."""
        known = self.fees.filter(pl.col("valid_from") <= day).sort("venue", "liquidity", "valid_from")
        last = known.unique(["venue", "liquidity"], keep="last", maintain_order=True)
        charge = pl.col("fee_usd_per_share") - pl.col("rebate_usd_per_share")
        return last.select("venue", "liquidity", charge.alias("charge"))

    def paid(self, day: date) -> pl.DataFrame:
        """`provider, venue, rate` of the day's month, or of the last month before it that a provider was paid for."""
        known = self.rates.filter(pl.col("month") <= day.replace(day=1))
        return known.filter(pl.col("month") == pl.col("month").max().over("provider")).drop("month")

    def owned(self, day: date) -> pl.DataFrame:
        """`provider, venue, owned`: share of a venue that is the provider's own house on a day; nothing without one."""
        rows = {
            (tie.provider, tie.venue): tie.share
            for tie in self.ties
            if tie.kind in TIED_KINDS and tie.provider is not None and tie.holds(tie.provider, day)
        }
        return pl.DataFrame(
            [(provider, venue, share) for (provider, venue), share in sorted(rows.items())],
            schema={"provider": pl.String, "venue": pl.String, "owned": pl.Float64},
            orient="row",
        )

    def with_net(self, fills: pl.DataFrame, day: date) -> pl.DataFrame:
        """Fills with `net`, what they brought the router (1e-18 USD, 128 bits, fees subtracted)."""
        joined = self._joined(fills, day)
        shares = pl.col("quantity").cast(pl.Int128)
        told = pl.col("fee").is_not_null() | pl.col("rebate").is_not_null()
        own = (pl.col("fee").fill_null(0) - pl.col("rebate").fill_null(0)).cast(pl.Int128) * SCALE
        charged = pl.when(told).then(own).otherwise(pl.col("charge").fill_null(0) * shares)
        cost = pl.when(charged > 0).then((charged * (HUNDRED - pl.col("kept"))) // HUNDRED).otherwise(charged)
        per_share = pl.col("rate").fill_null(0) * shares
        received = (
            pl.when(pl.col("payment").is_not_null())
            .then(pl.col("payment").cast(pl.Int128) * SCALE)
            .otherwise(per_share)
        )
        return joined.with_columns((received - cost).alias("net")).drop("charge", "rate", "kept")

    def with_rate(self, routes: pl.DataFrame, day: date) -> pl.DataFrame:
        """Routes with `net_rate`, what their venue pays on balance per share of such a route (1e-9 USD)."""
        adds = pl.col("order_class").is_in(ADDING_CLASSES)
        asked = routes.with_columns(pl.when(adds).then(pl.lit(ADDED)).otherwise(pl.lit(REMOVED)).alias("liquidity"))
        return (
            self._joined(asked, day)
            .with_columns(_net_rate().alias("net_rate"))
            .drop("charge", "rate", "kept", "liquidity")
        )

    def net_rates(self, venues: list[str], provider: str, liquidity: str, day: date) -> dict[str, tuple[float, float]]:
        """Net payment per share in USD of each venue on a day, and with the whole fee; what is unknown is 0."""
        asked = pl.DataFrame({"venue": venues}, schema={"venue": pl.String}).with_columns(
            provider=pl.lit(provider), liquidity=pl.lit(liquidity)
        )
        whole = pl.col("rate").fill_null(0) - pl.col("charge").fill_null(0)
        found = self._joined(asked, day).select("venue", _net_rate().alias("net"), whole.alias("cash"))
        return {venue: (net / SCALE, cash / SCALE) for venue, net, cash in found.iter_rows()}

    def unpriced(self, venues: list[str], provider: str, day: date) -> list[str]:
        """Venues of which neither a schedule nor a payment for the provider's flow is known on a day."""
        paid = self.paid(day).filter(pl.col("provider") == provider)
        known = {*self.schedule(day)["venue"], *paid["venue"]}
        return sorted({*venues} - known)

    def _joined(self, frame: pl.DataFrame, day: date) -> pl.DataFrame:
        kept = (pl.col("owned").fill_null(0.0) * HUNDRED).round().cast(pl.Int64).alias("kept")
        return (
            frame.join(self.schedule(day), on=["venue", "liquidity"], how="left", maintain_order="left")
            .join(self.paid(day), on=["provider", "venue"], how="left", maintain_order="left")
            .join(self.owned(day), on=["provider", "venue"], how="left", maintain_order="left")
            .with_columns(kept)
            .drop("owned")
        )


def _net_rate() -> pl.Expr:
    charge = pl.col("charge").fill_null(0)
    cost = pl.when(charge > 0).then(charge * (HUNDRED - pl.col("kept")) // HUNDRED).otherwise(charge)
    return pl.col("rate").fill_null(0) - cost


def venue_money(context: Context, ground: Ground) -> VenueMoney:
    """Charges, payments and ties as known at the ground's manifest."""
    lake, manifest = ground.source.lake, ground.source.manifest
    return VenueMoney(
        fees=lake.read("fee_schedules", manifest=manifest),
        rates=_rates(ground),
        ties=_ties(context, ground),
    )


def _rates(ground: Ground) -> pl.DataFrame:
    """Each month's payments, up to the last day, over the shares that the provider filled at the venue in it."""
    lake, manifest = ground.source.lake, ground.source.manifest
    every = lake.read("payments", manifest=manifest)
    months = {day.replace(day=1) for day in ground.days}
    months |= {month for month in every["month"].unique() if month < min(months)}
    payments = every.filter(pl.col("month").is_in(sorted(months)))
    if payments.is_empty():
        return pl.DataFrame(schema=RATE)
    months = set(payments["month"])
    lasting = long_lived_of(ground.source).orders.select("order_id", pl.col("provider_id").alias("provider"))
    parts = [
        _filled(ground, day, lasting, payments["venue"].unique().to_list())
        for day in ground.source.days()
        if day.replace(day=1) in months
    ]
    filled = pl.concat(parts).group_by("provider", "venue", "month").agg(pl.col("shares").sum())
    by_all = filled.group_by("venue", "month").agg(pl.col("shares").sum().alias("all_shares"))
    joined = payments.join(by_all, on=["venue", "month"]).join(filled, on=["venue", "month"], suffix="_filled")
    own = pl.col("provider_id") == pl.col("provider")
    of_all = pl.col("provider_id") == ""
    base = pl.when(of_all).then("all_shares").otherwise("shares")
    rate = (pl.col("payment_usd").cast(pl.Int128) * SCALE // base).cast(pl.Int64)
    return (
        joined.filter((own | of_all) & (base > 0))
        .select("provider", "venue", "month", rate.alias("rate"))
        .group_by("provider", "venue", "month")
        .agg(pl.col("rate").sum())
        .select(RATE.names())
        .sort("provider", "venue", "month")
    )


def _filled(ground: Ground, day: date, lasting: pl.DataFrame, venues: list[str]) -> pl.DataFrame:
    lake, manifest = ground.source.lake, ground.source.manifest
    fills = lake.read(
        "executions", [day], ["order_id", "provider_id", "venue", "quantity", "status"], manifest=manifest
    )
    orders = lake.read("parent_orders", [day], ["order_id", "provider_id"], manifest=manifest)
    known = pl.concat([orders.select("order_id", pl.col("provider_id").alias("provider")), lasting]).unique(
        "order_id", keep="first", maintain_order=True
    )
    return (
        fills.filter(pl.col("venue").is_in(venues) & (pl.col("status") != "busted"))
        .join(known, on="order_id")
        .with_columns(pl.coalesce("provider_id", "provider").alias("provider"))
        .group_by("provider", "venue")
        .agg(pl.col("quantity").sum().alias("shares"))
        .with_columns(pl.lit(day.replace(day=1)).alias("month"))
    )


def _ties(context: Context, ground: Ground) -> tuple[Tie, ...]:
    found = [
        Tie(
            item.provider, item.venue, item.kind,
            float(item.share_percent) / HUNDRED if item.share_percent is not None else 1.0,
            item.since_on, item.until_on, f"conflict {item.id}",
        )
        for item in declared_conflicts(context.records)
        if item.venue is not None and item.kind not in (*PERSONAL, "payment_for_order_flow", "rebate")
    ]  # fmt: skip
    venues = ground.source.lake.read("venues", manifest=ground.source.manifest)
    owned = venues.filter(pl.col("affiliate_of").is_not_null() & (pl.col("affiliate_of") != ""))
    for mic, owner, begun in owned.select("mic", "affiliate_of", "valid_from").iter_rows():
        found.append(Tie(owner, mic, "affiliate", 1.0, begun, None, "table of venues"))
    return tuple(found)
