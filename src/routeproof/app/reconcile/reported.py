"""What a provider reported: its orders, fills and figures, as the lake holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.reconcile.definitions import claim_of
from routeproof.tables.canonical.vendor_executions import VENDOR_EXECUTIONS
from routeproof.tables.canonical.vendor_orders import VENDOR_ORDERS
from routeproof.tables.canonical.vendor_statistics import VENDOR_STATISTICS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.stores.lake import Lake

EARLIER = "vendor_figures"
"""The earlier, narrower form of `vendor_orders`."""
TABLES_READ = (VENDOR_ORDERS.name, EARLIER, VENDOR_EXECUTIONS.name, VENDOR_STATISTICS.name)
_NAMES = ("order_id", "client_order_id")
_NAMED = ["provider_id", "trading_day", *_NAMES]


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


def report_of(lake: Lake, provider: str, first: date, last: date, manifest: str | None = None) -> Report:
    """The provider's report of the days from `first` to `last`; its figures of every period.

    Rows that name no provider are its own where no order of the lake is another's.
    """
    others = ordering_providers(lake)
    own = pl.col("provider_id").is_in([provider, *([""] if others <= {provider} else [])])
    within = [day for day in reported_days(lake) if first <= day <= last]
    return Report(
        orders=reported_orders(lake, within, manifest).filter(own),
        fills=reported_fills(lake, within, manifest).filter(own),
        statistics=lake.read(VENDOR_STATISTICS.name, manifest=manifest).filter(own),
    )


def ordering_providers(lake: Lake) -> set[str]:
    """Providers that some order of the lake names."""
    named = lake.scan("parent_orders", columns=["provider_id"]).unique().collect()["provider_id"]
    return {name for name in named.to_list() if name}


def reported_days(lake: Lake) -> tuple[date, ...]:
    """Days that some provider's orders or fills were reported for, ascending."""
    names = (VENDOR_ORDERS.name, EARLIER, VENDOR_EXECUTIONS.name)
    return tuple(sorted({day for name in names for day in lake.days(name)}))


def providers_of_days(lake: Lake, days: Sequence[date], manifest: str | None = None) -> list[str]:
    """Providers, by name, that reported orders or fills of some days.

    A report that names none is that of the only provider whose orders the lake has.
    """
    read = [lake.read(table, days, ["provider_id"], manifest=manifest) for table in TABLES_READ[:-1]]
    return _named(lake, {name for rows in read for name in rows["provider_id"]})


def providers_reporting(lake: Lake, first: date, last: date) -> list[str]:
    """The same of days from `first` to `last`, and providers that stated figures of that time."""
    days = [day for day in reported_days(lake) if first <= day <= last]
    rows = lake.read(VENDOR_STATISTICS.name).to_dicts()
    stating = {str(row["provider_id"]) for row in rows if claim_of(row, first, last) is not None}
    return sorted({*providers_of_days(lake, days), *_named(lake, stating)})


def _named(lake: Lake, names: set[str]) -> list[str]:
    others = ordering_providers(lake)
    return sorted((names - {""}) | (others if "" in names and len(others) == 1 else set()))


def reported_orders(lake: Lake, days: Sequence[date], manifest: str | None = None) -> pl.DataFrame:
    """Canonical `vendor_orders` of days, with what was read as `vendor_figures` where the same order has no row.

    Of an order that a file taken in later states again, that file's rows stand.
    """
    orders = _newest(lake, lake.read(VENDOR_ORDERS.name, days, manifest=manifest), pl.coalesce(*_NAMES))
    figures = VENDOR_ORDERS.conform(lake.read(EARLIER, days, manifest=manifest))
    return pl.concat([orders, figures.join(orders, on=_NAMED, how="anti", nulls_equal=True)])


def reported_fills(lake: Lake, days: Sequence[date], manifest: str | None = None) -> pl.DataFrame:
    """Canonical `vendor_executions` of days; of a fill that a later file states again, that file's rows stand."""
    return _newest(lake, lake.read(VENDOR_EXECUTIONS.name, days, manifest=manifest), pl.col("execution_id"))


def reported_by_fills(
    lake: Lake, days: Sequence[date], orders: pl.DataFrame, manifest: str | None = None
) -> pl.DataFrame:
    """Canonical `vendor_orders` rows that follow from the fills of providers that reported no orders on a day.

    Shares, average price and improvement are sums over the order's reported fills; fills without an order's name are
    left out, and improvement is null where a fill states none. `orders` are those of `reported_orders` of the days.
    """
    fills = reported_fills(lake, days, manifest)
    told = orders.select("provider_id", "trading_day").unique()
    alone = fills.join(told, on=["provider_id", "trading_day"], how="anti")
    named = alone.filter(pl.col("order_id").is_not_null() | pl.col("client_order_id").is_not_null())
    paid = (pl.col("price").cast(pl.Int128) * pl.col("quantity").cast(pl.Int128)).sum()
    summed = named.group_by(_NAMED, maintain_order=True).agg(
        pl.col("symbol", "source_id", "source_row", "firm_id").first(),
        pl.col("quantity").sum().alias("filled_quantity"),
        (paid // pl.col("quantity").cast(pl.Int128).sum()).cast(pl.Int64).alias("average_price"),
        pl.when(pl.col("improvement_usd").is_null().any())
        .then(None)
        .otherwise(pl.col("improvement_usd").sum())
        .alias("improvement_usd"),
    )
    return VENDOR_ORDERS.conform(summed)


def _newest(lake: Lake, rows: pl.DataFrame, name: pl.Expr) -> pl.DataFrame:
    """Without rows of what a file taken in later states again; what one file names twice, or not at all, stays."""
    arrived = pl.col("source_id").replace_strict(lake.arrivals(), default=-1, return_dtype=pl.Int64)
    last = arrived == arrived.max().over("provider_id", "trading_day", name)
    return rows.filter(name.is_null() | last)
