"""What a provider reported: its orders, fills and figures, as the lake holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.stores.commits import source_outcomes
from routeproof.tables.vendor_executions import VENDOR_EXECUTIONS
from routeproof.tables.vendor_orders import VENDOR_ORDERS
from routeproof.tables.vendor_statistics import VENDOR_STATISTICS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake
    from routeproof.stores.records import Records

EARLIER = "vendor_figures"
"""The earlier, narrower form of `vendor_orders`."""
TABLES_READ = (VENDOR_ORDERS.name, EARLIER, VENDOR_EXECUTIONS.name, VENDOR_STATISTICS.name)
_NAMED = ["provider_id", "trading_day", "order_id", "client_order_id"]


@dataclass(frozen=True, slots=True)
class Report:
    """One provider's rows of a period, canonical: `orders`, `fills`, `statistics`; each may have no rows."""

    orders: pl.DataFrame
    fills: pl.DataFrame
    statistics: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Nothing was reported."""
        return self.orders.is_empty() and self.fills.is_empty() and self.statistics.is_empty()


def report_of(lake: Lake, records: Records, provider: str, first: date, last: date) -> Report:
    """The provider's report of the days from `first` to `last`; its figures of every period."""
    own = pl.col("provider_id") == provider
    within = [day for day in reported_days(lake) if first <= day <= last]
    rank = {outcome.source_id: place for place, outcome in enumerate(source_outcomes(records))}
    return Report(
        orders=reported_orders(lake, within).filter(own),
        fills=_newest(lake.read(VENDOR_EXECUTIONS.name, within).filter(own), rank),
        statistics=lake.read(VENDOR_STATISTICS.name).filter(own),
    )


def reported_days(lake: Lake) -> tuple[date, ...]:
    """Days that some provider's orders or fills were reported for, ascending."""
    names = (VENDOR_ORDERS.name, EARLIER, VENDOR_EXECUTIONS.name)
    return tuple(sorted({day for name in names for day in lake.days(name)}))


def reported_orders(lake: Lake, days: Sequence[date], manifest: str | None = None) -> pl.DataFrame:
    """Canonical `vendor_orders` of days, with what was read as `vendor_figures` where the same order has no row."""
    orders = lake.read(VENDOR_ORDERS.name, days, manifest=manifest)
    figures = VENDOR_ORDERS.conform(lake.read(EARLIER, days, manifest=manifest))
    return pl.concat([orders, figures.join(orders, on=_NAMED, how="anti", nulls_equal=True)])


def _newest(fills: pl.DataFrame, rank: Mapping[str, int]) -> pl.DataFrame:
    """Without rows of a fill that a file taken in later states again; what one file names twice stays twice."""
    arrived = pl.col("source_id").replace_strict(rank, default=-1, return_dtype=pl.Int64)
    of_fill = ["provider_id", "trading_day", "execution_id"]
    last = arrived == arrived.max().over(of_fill)
    return fills.filter(pl.col("execution_id").is_null() | last)
