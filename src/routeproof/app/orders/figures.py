"""What is measured of one order: the same look-ups and the same metrics as everywhere, over its rows alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.linked_fills import earlier_of
from routeproof.app.measuring.measure import null_reason
from routeproof.app.measuring.measure_range import measured_days
from routeproof.metrics.describe import described
from routeproof.metrics.measure import Grouping, collect, finish_all, merge
from routeproof.metrics.registry import BY_NAME
from routeproof.tables.measured.day import LONG_LIVED, DayRules
from routeproof.tables.registry import TABLES
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from routeproof.app.measuring.lake_source import LakeSource
    from routeproof.app.orders.rows import OrderRows
    from routeproof.metrics.measure import Partials
    from routeproof.metrics.metric import Frame
    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import MeasuredDay

FRAMES: tuple[Frame, ...] = ("executions", "orders", "routes")
OF_ORDER = (
    "executed_shares",
    "fill_rate_shares",
    "coverage",
    "quoted_spread_usd_per_share",
    "effective_spread_usd_per_share",
    "e_over_q",
    "price_improvement_usd_per_share",
    "price_improvement_usd",
    "realized_spread_usd_per_share_60s",
    "reversion_usd_per_share_1s",
    "reversion_usd_per_share_60s",
    "time_to_execution_ms_avg",
    "time_to_first_fill_ms_orders_avg",
    "time_to_last_fill_ms_orders_avg",
    "receipt_to_route_ms_avg",
    "route_to_ack_ms_avg",
    "route_to_execution_ms_avg",
    "arrival_slippage_bps",
    "vwap_slippage_bps",
    "auction_slippage_bps",
    "implementation_shortfall_bps",
    "fees_usd",
    "rebates_usd",
    "payments_usd",
    "net_cost_bps",
)
"""Metrics that say something of one order."""
OF_FILL = (
    "effective_spread_usd_per_share",
    "e_over_q",
    "price_improvement_usd_per_share",
    "time_to_execution_ms_avg",
    "reversion_usd_per_share_60s",
)
"""Metrics that stand beside each fill."""


@dataclass(frozen=True, slots=True)
class OneOrder:
    """A source of days that holds one order, its symbol's prints and quotes, and nothing else."""

    order: OrderRows
    lake: LakeSource

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        if table in self.order.tables:
            return self._own(table).filter(pl.col("trading_day") == day)
        return self.lake.lake.read(
            table, [day], TABLES[table].names, symbols=[self.order.symbol], manifest=self.lake.manifest
        )

    def _own(self, table: str) -> pl.DataFrame:
        return self.order.tables[table].select(TABLES[table].names)

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day."""
        return self.lake.book(day, symbols)

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Quotes of one day and one other kind."""
        found = self.lake.quotes_of(kind, day)
        return None if found is None else found.filter(pl.col("symbol") == self.order.symbol)

    def market_days(self) -> tuple[date, ...]:
        """Days that have quotes, ascending."""
        return self.lake.market_days()

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """The order's routes of days before that have these identities."""
        return earlier_of(self._own("routes"), day, route_ids)

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The order, if it may outlive its day."""
        orders, versions = (self._own(name) for name in ("parent_orders", "order_versions"))
        lasting = versions.filter(pl.col("time_in_force").is_in(LONG_LIVED)).select("order_id")
        return tuple(frame.join(lasting, on="order_id", how="semi") for frame in (orders, versions))  # type: ignore[return-value]

    def streamed(self) -> None:
        """Whole days answer."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`order`: one row per metric, with its definition; `fills`: metric to value by execution."""

    order: list[dict[str, Any]]
    fills: dict[str, dict[str, float | None]]


def figures_of(order: OrderRows, source: LakeSource, rules: DayRules) -> Figures:
    """Measure one order at its receipt, and each of its fills."""
    measured = list(measured_days(OneOrder(order, source), order.days, rules, Switches()))
    whole = _finished(measured, Grouping((), tuple(BY_NAME[name] for name in OF_ORDER)))
    fills = _finished(measured, Grouping(("execution_id",), tuple(BY_NAME[name] for name in OF_FILL)))
    values = whole.row(0, named=True)
    kinds = {row["name"]: row for row in described()}
    return Figures(
        order=[
            {
                **{key: kinds[name][key] for key in ("name", "label", "formula", "unit", "sign", "source")},
                "value": values[name],
                "reason": None if values[name] is not None else null_reason(name, ()),
            }
            for name in OF_ORDER
        ],
        fills={str(row["execution_id"]): {name: row[name] for name in OF_FILL} for row in fills.iter_rows(named=True)},
    )


def _finished(measured: Iterable[MeasuredDay], grouping: Grouping) -> pl.DataFrame:
    parts: dict[Frame, list[Partials]] = {frame: [] for frame in FRAMES}
    for day in measured:
        for frame in FRAMES:
            rows: pl.DataFrame = getattr(day, frame)
            if rows.width and grouping.of(frame):
                parts[frame].append(collect(rows, grouping, frame))
    return finish_all({frame: merge(found, grouping.by) for frame, found in parts.items() if found}, grouping)
