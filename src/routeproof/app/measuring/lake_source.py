"""The lake, as of one manifest, as a source of days for measurement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.frame_source import REFERENCE_KINDS
from routeproof.app.measuring.linked_fills import earlier_of, linked_fills
from routeproof.stores.quote_reader import CHUNK_ROWS, DayQuotes, day_quotes
from routeproof.tables.measured.day import LONG_LIVED
from routeproof.tables.measured.day_flow import LINKING, ORDER_COLUMNS, VERSION_COLUMNS, DayFlow, day_flow
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from datetime import date

    from routeproof.stores.lake import Lake
    from routeproof.tables.lookup.quote_book import QuoteBook

FLOW_TABLES = ("parent_orders", "executions", "routes")


@dataclass(frozen=True, slots=True)
class LakeSource:
    """Days of the lake.

    Attributes:
        lake: where the files are.
        manifest: as known at this commit.
        population: `own` days are those with orders, routes or executions, `tape` days those with trades.
        chunk_rows: quotes of one day to hold at once.
    """

    lake: Lake
    manifest: str
    population: str = "own"
    chunk_rows: int = CHUNK_ROWS

    def days(self) -> tuple[date, ...]:
        """Days that the population has rows on, ascending."""
        return tuple(sorted({day for name in self._tables() for day in self.lake.days(name, self.manifest)}))

    def held(self) -> str:
        """From when to when there are days, or which tables would make one, in words for who asked for others."""
        days = self.days()
        if days:
            return f"it has {days[0]} to {days[-1]}"
        missing = " or ".join(name.replace("_", " ") for name in self._tables())
        return f"it has no {missing}: ingest some first"

    def _tables(self) -> tuple[str, ...]:
        return ("trades",) if self.population == "tape" else FLOW_TABLES

    def market_days(self) -> tuple[date, ...]:
        """Days that have quotes, ascending."""
        return tuple(sorted(self.lake.days("quotes", self.manifest)))

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        return self.lake.read(table, [day], manifest=self.manifest).select(TABLES[table].names)

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day."""
        return self.quotes(day).book(None if symbols is None else symbols.to_list())

    def streamed(self) -> LakeSource:
        """This source: its quotes are in order."""
        return self

    def quotes(self, day: date) -> DayQuotes:
        """Where the day's reference quotes are."""
        return replace(day_quotes(self.lake, day, REFERENCE_KINDS, self.manifest), chunk_rows=self.chunk_rows)

    def flow(self, day: date, columns: frozenset[str]) -> DayFlow:
        """The day's fills with these columns, and its order versions, linked."""
        fills = self.standing_fills(day, sorted({*LINKING, "route_id", "status", *columns}))
        orders, versions = (
            self.lake.read(name, [day], wanted, manifest=self.manifest)
            for name, wanted in (("parent_orders", ORDER_COLUMNS), ("order_versions", VERSION_COLUMNS))
        )
        return day_flow(day, fills, orders, versions, columns)

    def providers(self, day: date) -> set[str]:
        """Providers that orders, routes or fills of the day name."""
        tables = ("parent_orders", "routes", "executions")
        named = [self.lake.read(table, [day], ["provider_id"], manifest=self.manifest) for table in tables]
        return set(pl.concat(named)["provider_id"].drop_nulls().unique())

    def standing_fills(self, day: date, columns: list[str]) -> pl.DataFrame:
        """The day's fills as whole days take them: busts folded, orders found through routes.

        `columns` have `order_id`, `route_id` and `status` among them.
        """
        fills = self.lake.read("executions", [day], columns, manifest=self.manifest)
        lost = pl.col("order_id").is_null() & pl.col("route_id").is_not_null()
        is_plain = (pl.col("status") == "new").all() & ~lost.any()
        if fills.select(is_plain.alias("plain")).item():
            return fills
        routes = self.rows("routes", day).with_columns(pl.col("version").fill_null(1))
        return linked_fills(self, day, self.rows("executions", day), routes).select(columns)

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Canonical routes of days before that have these identities, each once, as sent last."""
        before = [other for other in self.lake.days("routes", self.manifest) if other < day]
        scan = self.lake.scan("routes", before, TABLES["routes"].names, manifest=self.manifest)
        return earlier_of(scan.filter(pl.col("route_id").is_in(route_ids.implode())).collect(), day, route_ids)

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Quotes of one day and one other kind; a file that says that it holds only reference quotes is not read."""
        if self.quotes(day).is_pure:
            return None
        scan = self.lake.scan("quotes", [day], TABLES["quotes"].names, manifest=self.manifest)
        found = scan.filter(pl.col("kind") == kind).collect()
        return found if found.height else None

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Orders that may outlive their day, and all their versions."""
        versions = self.lake.scan("order_versions", manifest=self.manifest)
        lasting = versions.filter(pl.col("time_in_force").is_in(LONG_LIVED)).select("order_id").unique()
        orders = self.lake.scan("parent_orders", manifest=self.manifest).join(lasting, on="order_id", how="semi")
        return orders.collect(), versions.join(lasting, on="order_id", how="semi").collect()
