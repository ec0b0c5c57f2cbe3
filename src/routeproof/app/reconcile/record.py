"""The firm's own record of what a provider was given and filled in a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.intake.fix_sources import fix_sources
from routeproof.app.reconcile.names import MESSAGE_COLUMNS, fill_names, order_names
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.commits import source_outcomes
from routeproof.vocab import quote_status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake
    from routeproof.stores.records import Records

FILL_COLUMNS = (
    "provider",
    "execution_id",
    "order_id",
    "symbol",
    "side",
    "executed_at",
    "reported_at",
    "price",
    "quantity",
    "venue",
    "status",
    "trading_day",
    "source_id",
    "source_row",
    "execution_bid",
    "execution_ask",
    "execution_status",
)
"""What is kept of measured executions."""
_ORDER_COLUMNS = (
    "order_id",
    "provider_id",
    "symbol",
    "side",
    "received_at",
    "refused",
    "trading_day",
    "source_id",
    "source_row",
)


@dataclass(frozen=True, slots=True)
class Told:
    """Who told what: source to provider, and how each provider's child orders name their parent (empty = unsaid)."""

    providers: Mapping[str, str]
    parent: str

    def provider(self, own: str) -> pl.Expr:
        """The provider of rows: their own where one is named, else that of their source."""
        by_source = pl.col("source_id").replace_strict(dict(self.providers), default=None, return_dtype=pl.String)
        return pl.coalesce(pl.when(pl.col(own) != "").then(own), by_source)


@dataclass(frozen=True, slots=True)
class Record:
    """Our side of a comparison.

    Attributes:
        orders: all of the provider's orders, `wanted` where the period's report should name them; with `quantities`
            and `limits` of their versions.
        fills: the period's fills, `far` the touch on the other side when each traded (null without a usable quote),
            `middle2` twice the midpoint then; busted ones too (`busted`).
        order_names: `id, name, day, method`.
        fill_names: the same of fills.
    """

    orders: pl.DataFrame
    fills: pl.DataFrame
    order_names: pl.DataFrame
    fill_names: pl.DataFrame


def told_by(records: Records, provider: str) -> Told:
    """Which source speaks of which provider, as was said at intake."""
    outcomes = source_outcomes(records)
    named = {item.source_id: str(item.outcome["provider"]) for item in outcomes if item.outcome.get("provider")}
    logs = fix_sources({item.source_id: item.outcome for item in outcomes})
    links = [log.sections.get("link") for log in logs.values() if log.provider_id == provider]
    parents = [str(link["parent"]) for link in links if isinstance(link, dict) and link.get("parent")]
    return Told(named, parents[-1] if parents else "")


def record_of(
    lake: Lake,
    manifest: str,
    own: pl.Expr,
    orders: pl.DataFrame,
    measured: pl.DataFrame,
    days: Sequence[date],
    *,
    within: Sequence[date] | None = None,
) -> Record:
    """Orders, fills and their names.

    Args:
        lake: canonical tables.
        manifest: as known at this commit.
        own: true of rows of the provider, null where nobody says whose they are: see `Told`.
        orders: as `orders_of`.
        measured: executions of the days, `FILL_COLUMNS`; those of others are left out.
        days: trading days of the period.
        within: days whose messages and routes give names; all if omitted.
    """
    fills = _fills(lake, manifest, own, measured, orders, days)
    logged = FIX_MESSAGES.name in {table for table, _ in lake.manifest(manifest).partitions}
    messages = lake.read(FIX_MESSAGES.name, within, MESSAGE_COLUMNS, manifest=manifest) if logged else _no_messages()
    routes = lake.read("routes", within, columns=["route_id", "order_id", "trading_day"], manifest=manifest)
    seen = lake.read("sightings", days, ["execution_id", "exec_id_seen"], manifest=manifest)
    return Record(
        orders=orders,
        fills=fills,
        order_names=order_names(
            orders,
            routes.join(orders, on="order_id", how="semi"),
            messages.join(orders, on="source_id", how="semi"),
        ),
        fill_names=fill_names(fills, seen.join(fills, on="execution_id", how="semi")),
    )


def _no_messages() -> pl.DataFrame:
    schema = dict.fromkeys(MESSAGE_COLUMNS, pl.String) | {"source_row": pl.Int64, "trading_day": pl.Date}
    return pl.DataFrame(schema=schema)


def no_fills() -> pl.DataFrame:
    """Measured executions, `FILL_COLUMNS`, of which there are none."""
    text, number = pl.String(), pl.Int64()
    texts = ("provider", "execution_id", "order_id", "symbol", "side", "venue", "status", "source_id")
    schema = {name: text if name in texts else number for name in FILL_COLUMNS} | {"trading_day": pl.Date()}
    return pl.DataFrame(schema=schema)


def orders_of(
    lake: Lake, manifest: str, provider: str, told: Told, days: Sequence[date], *, within: Sequence[date] | None = None
) -> pl.DataFrame:
    """All orders of a provider, as `Record.orders`; with `within`, those of these days alone."""
    every = lake.scan("parent_orders", within, columns=_ORDER_COLUMNS, manifest=manifest)
    own = every.filter(told.provider("provider_id") == provider).collect()
    own = own.unique("order_id", keep="first", maintain_order=True)
    wanted = ~pl.col("refused") & pl.col("trading_day").is_in(list(days))
    terms = ["order_id", "version", "quantity", "limit_price"]
    versions = lake.scan("order_versions", within, columns=terms, manifest=manifest).collect()
    by_order = (
        versions.join(own, on="order_id", how="semi")
        .sort("order_id", "version")
        .group_by("order_id", maintain_order=True)
        .agg(pl.col("quantity").drop_nulls().alias("quantities"), pl.col("limit_price").drop_nulls().alias("limits"))
    )
    return own.with_columns(wanted.alias("wanted")).join(by_order, on="order_id", how="left", maintain_order="left")


def _fills(
    lake: Lake, manifest: str, own: pl.Expr, measured: pl.DataFrame, orders: pl.DataFrame, days: Sequence[date]
) -> pl.DataFrame:
    """Standing fills, and busted ones beside them; `amended` = busted or corrected."""
    usable = pl.col("execution_status") == quote_status.OK
    far = pl.when(pl.col("side") == "buy").then("execution_ask").otherwise("execution_bid")
    ours = own | (own.is_null() & pl.col("order_id").is_in(orders["order_id"].implode()))
    standing = measured.filter(ours).with_columns(
        pl.when(usable).then(far).alias("far"),
        pl.when(usable).then(pl.col("execution_bid") + pl.col("execution_ask")).alias("middle2"),
        pl.lit(value=False).alias("busted"),
    )
    raw = lake.read("executions", days, manifest=manifest)
    changed = raw.filter(pl.col("status") != "new")
    named = pl.concat([changed["execution_id"], changed["refers_to"].drop_nulls()]).unique().implode()
    gone = (
        raw.filter(pl.col("execution_id").is_in(named))
        .with_columns(pl.lit(None, dtype=pl.String).alias("provider"), pl.lit(value=True).alias("busted"))
        .filter(ours)
        .join(standing, on="execution_id", how="anti")
        .unique("execution_id", keep="first", maintain_order=True)
    )
    beside = gone.select(name for name in gone.columns if name in standing.columns)
    both = pl.concat([standing, beside], how="diagonal_relaxed")
    return both.with_columns(pl.col("execution_id").is_in(named).alias("amended"))
