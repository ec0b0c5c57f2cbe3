"""Parent orders by name, security, provider and day: a page of them, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.orders.timeline import decimal_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.lake import Lake

MOST = 200
COLUMNS = ("order_id", "trading_day", "received_at", "provider_id", "symbol", "side", "refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders; what is null does not narrow.

    Attributes:
        order_id: the whole identity, or its beginning.
        symbol: ticker.
        provider: id.
        first, last: days of receipt.
    """

    order_id: str | None = None
    symbol: str | None = None
    provider: str | None = None
    first: date | None = None
    last: date | None = None


def find_orders(context: Context, wanted: OrderFilter, most: int = MOST) -> dict[str, Any]:
    """`{"orders", "total", "days"}`: the newest orders that pass, and how many pass; quantities are decimal text."""
    lake = context.lake
    manifest = lake.manifest().id
    days = [day for day in lake.days("parent_orders", manifest) if _inside(day, wanted)]
    newest = _newest(lake, manifest, days, wanted, most)
    found = newest.sort("received_at", "order_id", descending=[True, False]).head(most)
    first = _first_terms(context, manifest, found)
    rows = found.join(first, on="order_id", how="left", maintain_order="left")
    return {
        "orders": [_row(row) for row in rows.iter_rows(named=True)],
        "total": _total(lake, manifest, days, wanted),
        "days": len(days),
    }


def _newest(lake: Lake, manifest: str, days: Sequence[date], wanted: OrderFilter, most: int) -> pl.DataFrame:
    """Orders that pass, of as many days from the last one back as hold `most` of them."""
    found = [lake.scan("parent_orders", [], COLUMNS, manifest=manifest).collect()]
    for day in reversed(days):
        if sum(part.height for part in found) >= most:
            break
        found.append(lake.scan("parent_orders", [day], COLUMNS, manifest=manifest).filter(_passes(wanted)).collect())
    return pl.concat(found)


def _total(lake: Lake, manifest: str, days: Sequence[date], wanted: OrderFilter) -> int:
    if not (wanted.order_id or wanted.symbol or wanted.provider):
        return lake.rows_held("parent_orders", days, manifest)
    held = lake.scan("parent_orders", days, manifest=manifest).filter(_passes(wanted))
    return int(held.select(pl.len()).collect().item())


def _inside(day: date, wanted: OrderFilter) -> bool:
    return (wanted.first is None or day >= wanted.first) and (wanted.last is None or day <= wanted.last)


def _passes(wanted: OrderFilter) -> pl.Expr:
    passes = pl.lit(value=True)
    if wanted.order_id:
        passes &= pl.col("order_id").str.starts_with(wanted.order_id)
    if wanted.symbol:
        passes &= pl.col("symbol") == wanted.symbol
    if wanted.provider:
        passes &= pl.col("provider_id") == wanted.provider
    return passes


def _first_terms(context: Context, manifest: str, orders: pl.DataFrame) -> pl.DataFrame:
    """Terms of the orders as they came in."""
    days = orders["trading_day"].drop_nulls().unique().to_list()
    columns = ["order_id", "version", "effective_at", "quantity", "order_type", "limit_price", "time_in_force"]
    versions = context.lake.scan("order_versions", days, columns, manifest=manifest)
    own = versions.filter(pl.col("order_id").is_in(orders["order_id"].to_list())).collect()
    first = own.sort("version", "effective_at").unique("order_id", keep="first", maintain_order=True)
    return first.drop("version", "effective_at")


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "trading_day": row["trading_day"].isoformat(),
        "received_at": str(row["received_at"]),
        "quantity": decimal_text(row["quantity"]),
        "limit_price": decimal_text(row["limit_price"]),
    }


def newest_order(context: Context) -> str | None:
    """Identity of an order of the newest day; null in an empty lake."""
    lake = context.lake
    manifest = lake.manifest().id
    days = lake.days("parent_orders", manifest)
    if not days:
        return None
    found = lake.scan("parent_orders", [days[-1]], ["order_id"], manifest=manifest).head(1).collect()
    return str(found["order_id"][0]) if found.height else None
