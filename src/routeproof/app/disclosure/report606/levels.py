"""The de minimis levels of customers' handling reports, from the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.linked_fills import linked_fills
from routeproof.metrics.rule606.de_minimis import Levels, calendar_months

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.disclosure.report606.basis import Basis606
    from routeproof.app.disclosure.report606.flow import Flow606


def levels_606(flow: Flow606, basis: Basis606, customer: str, to: date) -> Levels:
    """Both levels over the six calendar months up to a day."""
    first, last = calendar_months(to)
    not_held = total = 0
    theirs: list[pl.DataFrame] = []
    for day in flow.days("parent_orders", first, last):
        stocks = flow.orders_with_terms(day).filter(~pl.col("is_option") & ~pl.col("refused"))
        total += _shares(stocks)
        not_held += _shares(stocks.filter(~pl.col("held")))
        theirs.append(stocks.filter((pl.col("account_id") == customer) & ~pl.col("held")).select("order_id"))
    orders = pl.concat(theirs) if theirs else pl.DataFrame(schema={"order_id": pl.String})
    notional = sum(_notional(flow, day, orders) for day in flow.days("executions", first, last)) if orders.height else 0
    return Levels(
        first=first,
        last=last,
        not_held_shares=not_held,
        all_shares=total,
        notional_e18=notional,
        below_percent=basis.rule.firm_de_minimis_below_percent.on_or_first(to).value,
        below_usd=basis.rule.customer_de_minimis_below_usd.on_or_first(to).value,
    )


def _shares(orders: pl.DataFrame) -> int:
    return int(orders.select(pl.col("quantity").cast(pl.Int128).sum()).item())


def _notional(flow: Flow606, day: date, orders: pl.DataFrame) -> int:
    linked = linked_fills(flow.source, day, flow.source.rows("executions", day), flow.source.rows("routes", day))
    own = linked.join(orders, on="order_id", how="semi")
    return int(own.select((pl.col("price").cast(pl.Int128) * pl.col("quantity")).sum()).item())
