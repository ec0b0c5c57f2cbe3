"""Reference files beside the flow: venues as the provider declares them, fees, payments, instruments, events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.fills import official_prices
from routeproof.lab.tape import auction_times
from routeproof.lab.universe import CODES, VENUES, instruments
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.lab.config import LabConfig
    from routeproof.lab.market import MarketDay
    from routeproof.lab.provider_day import ProviderDay

_VALID_FROM = "2026-01-01"
_KINDS = {"lit": "exchange", "dark": "ats", "wholesaler": "wholesaler"}


def venues() -> pl.DataFrame:
    """The venues that the providers declare."""
    return pl.DataFrame(
        [
            {"mic": one.mic, "name": one.name, "kind": _KINDS[one.kind], "operator": one.operator or one.name,
             "valid_from": _VALID_FROM}
            for one in VENUES
            if one.declared
        ]
    )  # fmt: skip


def securities() -> pl.DataFrame:
    """The instruments."""
    return pl.DataFrame(
        [
            {"symbol": one.symbol, "valid_from": _VALID_FROM, "listing": one.listing, "sp500": index % 2 == 0,
             "round_lot": 100, "tick": 0.01, "calendar": "xnys"}
            for index, one in enumerate(instruments())
        ]
    )  # fmt: skip


def fee_schedules() -> pl.DataFrame:
    """Fee and rebate per share and liquidity, as published by each declared venue."""
    rows = []
    for one in VENUES:
        if one.declared:
            rows.append((one.mic, _VALID_FROM, "removed", one.fee_usd, 0.0))
            rows.append((one.mic, _VALID_FROM, "added", 0.0, one.rebate_usd))
    names = ["venue", "valid_from", "liquidity", "fee_usd_per_share", "rebate_usd_per_share"]
    return pl.DataFrame(rows, schema=names, orient="row")


def payments_of_day(day: ProviderDay) -> pl.DataFrame:
    """What each venue owes the firm for one day's flow: `provider_id`, `venue`, `payment_usd`."""
    rate = pl.lit(pl.Series([one.payment_usd for one in VENUES])).gather(pl.col("venue"))
    stands = day.executions.filter((pl.col("later") != "busted") & (rate > 0))
    return (
        stands.group_by(
            pl.lit(day.provider.comp_id).alias("provider_id"),
            pl.lit(pl.Series(CODES)).gather(pl.col("venue")).alias("mic"),
        )
        .agg((rate * pl.col("quantity") / SCALE).sum().alias("payment_usd"))
        .sort("mic")
    )


def market_events(market: MarketDay) -> pl.DataFrame:
    """Halts of the day."""
    rows = [
        {"symbol": market.symbols[symbol].symbol, "from": iso(start), "to": iso(end), "kind": "halt"}
        for symbol, start, end in market.halts
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("symbol", "from", "to", "kind"), pl.String))


def auctions(config: LabConfig, market: MarketDay) -> pl.DataFrame:
    """Official opening and closing prices of the day."""
    parts = [
        pl.DataFrame(
            {
                "symbol": [one.symbol for one in market.symbols],
                "at_ns": at,
                "kind": [kind] * len(market.symbols),
                "price": price / SCALE,
            }
        )
        for kind, at, price in zip(
            ("open", "close"), auction_times(config, market), official_prices(market), strict=True
        )
    ]
    return pl.concat(parts)


def monthly(parts: Sequence[pl.DataFrame], months: Sequence[str]) -> pl.DataFrame:
    """Payments by venue, provider and month from the days' payments; whole cents."""
    every = [part.with_columns(month=pl.lit(month)) for part, month in zip(parts, months, strict=True)]
    total = pl.concat(every).group_by("mic", "provider_id", "month").agg(pl.col("payment_usd").sum().round(2))
    return total.sort("month", "provider_id", "mic").select(
        pl.col("mic").alias("venue"), "provider_id", "month", "payment_usd"
    )


def iso(at: int) -> str:
    """An instant of whole seconds in ISO 8601 with offset."""
    return datetime.fromtimestamp(at // NS_PER_S, UTC).isoformat()
