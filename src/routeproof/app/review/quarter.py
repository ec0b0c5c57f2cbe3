"""A period measured once: evidence cells, finished tables and the rows worth a second look, for all providers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import polars as pl

from routeproof.app.measuring.measure_range import measured_days_together
from routeproof.app.review.evidence_cells import CellTable, cells_of
from routeproof.app.review.fill_times import add_fill_times, fill_time_counts
from routeproof.app.review.intervals import profile_sums
from routeproof.app.review.worst_rows import meets_the_market, worst_rows
from routeproof.metrics.measure import Grouping, Partials, collect, finish_all, merge
from routeproof.metrics.registry import BY_NAME
from routeproof.tables.measured.day import DayRules, MeasuredDay
from routeproof.vocab.quote_status import STATUS_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.metrics.metric import Frame
    from routeproof.tables.switches import Switches

FRAMES: tuple[Frame, ...] = ("executions", "orders", "routes")
BATCH_ROWS = 200_000
"""Execution rows measured before they are reduced to sums: bounds memory, whatever the period."""

_QUALITY = (
    "executions",
    "executed_shares",
    "covered_shares",
    "improved_shares",
    "outside_shares",
    "coverage",
    "price_improvement_usd_per_share",
    "effective_spread_usd_per_share",
    "e_over_q",
    "spread_capture",
    "time_to_execution_ms_avg",
    "time_to_execution_ms_p50",
    "time_to_execution_ms_p95",
    "time_to_execution_ms_p99",
    "reversion_usd_per_share_60s",
    "markout_bps_50ms",
    "markout_bps_1s",
    "markout_bps_15s",
    "markout_bps_60s",
    "markout_bps_300s",
    "hhi_venue",
    "fees_usd",
    "rebates_usd",
    "payments_usd",
)
_ORDERS = ("orders", "refused_orders", "fill_rate_shares", "fill_rate_orders", "limit_fill_rate_shares")

GROUPINGS: dict[str, tuple[str, ...]] = {
    "provider": ("provider",),
    "group": ("provider", "order_group"),
    "symbol": ("provider", "symbol"),
    "venue": ("provider", "venue"),
    "venue_meeting": ("provider", "venue"),
    "time_of_day": ("provider", "time_of_day"),
    "size": ("provider", "size_bucket"),
}
DAILY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "venue_charges": (
        ("provider", "trading_day", "venue", "liquidity"),
        ("executions", "executed_shares", "fees_usd", "rebates_usd", "payments_usd"),
    ),
    "day_meeting": (
        ("provider", "order_group", "trading_day"),
        ("outside_shares", "covered_shares", "time_to_execution_ms_p50"),
    ),
}
"""Tables by day, of few metrics: what a test by days needs."""

MEETING = ("group", "venue_meeting", "time_of_day", "size", "day_meeting")
"""Tables of quality, over orders that met the market; the others count everything."""


class Beside(Protocol):
    """Somebody who needs the same days measured, maybe under other switches too."""

    @property
    def switches(self) -> tuple[Switches, ...]:
        """Under which."""
        ...

    @property
    def needs_vwap(self) -> bool:
        """Whether VWAP is asked for."""
        ...

    def see(self, measured: Mapping[Switches, MeasuredDay]) -> None:
        """Take in one day or several, measured under these switches at least."""
        ...


@dataclass(frozen=True, slots=True)
class Quarter:
    """What is known of a period.

    Attributes:
        days: trading days measured.
        cells: evidence cells.
        tables: finished metrics by name of the grouping.
        excluded: `provider, reason, executions, shares` of executions outside the spread statistics.
        worst: candidate rows for the worst executions, with their look-ups.
        fill_times: counts per `provider, order_group, bin`.
        profile_sums: daily sums behind the profiles' intervals.
        shifted: evidence cells with the firm's clock moved, by shift in nanoseconds.
    """

    days: tuple[date, ...]
    cells: CellTable
    tables: dict[str, pl.DataFrame]
    excluded: pl.DataFrame
    worst: pl.DataFrame
    fill_times: pl.DataFrame
    profile_sums: tuple[pl.DataFrame, ...]
    shifted: dict[int, CellTable]


def measure_quarter(
    source: DaySource,
    days: Sequence[date],
    rules: DayRules,
    switches: Switches,
    *,
    only_cells: bool = False,
    shifts_ns: Sequence[int] = (),
    beside: Beside | None = None,
) -> Quarter:
    """Read the days once, measure them once per shift of the clock, and reduce them as they pass.

    Args:
        source: canonical rows and quotes.
        days: trading days.
        rules: hours, sizes.
        switches: how the market is looked up.
        only_cells: for periods that only serve as a benchmark.
        shifts_ns: further shifts of the firm's clock, of which only evidence cells are kept.
        beside: is shown the measured rows, also those under its own switches.
    """
    groupings = {} if only_cells else _groupings()
    parts: dict[str, dict[Frame, list[Partials]]] = {name: {frame: [] for frame in FRAMES} for name in groupings}
    cells, excluded, worst, times, sums = [], [], [], [], []
    shifted: dict[int, list[pl.DataFrame]] = {shift: [] for shift in shifts_ns}
    every = (switches, *(replace(switches, shift_ns=shift) for shift in shifts_ns))
    asked = every if beside is None else tuple(dict.fromkeys((*every, *beside.switches)))
    walked = measured_days_together(source, days, rules, asked, vwap=beside is not None and beside.needs_vwap)
    for together in batches(walked):
        if beside is not None:
            beside.see(dict(zip(asked, together, strict=True)))
        batch, *moved = together[: len(every)]
        cells.append(cells_of(batch))
        for shift, other in zip(shifts_ns, moved, strict=True):
            shifted[shift].append(cells_of(other))
        if only_cells:
            continue
        for name, grouping in groupings.items():
            for frame in FRAMES:
                rows: pl.DataFrame = getattr(batch, frame)
                if rows.width:
                    kept = rows.filter(meets_the_market()) if name in MEETING and frame == "executions" else rows
                    parts[name][frame].append(collect(kept, grouping, frame))
        if batch.executions.width:
            excluded.append(_excluded(batch.executions))
            worst.append(worst_rows(batch.executions))
            times.append(fill_time_counts(batch.executions.filter(meets_the_market())))
            sums.append(profile_sums(batch))
    tables = {name: _finished(parts[name], grouping) for name, grouping in groupings.items()}
    return Quarter(
        days=tuple(days),
        cells=CellTable.of(cells),
        tables=tables,
        excluded=_summed(excluded),
        worst=worst_rows(pl.concat(worst, how="diagonal_relaxed")) if worst else pl.DataFrame(),
        fill_times=add_fill_times(times),
        profile_sums=tuple(sums),
        shifted={shift: CellTable.of(found) for shift, found in shifted.items()},
    )


def _groupings() -> dict[str, Grouping]:
    metrics = tuple(BY_NAME[name] for name in (*_ORDERS, *_QUALITY))
    daily = {name: Grouping(by, tuple(BY_NAME[one] for one in names)) for name, (by, names) in DAILY.items()}
    return {name: Grouping(by, metrics) for name, by in GROUPINGS.items()} | daily


def batches(days: Iterable[tuple[MeasuredDay, ...]]) -> Iterator[tuple[MeasuredDay, ...]]:
    """Days joined until they hold enough rows to be worth a group-by, each switches' days by themselves."""
    held: list[tuple[MeasuredDay, ...]] = []
    rows = 0
    for day in days:
        held.append(day)
        rows += sum(measured.executions.height for measured in day)
        if rows >= BATCH_ROWS:
            yield tuple(_joined(same) for same in zip(*held, strict=True))
            held, rows = [], 0
    if held:
        yield tuple(_joined(same) for same in zip(*held, strict=True))


def _joined(days: Sequence[MeasuredDay]) -> MeasuredDay:
    def join(frame: Frame) -> pl.DataFrame:
        parts = [rows for day in days if (rows := getattr(day, frame)).width]
        return pl.concat(parts, how="diagonal_relaxed") if parts else pl.DataFrame()

    return MeasuredDay(join("executions"), join("orders"), join("routes"))


def _finished(parts: dict[Frame, list[Partials]], grouping: Grouping) -> pl.DataFrame:
    return finish_all({frame: merge(found, grouping.by) for frame, found in parts.items() if found}, grouping)


def _excluded(rows: pl.DataFrame) -> pl.DataFrame:
    names = {code: name for code, name in STATUS_NAMES.items() if name != "ok"}
    return (
        rows.filter(pl.col("covered") == 0)
        .with_columns(pl.col("reference_status").cast(pl.Int64).replace_strict(names, default="other").alias("reason"))
        .group_by("provider", "reason")
        .agg(pl.len().cast(pl.Int64).alias("executions"), pl.col("quantity").sum().alias("shares"))
    )


def _summed(parts: list[pl.DataFrame]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame()
    joined = pl.concat(parts)
    return joined.group_by("provider", "reason").agg(pl.col("executions", "shares").sum()).sort("provider", "reason")
