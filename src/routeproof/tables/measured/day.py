"""One day measured: canonical tables and the day's quotes in, measured rows out; orders that live on are carried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.auction_price import with_auction_price
from routeproof.tables.lookup.best_displayed import with_best_touch
from routeproof.tables.lookup.market_flags import with_market_flags
from routeproof.tables.lookup.vwap import with_interval_vwap
from routeproof.tables.measured.executions import measure_executions
from routeproof.tables.measured.fade import with_fade_base, with_faded
from routeproof.tables.measured.order_class import order_group
from routeproof.tables.measured.order_size import DEFAULT_ROUND_LOT, SizeScheme, lot, size_bucket
from routeproof.tables.measured.orders import OF_FILLS, measured_orders
from routeproof.tables.measured.routes import measure_routes, route_outcomes
from routeproof.tables.measured.rows import calendar_dimensions, join_routes, join_versions, measured_rows, midpoint_sum
from routeproof.tables.measured.sweeps import with_sweeps
from routeproof.tables.measured.tape import measured_prints
from routeproof.tables.measured.version_terms import KEY
from routeproof.tables.measured.versions import measure_versions, resume_versions
from routeproof.tables.session_clock import SessionHours, hours_frame
from routeproof.tables.wide import among, but

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.policy.dated import Timeline
    from routeproof.policy.market_rules import RoundLots
    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.switches import Switches

LONG_LIVED = ("gtc", "gtd")
"""Times in force of orders that may outlive their day of receipt."""


@dataclass(frozen=True, slots=True)
class DayTables:
    """Canonical rows of one day; `terms` are `version_terms` whose clock starts that day.

    `odd_lots` and `venue_quotes` are quotes of those kinds, beside the reference book; `None` where there are none.
    """

    day: date
    terms: pl.DataFrame
    routes: pl.DataFrame
    executions: pl.DataFrame
    trades: pl.DataFrame
    status: pl.DataFrame
    auctions: pl.DataFrame | None = None
    odd_lots: pl.DataFrame | None = None
    venue_quotes: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class DayRules:
    """What the measurement needs to know beside the data: session hours, size buckets, round lots.

    Attributes:
        hours: of each day.
        size_schemes: by date.
        round_lots: `symbol, valid_from, round_lot` (1e-9 shares), one row per symbol and date; 100 where nothing is
            said of a day. The tier of a stock goes by its average price in an evaluation period, which no table has.
        lot_tiers: round lots by price, by date; only to say where 100 may be too many.
    """

    hours: SessionHours
    size_schemes: tuple[SizeScheme, ...] = ()
    round_lots: pl.DataFrame | None = None
    lot_tiers: Timeline[RoundLots] | None = None

    def round_lots_on(self, day: date) -> pl.DataFrame | None:
        """`symbol, round_lot` in force on a day, where any is declared."""
        if self.round_lots is None or self.round_lots.is_empty():
            return None
        begun = self.round_lots.filter(pl.col("valid_from") <= day).sort("symbol", "valid_from")
        return begun.unique("symbol", keep="last", maintain_order=True).select("symbol", "round_lot")


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """Measured rows: `executions` for every metric of fills, `orders` and `routes` for likelihood and outcomes."""

    executions: pl.DataFrame
    orders: pl.DataFrame
    routes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Carry:
    """What lives on after a day: measured versions and routes of long-lived orders, and fills that they had so far.

    `unclassed` are those of the fills whose order still waits to become executable: a later day may settle its class.
    """

    versions: pl.DataFrame | None = None
    routes: pl.DataFrame | None = None
    fills: pl.DataFrame | None = None
    unclassed: pl.DataFrame | None = None

    def is_open(self, day_opens_at: int) -> bool:
        """Whether an order is still open at an instant, so that the day's quotes may concern it."""
        alive = pl.col("ends_at").is_null() | (pl.col("ends_at") > day_opens_at)
        return self.versions is not None and bool(self.versions.select(alive.any()).item())


def measure_tape_day(tables: DayTables, book: QuoteBook, rules: DayRules, switches: Switches) -> MeasuredDay:
    """The day's eligible prints as measured rows; the tape has no orders and no routes."""
    trades = with_hours(tables.trades, tables.day, rules.hours)
    prints = measured_prints(trades, book, switches)
    return MeasuredDay(prints, pl.DataFrame(), pl.DataFrame())


def measure_day(
    tables: DayTables, book: QuoteBook, rules: DayRules, switches: Switches, carry: Carry
) -> tuple[MeasuredDay, Carry]:
    """One day's own flow as measured rows.

    Args:
        tables: canonical rows of the day.
        book: the day's reference quotes.
        rules: hours, size buckets, round lots.
        switches: how the market is looked up.
        carry: from the day before; empty at first.

    Returns:
        The measured day, without orders that may outlive it and without fills whose class a later day may settle, and
        what lives on.
    """
    return measure_day_together(tables, book, rules, (switches,), (carry,))[0]


def measure_day_together(
    tables: DayTables, book: QuoteBook, rules: DayRules, all_switches: Sequence[Switches], carries: Sequence[Carry]
) -> list[tuple[MeasuredDay, Carry]]:
    """The same under switches that differ in nothing but their benchmark; the market is looked up once."""
    looked = _looked_up(tables, book, rules, all_switches[0], carries[0])
    return [_settled(tables, looked, *own) for own in zip(all_switches, carries, strict=True)]


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """A day's own flow beside the market, before any benchmark is chosen.

    Attributes:
        versions: order versions alive on the day.
        routes: the day's routes.
        all_routes: the same, and those of orders that live on from earlier days.
        fills: standing executions with their order version, routes and quotes.
    """

    versions: pl.DataFrame
    routes: pl.DataFrame
    all_routes: pl.DataFrame
    fills: pl.DataFrame


def _looked_up(tables: DayTables, book: QuoteBook, rules: DayRules, switches: Switches, carry: Carry) -> _LookedUp:
    versions = day_versions(tables, book, rules, switches, carry)
    routes = with_fade_base(measure_routes(tables.routes, book, switches), tables.venue_quotes, switches)
    all_routes = routes if carry.routes is None else pl.concat([carry.routes, routes], how="diagonal_relaxed")
    counted = tables.executions.filter(pl.col("status") != "busted")
    looked = measure_executions(with_hours(counted, tables.day, rules.hours), book, switches)
    return _LookedUp(versions, routes, all_routes, join_routes(join_versions(looked, versions), all_routes))


def _settled(tables: DayTables, looked: _LookedUp, switches: Switches, carry: Carry) -> tuple[MeasuredDay, Carry]:
    versions, routes = looked.versions, looked.routes
    rows = measured_rows(looked.fills, switches)
    rows = with_best_touch(with_interval_vwap(rows, tables.trades, switches.shift_ns), tables.odd_lots, switches)
    rows = with_auction_price(rows, tables.auctions)
    lasting = versions.filter(pl.col("time_in_force").is_in(LONG_LIVED))
    long_versions = among(versions, lasting, ["order_id"])
    closing = but(versions, long_versions, ["order_id"])
    orders = measured_orders(closing, rows.select(OF_FILLS).join(closing, on="order_id", how="semi"))
    ended = but(routes, long_versions, ["order_id"])
    swept = with_sweeps(with_faded(route_outcomes(ended, rows)), rows, tables.venue_quotes, switches)
    outcomes = _with_order_dimensions(swept, closing)
    living = among(rows, long_versions, ["order_id"])
    waiting = long_versions.filter(pl.col("order_class") == "never_executable").select(KEY)
    return MeasuredDay(but(rows, waiting, KEY), orders, outcomes), Carry(
        versions=long_versions,
        routes=among(looked.all_routes, long_versions, ["order_id"]),
        fills=_after(carry.fills, living),
        unclassed=_after(carry.unclassed, among(living, waiting, KEY)),
    )


def _after(earlier: pl.DataFrame | None, rows: pl.DataFrame) -> pl.DataFrame:
    return rows if earlier is None else pl.concat([earlier, rows], how="diagonal_relaxed")


def close_long_lived(carry: Carry) -> MeasuredDay | None:
    """Orders and routes of the long-lived orders, with all fills they had, and the fills that waited for their class.

    `None` if there are none.
    """
    if carry.versions is None or carry.fills is None or carry.routes is None or carry.versions.is_empty():
        return None
    outcomes = _with_order_dimensions(with_faded(route_outcomes(carry.routes, carry.fills)), carry.versions)
    orders = measured_orders(carry.versions, carry.fills)
    return MeasuredDay(_classed(carry.unclassed, carry.versions), orders, outcomes)


def _classed(fills: pl.DataFrame | None, versions: pl.DataFrame) -> pl.DataFrame:
    """Fills with the class that their order version came to have."""
    if fills is None or fills.is_empty():
        return pl.DataFrame()
    settled = versions.select(*KEY, "order_class", "order_group")
    bare = fills.drop("order_class", "order_group")
    return bare.join(settled, on=KEY, how="left", maintain_order="left").select(fills.columns)


def with_hours(frame: pl.DataFrame, day: date, hours: SessionHours) -> pl.DataFrame:
    """The frame with `open_at, close_at` of a day's regular hours; both null where it has no session."""
    opened = hours_frame([day], hours)
    return frame.with_columns(
        pl.lit(opened["open_at"][0], dtype=pl.Int64).alias("open_at"),
        pl.lit(opened["close_at"][0], dtype=pl.Int64).alias("close_at"),
    )


def day_versions(tables: DayTables, book: QuoteBook, rules: DayRules, switches: Switches, carry: Carry) -> pl.DataFrame:
    """Order versions alive on a day, measured and with their dimensions: the day's own, and those of the carry."""
    terms = with_hours(tables.terms, tables.day, rules.hours).with_columns(pl.lit(tables.day).alias("trading_day"))
    sized = _sized(measure_versions(terms, book, switches), tables.day, rules, switches)
    parts = [with_market_flags(sized, tables.status)]
    opened = rules.hours(tables.day)
    if carry.versions is not None and (carry.versions.is_empty() or opened is None):
        parts.append(carry.versions)
    elif carry.versions is not None and opened is not None:
        alive = pl.col("ends_at").is_null() | (pl.col("ends_at") > opened[0])
        living = resume_versions(
            with_hours(carry.versions.filter(alive), tables.day, rules.hours), book, switches
        ).with_columns(_usable_mid2("end", switches.locked))
        parts += [carry.versions.filter(~alive), living]
    versions = pl.concat(parts, how="diagonal_relaxed")
    return _with_receipt_of_order(versions)


def _sized(versions: pl.DataFrame, day: date, rules: DayRules, switches: Switches) -> pl.DataFrame:
    is_buy = pl.col("side") == "buy"
    far_touch = pl.when(is_buy).then("receipt_ask").otherwise("receipt_bid").replace(0, None)
    contra = pl.when(is_buy).then("clock_ask_size").otherwise("clock_bid_size").replace(-1, None)
    round_lot = pl.lit(DEFAULT_ROUND_LOT)
    declared = rules.round_lots_on(day)
    if declared is not None:
        versions = versions.join(declared, on="symbol", how="left", maintain_order="left")
        round_lot = pl.col("round_lot").fill_null(DEFAULT_ROUND_LOT)
    return versions.with_columns(
        pl.coalesce("limit_price", far_touch).alias("size_price"),
        pl.when(pl.col("quantity") > contra)
        .then(pl.lit("beyond"))
        .when(contra.is_not_null())
        .then(pl.lit("within"))
        .alias("beyond_displayed"),
        lot(round_lot).alias("lot"),
        pl.col("provider_id").alias("provider"),
        pl.col("time_in_force").alias("tif"),
        *(_usable_mid2(point, switches.locked) for point in ("receipt", "decision", "end")),
    ).with_columns(size_bucket(rules.size_schemes).alias("size_bucket"))


def _usable_mid2(point: str, locked: str) -> pl.Expr:
    return midpoint_sum(point, locked).alias(f"{point}_mid2")


def _with_receipt_of_order(versions: pl.DataFrame) -> pl.DataFrame:
    """Arrival is the order's first receipt, whatever version is filled; without a decision time it is the decision."""
    decided = pl.when(pl.col("decided_at").is_null()).then("receipt_mid2").otherwise("decision_mid2")
    of_order = [pl.col("receipt_mid2").alias("arrival_mid2"), decided.alias("decision_mid2")]
    grouped = order_group().alias("order_group")
    if (versions["version"] == 1).all():  # every version is its order's first
        return versions.with_columns(*of_order, grouped)
    first = versions.sort("order_id", "version").unique("order_id", keep="first", maintain_order=True)
    bare = versions.drop("arrival_mid2", "decision_mid2", strict=False)
    return bare.join(first.select("order_id", *of_order), on="order_id", how="left").with_columns(grouped)


def _with_order_dimensions(routes: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Routes with class and size of the order version that they serve, its provider or their own, and the calendar."""
    of_order = versions.select("order_id", "version", "provider", "order_class", "order_group", "lot", "size_bucket")
    return (
        routes.with_columns(pl.col("version").fill_null(1))
        .join(of_order, on=["order_id", "version"], how="left")
        .with_columns(
            pl.coalesce("provider_id", "provider").alias("provider"),
            pl.col("time_in_force").alias("tif"),
            *calendar_dimensions("sent_at"),
        )
    )
