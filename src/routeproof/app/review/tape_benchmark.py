"""The tape as benchmark: what all eligible prints of the same securities got on the same days, at execution."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.measure_range import measured_days
from routeproof.app.review.benchmark import TAPE, Benchmark, Declared
from routeproof.app.review.evidence_cells import CellTable, Selection, cells_of
from routeproof.tables.measured.day import DayRules, MeasuredDay
from routeproof.vocab.errors import RefusedError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.tables.switches import Switches

ANY_CLASS = "any"
GROUPS = ("market", "limit")
METRICS = (
    "price_improvement_usd_per_share",
    "spread_capture",
    "e_over_q",
    "reversion_usd_per_share_1s",
    "reversion_usd_per_share_60s",
    "reversion_usd_per_share_300s",
    "coverage",
)
"""What a print on the tape can be measured by: it has no order, no clock start and no fill rate."""

_PAIR = {"symbol": pl.String(), "trading_day": pl.Date()}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The flow of a review: all its cells, and whose of them are reviewed."""

    cells: CellTable
    provider: str


def tape_benchmark(
    source: DaySource,
    days: Sequence[date],
    rules: DayRules,
    switches: Switches,
    reviewed: Reviewed,
    declared: Mapping[str, Declared],
) -> Benchmark:
    """The tape over the review's days, of the securities that the provider filled on each of them.

    Args:
        source: a day source whose trades are the tape.
        days: of the review.
        rules: hours.
        switches: the review's own; they must look at the market at execution.
        reviewed: the flow that is held against it, measured with these switches.
        declared: declared figures.

    Raises:
        RefusedError: the review looks at another moment than execution, which a print does not have.
    """
    if switches.benchmark != "execution":
        message = "own flow is compared with the tape at benchmark 'execution' only: a print has no other moment"
        raise RefusedError(message, where="--against tape")
    prints = replace(switches, population="tape", shift_ns=0)
    own = reviewed.cells.cells.drop("stratum", strict=False)
    every = _tape_cells(source, days, rules, prints)
    parts = [_classless(own), *(_beside(found, own, reviewed.provider) for found in every)]
    return Benchmark(
        name="the tape at execution", cells=CellTable.of(parts), provider=TAPE, is_tape=True, declared=declared
    )


def tape_rows_ref(selection: Selection, quarter: str) -> str:
    """Options of `routeproof measure` that give the prints behind a figure, by security and day."""
    days = [f"{word}={day}" for word, day in zip(("--from", "--to"), quarter_days(quarter), strict=True)]
    security = [] if selection.symbol is None else ["--where", f"symbol={selection.symbol}"]
    month = [] if selection.month is None else ["--where", f"month={selection.month}"]
    return shlex.join(
        ["--population", TAPE, "--benchmark", "execution", *days, *security, *month, "--by", "symbol,day"]
    )


def none_on_tape(cells: CellTable, metric: str) -> str:
    """Why the tape has no such figure, of the securities and days that were asked for."""
    if TAPE not in cells.providers():
        return "there is no tape: no trades of these days were taken in, or none is eligible"
    if metric not in METRICS:
        return "the tape has no orders to time or to count"
    return "the tape has no eligible print of these securities and days with a usable quote"


def _beside(prints: pl.DataFrame, own: pl.DataFrame, provider: str) -> pl.DataFrame:
    """Cells of the tape of securities that the provider filled on the same day."""
    filled = own.filter(pl.col("provider") == provider) if own.width else pl.DataFrame(schema=_PAIR)
    return prints.join(filled.select(list(_PAIR)), on=list(_PAIR), how="semi")


def _classless(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.with_columns(pl.lit(ANY_CLASS).alias("order_class")) if cells.width else cells


def _tape_cells(source: DaySource, days: Sequence[date], rules: DayRules, switches: Switches) -> Iterator[pl.DataFrame]:
    """The prints' cells, once for each group of orders that may be held against them."""
    for day in measured_days(source, days, rules, switches):
        rows = day.executions.with_columns(
            pl.lit(TAPE).alias("provider"),
            pl.lit(ANY_CLASS).alias("order_class"),
            pl.lit(GROUPS[0]).alias("order_group"),
            pl.lit("no").alias("halted"),
            pl.format("print-{}", pl.int_range(pl.len())).alias("order_id"),
        )
        found = cells_of(MeasuredDay(rows, pl.DataFrame(), pl.DataFrame()), METRICS)
        if found.width:
            yield from (found.with_columns(pl.lit(group).alias("order_group")) for group in GROUPS)
