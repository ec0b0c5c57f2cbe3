"""Orders, routes and executions out of the lake as Rule 606 looks at them, a day at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.linked_fills import with_earlier
from routeproof.app.shipped_rules import rules_of
from routeproof.metrics.rule606.customer_handling import spread_side
from routeproof.metrics.rule606.orders import is_option, market_value_usd, order_kind, without_quote
from routeproof.metrics.rule606.payments import schedule_on, with_charges
from routeproof.metrics.rule606.venues import reported_routes, venue_of_executions
from routeproof.tables.measured.executions import measure_executions
from routeproof.tables.measured.rows import midpoint_sum
from routeproof.tables.measured.standing_rows import standing_executions, terms_of_every_order, with_order_of_route
from routeproof.tables.measured.version_terms import version_terms
from routeproof.tables.measured.versions import measure_versions
from routeproof.tables.session_clock import hours_frame
from routeproof.tables.switches import Switches
from routeproof.tables.wide import among

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import DayRules

SWITCHES = Switches(locked="include")
"""Quotes strictly before an event; a locked quote has a midpoint."""

OF_ROUTE = (
    "route_id",
    "order_id",
    "parent_route_id",
    "hop",
    "venue",
    "sent_at",
    "cancelled_at",
    "quantity",
    "time_in_force",
    "provider_id",
)
OF_EXECUTION = (
    "execution_id",
    "route_id",
    "order_id",
    "provider_id",
    "executed_at",
    "symbol",
    "side",
    "price",
    "quantity",
    "venue",
    "liquidity",
    "capacity",
    "fee",
    "rebate",
    "payment",
    "spread_side",
)


@dataclass(frozen=True, slots=True)
class Moves:
    """What a day's routes and executions were, with the venue of each as the report names it.

    Attributes:
        routes: of `reported_routes`.
        executions: with `reported_venue, reported_route, charged_e18`.
        unlinked_routes: routes to venues of no known order.
    """

    routes: pl.DataFrame
    executions: pl.DataFrame
    unlinked_routes: int


class Flow606:
    """The lake as of one manifest, with the rules in force."""

    def __init__(self, context: Context, manifest: str, rules: DayRules, agents: Mapping[str, str]) -> None:
        self.source = LakeSource(context.lake, manifest)
        self.manifest = manifest
        self.agents = agents
        self._lake = context.lake
        self._rules = rules
        self._fees = context.lake.read("fee_schedules", manifest=manifest)

    def days(self, table: str, first: date, last: date | None = None) -> list[date]:
        """Days of a table from `first` to `last`, both included."""
        return [day for day in self._lake.days(table, self.manifest) if first <= day and (last is None or day <= last)]

    def rows_in_lake(self, table: str, days: Sequence[date]) -> int:
        """Rows that the manifest says the lake holds of these days: what the completeness statement counts."""
        wanted = {day.isoformat() for day in days}
        held = self._lake.manifest(self.manifest).partitions
        return sum(item.rows for (name, part), item in held.items() if name == table and part in wanted)

    def orders_with_terms(self, day: date, only: pl.Expr | None = None) -> pl.DataFrame:
        """Orders received on a day with the terms of their first version: `quantity, order_type, limit_price, …`."""
        orders = self.source.rows("parent_orders", day)
        chosen = orders if only is None else orders.filter(only)
        versions = terms_of_every_order(
            chosen, self.source.rows("order_versions", day).join(chosen, on="order_id", how="semi")
        )
        terms = version_terms(chosen, versions).unique("order_id", keep="first", maintain_order=True)
        accounts = chosen.select("order_id", "account_id", "trading_day")
        return terms.join(accounts, on="order_id", how="left", maintain_order="left").with_columns(
            is_option().fill_null(value=False).alias("is_option"),
            pl.col("trading_day").dt.truncate("1mo").alias("month"),
        )

    def orders_at_receipt(self, day: date) -> pl.DataFrame:
        """The same with `kind`, `without_quote` and `value_usd` by the quote in force strictly before receipt."""
        terms = self._with_hours(self.orders_with_terms(day), day)
        parts = [
            measure_versions(part, book, SWITCHES)
            .with_columns(order_kind())
            .with_columns(without_quote(), market_value_usd())
            for part, book in self._by_symbol(terms, day)
        ]
        return pl.concat(parts) if parts else terms

    def moves(self, day: date, orders: pl.DataFrame, *, sided: bool = False) -> Moves:
        """Routes sent and executions made on a day.

        Args:
            day: trading day.
            orders: `order_id, provider_id` of the orders asked about; executions of others are kept, unless `sided`.
            sided: only executions of the orders, with `spread_side`.
        """
        sent = self.source.rows("routes", day)
        standing = standing_executions(self.source.rows("executions", day))
        routes = self._with_earlier(day, sent, standing["route_id"])
        standing = with_order_of_route(standing, routes)
        linked = _with_provider(routes, orders, "inner")
        reported = reported_routes(linked.select(OF_ROUTE), self.agents)
        fills = _with_provider(standing, orders, "inner" if sided else "left")
        placed = fills.with_columns(pl.lit(None, dtype=pl.String).alias("spread_side"))
        if sided:
            placed = self._sided(fills, day)
        charged = with_charges(placed.select(OF_EXECUTION), schedule_on(self._fees, day))
        lost = sent.filter(pl.col("order_id").is_null() & pl.col("venue").is_not_null()).height
        placed = venue_of_executions(charged, routes, reported, self.agents)
        return Moves(among(reported, sent, ["route_id"]), placed, lost)

    def _with_earlier(self, day: date, sent: pl.DataFrame, filled: pl.Series) -> pl.DataFrame:
        """The routes of a day, and of earlier days those that its fills name and those that any of these came from."""
        routes = with_earlier(self.source, day, sent, filled)
        while True:
            further = with_earlier(self.source, day, routes, routes["parent_route_id"])
            if further.height == routes.height:
                return routes
            routes = further

    def _sided(self, fills: pl.DataFrame, day: date) -> pl.DataFrame:
        parts = [
            measure_executions(part, book, SWITCHES)
            .with_columns(midpoint_sum("execution", SWITCHES.locked).alias("mid2"))
            .with_columns(spread_side())
            for part, book in self._by_symbol(self._with_hours(fills, day), day)
        ]
        if parts:
            return pl.concat(parts)
        return fills.with_columns(pl.lit(None, dtype=pl.String).alias("spread_side"))

    def _with_hours(self, rows: pl.DataFrame, day: date) -> pl.DataFrame:
        opened = hours_frame([day], self._rules.hours)
        return rows.with_columns(
            pl.lit(opened["open_at"][0], dtype=pl.Int64).alias("open_at"),
            pl.lit(opened["close_at"][0], dtype=pl.Int64).alias("close_at"),
        )

    def _by_symbol(self, rows: pl.DataFrame, day: date) -> Iterator[tuple[pl.DataFrame, QuoteBook]]:
        """Rows of some symbols each, with those symbols' quotes: few quotes are held at once."""
        quotes = self.source.quotes(day)
        for symbols in quotes.chunks(rows["symbol"].unique().to_list()):
            yield rows.filter(pl.col("symbol").is_in(symbols)), quotes.book(symbols)


def flow_of(context: Context, manifest: str, agents: Mapping[str, str]) -> Flow606:
    """The lake as of a manifest under the rules in force."""
    from routeproof.app.policy_in_force import policy_in_force  # noqa: PLC0415

    rules = rules_of(context.lake, manifest, policy_in_force(context.records).whole)
    return Flow606(context, manifest, rules, agents)


def _with_provider(rows: pl.DataFrame, orders: pl.DataFrame, how: Literal["inner", "left"]) -> pl.DataFrame:
    """Rows with `provider_id`: their own, or else their order's; with `inner` those of the orders alone."""
    of_order = orders.select("order_id", pl.col("provider_id").alias("of_order"))
    joined = rows.join(of_order, on="order_id", how=how, maintain_order="left")
    return joined.with_columns(pl.coalesce("provider_id", "of_order").alias("provider_id")).drop("of_order")
