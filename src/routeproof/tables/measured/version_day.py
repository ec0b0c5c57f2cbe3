"""One day's order versions with their fills, which is what Rule 605 counts; the look-ups are those of all figures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.best_displayed import with_best_touch
from routeproof.tables.lookup.market_flags import FLAGS
from routeproof.tables.lookup.printed_within import printed_within
from routeproof.tables.lookup.quote_book import look_up
from routeproof.tables.measured.day import LONG_LIVED, Carry, DayTables, day_versions, with_hours
from routeproof.tables.measured.executions import measure_executions
from routeproof.tables.measured.order_class import IMMEDIATE
from routeproof.tables.measured.rows import (
    assign_versions,
    filled_before_executable,
    horizon_midpoint,
    reference_quote,
    side_sign,
)
from routeproof.tables.measured.tape_shares import regular_prints
from routeproof.tables.measured.version_terms import KEY
from routeproof.tables.measured.versions import NOT_YET, first_executable
from routeproof.tables.session_clock import session_name
from routeproof.tables.text_link import rows_of
from routeproof.tables.wide import among, but
from routeproof.vocab import quote_status as status
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import DayRules
    from routeproof.tables.switches import Switches

OF_VERSION = (
    "side", "clock_start_at", "clock_at", "clock_bid", "clock_ask", "clock_bid_size", "clock_ask_size", "clock_status",
)  # fmt: skip
OF_FILL = (
    "place", "order_id", "version", "execution_id", "symbol", "side", "executed_at", "price", "quantity", "venue",
    "route_id", "trading_day", "session", "sign", "mid2", "quoted", "far_touch", "contra_size", "time_to_execution_ns",
    "best_touch",
    *(f"mid2_{name}" for name in HORIZONS_NS),
)  # fmt: skip
WAITING_CLASSES = ("non_marketable", "midpoint_or_better", "stop")
"""Classes by terms of which what the tape printed meanwhile is told."""


@dataclass(frozen=True, slots=True)
class VersionDay:
    """Order versions and fills.

    Attributes:
        versions: measured order versions, with `printed, printed_on_exchange` where there is a tape.
        fills: `OF_FILL` of every standing execution; `place` is its version's row in `versions`, null where it names
            no known order.
    """

    versions: pl.DataFrame
    fills: pl.DataFrame

    def placed_anew(self) -> VersionDay:
        """The same after rows were taken out or put together."""
        rows = self.versions.select(KEY).with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
        placed = self.fills.drop("place").join(rows, on=KEY, how="left", maintain_order="left")
        return VersionDay(self.versions, placed.select(OF_FILL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What decides which looked-up quotes count.

    Attributes:
        crossed: a crossed quote at the clock's start carries statistics too.
        event_quote: an order that waited has the quote that made it executable, not the one before.
        off_exchange: venues of prints that are no exchange.
    """

    crossed: bool
    event_quote: bool
    off_exchange: Collection[str]


def measure_version_day(
    tables: DayTables,
    book: QuoteBook,
    rules: DayRules,
    switches: Switches,
    readings: Readings,
    carry: VersionDay | None = None,
) -> tuple[VersionDay, VersionDay]:
    """One day's versions and fills.

    Args:
        tables: canonical rows of the day.
        book: the day's reference quotes.
        rules: hours and round lots.
        switches: how the market is looked up.
        readings: which quotes and prints count.
        carry: from the day before.

    Returns:
        What is complete with this day, and the orders that may outlive it with all fills that they had so far.
    """
    before = Carry() if carry is None else Carry(versions=carry.versions)
    versions = day_versions(tables, book, rules, switches, before)
    versions = _with_open_clocks(with_hours(versions, tables.day, rules.hours), book, switches, readings)
    if readings.event_quote:
        versions = _with_event_quotes(versions, book, switches)
    timed = with_hours(tables.executions, tables.day, rules.hours)
    looked = measure_executions(timed, book, switches)
    fills = with_best_touch(_fills(looked, versions, switches, readings), tables.odd_lots, switches)
    fills = _complete(fills)
    versions = _with_next_halt(versions, tables.status)
    trades = regular_prints(with_hours(tables.trades, tables.day, rules.hours))
    if not trades.is_empty():
        so_far = fills if carry is None else pl.concat([VersionDay(versions, carry.fills).placed_anew().fills, fills])
        timed_versions = with_hours(versions, tables.day, rules.hours)
        versions = _with_prints(timed_versions, so_far, trades, readings.off_exchange)
    lasting = versions.filter(pl.col("time_in_force").is_in(LONG_LIVED))
    if lasting.is_empty():
        return VersionDay(versions, fills), VersionDay(lasting, fills.clear() if carry is None else carry.fills)
    living = among(fills, lasting, ["order_id"])
    held = living if carry is None else pl.concat([carry.fills, living])
    done = VersionDay(but(versions, lasting, ["order_id"]), but(fills, lasting, ["order_id"]))
    return done.placed_anew(), VersionDay(lasting, held).placed_anew()


def _with_open_clocks(versions: pl.DataFrame, book: QuoteBook, switches: Switches, readings: Readings) -> pl.DataFrame:
    """Limits between midpoint and far quote that were received outside hours wait, as every non-marketable order does.

    Their clock starts once they are executable in regular hours, null while they are not; their class stays that of
    receipt. An immediate order does not wait. Source: 89 FR 26428, abstract; 17 CFR 242.600(b), executable.
    """
    is_early = (pl.col("terms_class") == "midpoint_or_better") & (pl.col("session") != "regular")
    unset = pl.col("clock_start_at").is_null() | (pl.col("clock_start_at") == pl.col("clock_at"))
    waits = is_early & unset & ~pl.col("time_in_force").is_in(IMMEDIATE).fill_null(value=False)
    rows = versions.select(waits.fill_null(value=False).alias("rows"))["rows"].arg_true()
    if rows.is_empty():
        return versions
    chosen = versions[rows].with_columns(pl.lit("non_marketable").alias("terms_class"))
    low, high = book.bounds(chosen["symbol"])
    starts = pl.Series(first_executable(chosen, book, low, high, switches.shift_ns)).replace(NOT_YET, None)
    instants = (starts + switches.shift_ns).fill_null(NOT_YET).to_numpy()
    inclusive = readings.event_quote or switches.tie == "inclusive"
    found = look_up(book, low, high, instants, inclusive=inclusive).columns("clock")
    timed = [starts.alias("executable_at"), starts.alias("clock_start_at"), *found]
    return versions.with_columns(versions[item.name].scatter(rows, item) for item in timed)


def _with_event_quotes(versions: pl.DataFrame, book: QuoteBook, switches: Switches) -> pl.DataFrame:
    """Versions whose clock started on this day after they had waited, with the quote of that very instant."""
    waited = pl.col("clock_start_at") > pl.max_horizontal("clock_at", pl.col("open_at") - 1)
    is_waiting = pl.col("terms_class").is_in(["non_marketable", "stop"])
    rows = versions.select((waited & is_waiting).fill_null(value=False).alias("rows"))["rows"].arg_true()
    if rows.is_empty():
        return versions
    chosen = versions[rows]
    instants = (chosen["clock_start_at"] + switches.shift_ns).to_numpy()
    found = look_up(book, *book.bounds(chosen["symbol"]), instants, inclusive=True).columns("clock")
    return versions.with_columns(versions[item.name].scatter(rows, item) for item in found)


def _complete(fills: pl.DataFrame) -> pl.DataFrame:
    absent = [pl.lit(None, dtype=pl.Int64).alias(name) for name in OF_FILL if name not in fills.columns]
    return fills.with_columns(absent).select(OF_FILL)


def _fills(looked: pl.DataFrame, versions: pl.DataFrame, switches: Switches, readings: Readings) -> pl.DataFrame:
    linked = _with_version(looked, versions)
    allowed = [status.OK]
    allowed += [status.LOCKED] if switches.locked == "include" else []
    allowed += [status.CROSSED] if readings.crossed else []
    timed = linked.with_columns(
        pl.coalesce("side", "order_side").alias("side"),
        *filled_before_executable(),
    )
    return timed.with_columns(
        side_sign("order_side").alias("sign"),
        *reference_quote("clock", pl.col("clock_status").is_in(allowed)),
        *(horizon_midpoint(name, switches.locked) for name in HORIZONS_NS),
        (pl.col("executed_at") - pl.col("clock_start_at")).alias("time_to_execution_ns"),
        session_name(pl.col("executed_at")).alias("session"),
    )


def _with_version(fills: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Fills with what their version brings; nulls where they name no known order."""
    renamed = {"side": "order_side", "clock_at": "version_clock_at"}
    wanted = versions.select(OF_VERSION).rename(renamed)
    if versions.height and versions["version"].max() == 1 and fills["version"].fill_null(1).max() in {1, None}:
        rows = rows_of(fills["order_id"], versions["order_id"])
        if rows is not None:
            places = pl.Series(rows).replace(-1, None)
            numbered = pl.when(pl.col("order_id").is_not_null()).then(pl.lit(1, dtype=pl.Int64)).alias("version")
            gathered = wanted.select(pl.all().gather(pl.lit(places)))
            return pl.concat([fills.with_columns(numbered, place=places), gathered], how="horizontal")
    assigned = assign_versions(fills, versions)
    joined = wanted.with_columns(*(versions[name] for name in KEY), pl.int_range(pl.len()).alias("place"))
    return assigned.join(joined, on=KEY, how="left", maintain_order="left")


def _with_next_halt(versions: pl.DataFrame, status_rows: pl.DataFrame) -> pl.DataFrame:
    """Adds `next_halt_at`, the first halt or pause of this day's status after the clock's start."""
    if "next_halt_at" not in versions.columns:
        versions = versions.with_columns(pl.lit(None, dtype=pl.Int64).alias("next_halt_at"))
    halts = status_rows.filter(pl.col("kind").is_in(FLAGS["halted"]))
    if halts.is_empty():
        return versions
    begins = halts.select("symbol", pl.col("from_at").alias("begins_at")).sort("begins_at")
    started = versions.select(*KEY, "symbol", "clock_start_at").drop_nulls("clock_start_at").sort("clock_start_at")
    found = started.join_asof(
        begins, left_on="clock_start_at", right_on="begins_at", by="symbol", strategy="forward", check_sortedness=False
    )
    joined = versions.join(found.select(*KEY, "begins_at"), on=KEY, how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("next_halt_at", "begins_at").alias("next_halt_at")).drop("begins_at")


def with_route_cancels(tables: DayTables) -> DayTables:
    """The tables, in which an order that nobody ended ends with the cancel of the firm's own routes of it.

    Where only routes are delivered, they alone say that a remainder was cancelled.
    """
    first = (pl.col("hop") == 1) & pl.col("order_id").is_not_null() & (pl.col("cancelled_quantity") > 0)
    told = tables.routes.filter(first)
    if told.is_empty():
        return tables
    cancels = told.group_by("order_id", "version").agg(
        pl.col("cancelled_quantity").sum().alias("routed_quantity"), pl.col("cancelled_at").max().alias("routed_at")
    )
    open_still = pl.col("ends_at").is_null()
    terms = tables.terms.join(cancels, on=KEY, how="left", maintain_order="left").with_columns(
        pl.when(open_still).then(pl.coalesce("routed_at", "ends_at")).otherwise("ends_at").alias("ends_at"),
        pl.when(open_still & pl.col("routed_quantity").is_not_null())
        .then("routed_quantity")
        .otherwise("cancelled_quantity")
        .alias("cancelled_quantity"),
    )
    return replace(tables, terms=terms.select(tables.terms.columns))


def _with_prints(
    versions: pl.DataFrame, fills: pl.DataFrame, trades: pl.DataFrame, off_exchange: Collection[str]
) -> pl.DataFrame:
    """Adds what was printed on this day while each waiting version was in force, to what was on days before.

    An order is in force until it is cancelled, replaced, expired or filled, the close at the latest. An immediate one
    is over with its last fill; without any, at its receipt.
    """
    known = fills.filter(pl.col("place").is_not_null())
    filled = known.group_by("place").agg(
        pl.col("quantity").sum().alias("taken"), pl.col("executed_at").max().alias("last")
    )
    waits, started = pl.col("terms_class").is_in(WAITING_CLASSES), pl.col("clock_start_at").is_not_null()
    is_immediate = pl.col("time_in_force").is_in(IMMEDIATE).fill_null(value=False)
    filled_whole = pl.when(pl.col("taken") >= pl.col("quantity")).then("last")
    done = pl.when(is_immediate).then(pl.coalesce("last", "clock_start_at")).otherwise(filled_whole)
    numbered = versions.with_columns(pl.int_range(pl.len()).alias("place"))
    if versions.height and versions["version"].max() != 1:  # a version asks for what earlier ones had filled too
        every = numbered.join(filled, on="place", how="left").with_columns(pl.col("taken").fill_null(0)).sort(KEY)
        filled = every.select("place", pl.col("taken").cum_sum().over("order_id"), "last")
    lives = numbered.join(filled, on="place", how="left", maintain_order="left").select(
        "symbol",
        "side",
        "limit_price",
        pl.when(waits & started).then(pl.max_horizontal("clock_start_at", "open_at")).alias("from_at"),
        pl.min_horizontal("ends_at", "close_at", done).alias("to_at"),
    )
    found = printed_within(lives, trades, off_exchange)
    for name in found.columns:
        if name in versions.columns:
            earlier = versions[name]
            both = earlier.fill_null(0) + found[name].fill_null(0)
            found = found.with_columns(both.set(earlier.is_null() & found[name].is_null(), None).alias(name))
    return versions.with_columns(found.iter_columns())
