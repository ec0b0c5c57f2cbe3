"""The provider's own figures per order beside ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.reconcile.reported import reported_by_fills, reported_orders
from routeproof.tables.division import divided
from routeproof.tables.measured.rows import side_sign
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.stores.lake import Lake

_WIDE = pl.Int128()
_PLACE = ["source_id", "source_row"]
_MESSAGE = [*_PLACE, "cl_ord_id"]
_NO_MESSAGES = pl.DataFrame(schema={"source_id": pl.String, "source_row": pl.Int64, "cl_ord_id": pl.String})
_OWN = pl.Schema(
    {
        "order_id": pl.String(),
        "own_filled": pl.Int64(),
        "own_price": pl.Float64(),
        "own_improvement": pl.Float64(),
        "own_fills": pl.Int64(),
        "execution_ids": pl.List(pl.String()),
    }
)


def vendor_of_lake(
    lake: Lake, members: Mapping[str, pl.DataFrame | None], day: date, manifest: str
) -> pl.DataFrame | None:
    """`vendor_facts` of a day of the lake; figures change no manifest, so those of the newest commit count with it."""
    held = None if lake.manifest().id == manifest else manifest
    orders = reported_orders(lake, [day], held)
    figures = pl.concat([orders, reported_by_fills(lake, [day], orders, held)])
    logged = day in lake.days("fix_messages", manifest)
    messages = lake.read("fix_messages", [day], _MESSAGE, manifest=manifest) if logged else _NO_MESSAGES
    return vendor_facts(members, figures, messages)


def vendor_facts(
    members: Mapping[str, pl.DataFrame | None], figures: pl.DataFrame, messages: pl.DataFrame
) -> pl.DataFrame | None:
    """The member `vendor` of `Facts`: orders of providers that reported on the day, theirs beside ours.

    An order is found by its own identity, else by the ClOrdID of the message that opened it. Our side is of fills of
    the day; improvement is against the quote in force when each fill traded, as providers state it, and null where a
    fill has none.

    Args:
        members: `parents`, `fills` and `executions` of the day.
        figures: canonical `vendor_orders` of the day.
        messages: distinct FIX messages of the day.

    Returns:
        `provider, order_id, client_order_id, symbol, at` (receipt), `refused`, `known` (an order of ours), `reported`
        (a row of the provider's), `amended` (a fill of it was busted or corrected), `own_filled, vendor_filled`
        (1e-9 shares), `own_price` (1e-9 USD as a number), `vendor_price`, `own_improvement, vendor_improvement`
        (1e-9 USD), `own_fills` (count), `execution_ids` (empty without fills). Null if no
        provider reported, or no orders were received.
    """
    parents, fills, executions = (members.get(name) for name in ("parents", "fills", "executions"))
    if figures.is_empty() or parents is None or parents.is_empty():
        return None
    told = figures.select(
        pl.col("provider_id").alias("provider"),
        pl.coalesce("order_id", "client_order_id").alias("named"),
        pl.col("symbol").alias("vendor_symbol"),
        pl.col("filled_quantity").alias("vendor_filled"),
        pl.col("average_price").alias("vendor_price"),
        pl.col("improvement_usd").alias("vendor_improvement"),
        pl.lit(value=True).alias("reported"),
    ).unique(["provider", "named"], keep="first", maintain_order=True)
    reporting = told["provider"].unique().implode()
    ours = _with_names(parents.filter(pl.col("provider").is_in(reporting)), messages)
    by_id = told.join(ours.select("provider", pl.col("order_id").alias("named")), on=["provider", "named"], how="semi")
    named = pl.when(pl.col("order_id").is_in(by_id["named"].implode())).then("order_id").otherwise("client_order_id")
    joined = ours.with_columns(named.alias("named")).join(
        told, on=["provider", "named"], how="full", coalesce=True, maintain_order="left_right"
    )
    with_fills = joined.join(_own(fills), on="order_id", how="left", maintain_order="left")
    return with_fills.with_columns(
        pl.col("order_id").is_in(_amended(executions).implode()).fill_null(value=False).alias("amended"),
        pl.coalesce("symbol", "vendor_symbol").alias("symbol"),
        pl.col("reported").fill_null(value=False),
        pl.col("order_id").is_not_null().alias("known"),
        pl.when(pl.col("order_id").is_not_null()).then(pl.col("own_filled").fill_null(0)).alias("own_filled"),
        pl.col("own_fills").fill_null(0),
        pl.col("execution_ids").fill_null([]),
    ).drop("vendor_symbol")


def _with_names(parents: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """`provider, order_id, symbol, at, refused, source_id, source_row, client_order_id` of each order."""
    opened = messages.select(_MESSAGE).unique(_PLACE, keep="first", maintain_order=True)
    columns = ["provider", "order_id", "symbol", pl.col("received_at").alias("at"), "refused", *_PLACE]
    return (
        parents.select(columns)
        .join(opened, on=_PLACE, how="left", maintain_order="left")
        .rename({"cl_ord_id": "client_order_id"})
    )


def _amended(executions: pl.DataFrame | None) -> pl.Series:
    """Orders some fill of which was busted or corrected: reports are made before or after it."""
    if executions is None:
        return pl.Series([], dtype=pl.String)
    named = executions.group_by("execution_id").agg(pl.col("order_id").drop_nulls().first())
    changed = executions.filter(pl.col("status") != "new").select(pl.coalesce("refers_to", "execution_id").alias("of"))
    of_original = changed.join(named, left_on="of", right_on="execution_id", how="inner")["order_id"]
    own = executions.filter(pl.col("status") != "new")["order_id"]
    return pl.concat([of_original, own]).drop_nulls().unique().sort()


def _own(fills: pl.DataFrame | None) -> pl.DataFrame:
    """`order_id, own_filled, own_price, own_improvement, own_fills, execution_ids` by order."""
    if fills is None:
        return _OWN.to_frame()
    usable = pl.col("execution_status") == quote_status.OK
    far = pl.when(pl.col("side") == "buy").then("execution_ask").otherwise("execution_bid")
    gained = pl.when(usable).then(side_sign() * (far - pl.col("price")))
    quantity = pl.col("quantity").cast(_WIDE)
    sums = (
        fills.filter(pl.col("order_id").is_not_null())
        .with_columns(paid=quantity * pl.col("price").cast(_WIDE), gained=quantity * gained.cast(_WIDE))
        .group_by("order_id")
        .agg(
            pl.col("quantity").sum().alias("own_filled"),
            pl.col("paid").sum(),
            pl.when(pl.col("gained").is_null().any()).then(None).otherwise(pl.col("gained").sum()).alias("gained"),
            pl.len().cast(pl.Int64).alias("own_fills"),
            pl.col("execution_id").sort().alias("execution_ids"),
        )
    )
    return sums.select(
        "order_id",
        "own_filled",
        (pl.col("paid").cast(pl.Float64) / pl.col("own_filled").cast(pl.Float64)).alias("own_price"),
        divided(pl.col("gained"), SCALE).alias("own_improvement"),
        "own_fills",
        "execution_ids",
    ).cast(_OWN)
