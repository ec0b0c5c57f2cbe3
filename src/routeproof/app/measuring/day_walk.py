"""The days of a range and their tables: what every walk over canonical rows begins with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import polars as pl

from routeproof.app.measuring.linked_fills import linked_fills
from routeproof.tables.measured.day import DayTables
from routeproof.tables.measured.standing_rows import terms_of_every_order
from routeproof.tables.measured.version_terms import version_terms
from routeproof.tables.registry import TABLES
from routeproof.tables.session_clock import day_of
from routeproof.tables.wide import but, kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.measuring.stream_fills import FlowSource
    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import Carry, DayRules


class DaySource(Protocol):
    """Where canonical rows come from: frames in memory, or the lake as of a manifest."""

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day; empty if there are none."""
        ...

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day, of these symbols or of all."""
        ...

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Canonical quotes of another kind than the reference's; `None` if there are none."""
        ...

    def market_days(self) -> Sequence[date]:
        """Days that have quotes, ascending."""
        ...

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Canonical routes sent on days before `day` that have these identities, each once, as sent last."""
        ...

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Parent orders, and all their versions, of orders that may outlive their day, over all days."""
        ...

    def streamed(self) -> FlowSource | None:
        """The same source as one that can be streamed; `None` if it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class LongLived:
    """Orders that may outlive their day: canonical rows, and their terms with `clock_day`."""

    orders: pl.DataFrame
    terms: pl.DataFrame


def long_lived_of(source: DaySource) -> LongLived:
    """The long-lived orders of a source, over all its days."""
    orders, versions = source.long_lived()
    if orders.is_empty():
        return LongLived(orders, _no_terms())
    return LongLived(orders, _dated_terms(orders, versions))


def _dated_terms(orders: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    terms = version_terms(orders, terms_of_every_order(orders, versions))
    return terms.with_columns(day_of(pl.col("clock_at")).alias("clock_day"))


@cache
def _no_terms() -> pl.DataFrame:
    return _dated_terms(TABLES["parent_orders"].empty(), TABLES["order_versions"].empty())


def walked_days(source: DaySource, wanted: Sequence[date], lasting: LongLived) -> list[date]:
    """The wanted days, and all before the last of them on which a long-lived order begins or may meet the market."""
    begun = lasting.terms["clock_day"].drop_nulls().unique().sort().to_list()
    if not wanted or not begun:
        return list(wanted)
    earlier = {*begun, *source.market_days()}
    return sorted({*wanted, *(day for day in earlier if begun[0] <= day <= wanted[-1])})


def concerns(day: date, lasting: LongLived, carry: Carry, rules: DayRules) -> bool:
    """Whether a day concerns long-lived orders: some begin on it, or are still open when it opens."""
    hours = rules.hours(day)
    return bool((lasting.terms["clock_day"] == day).any()) or (hours is not None and carry.is_open(hours[0]))


def day_tables(source: DaySource, day: date, lasting: LongLived, *, vwap: bool = True) -> DayTables:
    """A day's canonical rows, each long-lived order on the day on which its clock starts; prints only for `vwap`."""
    routes = source.rows("routes", day).with_columns(pl.col("version").fill_null(1))
    return DayTables(
        day=day,
        terms=day_terms(day, source.rows("parent_orders", day), source.rows("order_versions", day), lasting),
        routes=routes,
        executions=linked_fills(source, day, source.rows("executions", day), routes),
        trades=source.rows("trades", day) if vwap else TABLES["trades"].empty(),
        status=source.rows("market_status", day),
        auctions=source.rows("auctions", day),
        odd_lots=source.quotes_of("odd_lot", day),
        venue_quotes=source.quotes_of("venue", day),
    )


def day_terms(day: date, orders: pl.DataFrame, versions: pl.DataFrame, lasting: LongLived) -> pl.DataFrame:
    """Terms of a day's orders, of long-lived ones on the day on which their clock starts."""
    short = but(orders, lasting.orders, ["order_id"])
    terms = version_terms(short, terms_of_every_order(short, versions))
    starts_today = kept(lasting.terms, pl.col("clock_day") == day)
    return pl.concat([terms, starts_today.select(terms.columns)]) if starts_today.height else terms


def symbols_of(tables: DayTables, carry: Carry) -> pl.Series:
    """Symbols of a day's flow, of the carry's orders too."""
    parts = [tables.terms["symbol"], tables.executions["symbol"], tables.routes["symbol"]]
    if carry.versions is not None:
        parts.append(carry.versions["symbol"])
    return pl.concat(parts).unique()
