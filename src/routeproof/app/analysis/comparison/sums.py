"""The days of two flows, read once and reduced to sums by side, day and cell as they pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.comparison.features import DIMENSIONS, liquidity_groups, with_features
from routeproof.app.analysis.comparison.sides import days_asked
from routeproof.app.intake.tape_shares import tape_shares
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_range import measured_days_together
from routeproof.app.measuring.row_filter import Sieve
from routeproof.evidence.adjust.flow import Flow
from routeproof.metrics.compile_polars import to_polars
from routeproof.metrics.measure import readable
from routeproof.metrics.metric import Metric, Quotient
from routeproof.metrics.registry import BY_NAME
from routeproof.sources.map_file import nearest
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from routeproof.app.analysis.comparison.sides import Side
    from routeproof.app.analysis.ground import Ground
    from routeproof.app.measuring.row_filter import RowFilter
    from routeproof.policy.analysis.compare import ComparePolicy
    from routeproof.tables.lookup.quote_book import QuoteBook

SUMS = ("numerator", "denominator", "squares", "largest", "orders")
NAMELESS = "(none)"


class Remembering:
    """A source of days that keeps the book of the day that is being measured, so that quotes are read once."""

    def __init__(self, source: LakeSource) -> None:
        self._source = source
        self.last: QuoteBook | None = None

    def book(self, day: date, symbols: pl.Series | None) -> QuoteBook:
        """Reference quotes of one day, kept."""
        self.last = self._source.book(day, symbols)
        return self.last

    def rows(self, table: str, day: date) -> pl.DataFrame:
        """Canonical rows of one day."""
        return self._source.rows(table, day)

    def quotes_of(self, kind: str, day: date) -> pl.DataFrame | None:
        """Canonical quotes of another kind."""
        return self._source.quotes_of(kind, day)

    def market_days(self) -> tuple[date, ...]:
        """Days that have quotes."""
        return self._source.market_days()

    def earlier_routes(self, day: date, route_ids: pl.Series) -> pl.DataFrame:
        """Canonical routes of days before that have these identities."""
        return self._source.earlier_routes(day, route_ids)

    def long_lived(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Orders that may outlive their day, and all their versions."""
        return self._source.long_lived()

    def streamed(self) -> LakeSource | None:
        """Nothing here is streamed."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is summed.

    Attributes:
        metric: a quotient of sums.
        sides: subject and benchmark; None where every row is told apart by `by` alone, and is the subject's.
        where: filters of both sides.
        by: further dimensions that rows are told apart by, such as those of a grid.
    """

    metric: Metric
    sides: tuple[Side, Side] | None
    where: tuple[RowFilter, ...] = ()
    by: tuple[str, ...] = ()

    @property
    def has_tape(self) -> bool:
        """Whether the benchmark is the tape."""
        return self.sides is not None and self.sides[1].is_tape

    @property
    def keys(self) -> list[str]:
        """Columns that sums are told apart by."""
        return ["subject", "day", *DIMENSIONS, *(f"by_{name}" for name in self.by)]


def metric_of(name: str) -> Metric:
    """The metric, which must be a quotient of sums.

    Raises:
        UsageError: there is none of that name, or it is no quotient.
    """
    found = BY_NAME.get(name)
    if found is None:
        message = f"expected a metric, found {name!r}{nearest(name, BY_NAME) or '; `routeproof metrics` names them'}"
        raise UsageError(message, where="--metric")
    if not isinstance(found.averaging, Quotient):
        message = f"expected a metric that is a mean or a ratio of sums, found {name}: totals and quantiles have no mix"
        raise UsageError(message, where="--metric")
    return found


def sums_of(ground: Ground, wanted: Wanted, policy: ComparePolicy) -> tuple[pl.DataFrame, list[str]]:
    """Sums of both sides: `Wanted.keys` and `SUMS`, sorted; and what was asked for and is nowhere."""
    days = days_asked(wanted.sides or (), ground.days)
    groups = groups_of(ground, days, policy)
    sieve, named = Sieve(wanted.where), Sieve([side.rows for side in wanted.sides or () if side.rows is not None])
    parts = list(_own(ground, wanted, policy, groups, days, (sieve, named)))
    if wanted.has_tape:
        parts += _tape(ground, wanted, policy, groups, days)
    parts = [part for part in parts if part.height]
    if not parts:
        empty = {name: pl.Boolean() if name == "subject" else pl.Float64() for name in (*wanted.keys, *SUMS)}
        return pl.DataFrame(schema=empty), [*sieve.notes(), *named.notes()]
    joined = pl.concat(parts)
    added = joined.group_by(wanted.keys).agg(  # orders of a day are in one part but for those that outlived it
        pl.col("numerator", "denominator", "squares", "orders").sum(), pl.col("largest").max()
    )
    return added.sort(wanted.keys, nulls_last=True), [*sieve.notes(), *named.notes()]


def groups_of(ground: Ground, days: Sequence[date], policy: ComparePolicy) -> pl.DataFrame:
    """Liquidity groups by the tape's shares; without a tape by own executed shares."""
    shares = tape_shares(ground.source.lake, ground.source.manifest, days)
    if not shares.width or shares.is_empty():
        columns = ["symbol", "quantity"]
        shares = ground.source.lake.read("executions", list(days), columns, manifest=ground.source.manifest)
    return liquidity_groups(shares.select("symbol", "quantity"), policy.liquidity_groups)


def _own(
    ground: Ground,
    wanted: Wanted,
    policy: ComparePolicy,
    groups: pl.DataFrame,
    days: Sequence[date],
    sieves: tuple[Sieve, Sieve],
) -> Iterator[pl.DataFrame]:
    """Days of own flow; of `sieves` the first filters, the second only notes which sides are there."""
    sieve, named = sieves
    source = Remembering(ground.source)
    switches = Switches(benchmark="execution") if wanted.has_tape else Switches()
    name = wanted.metric.frame
    for (measured,) in measured_days_together(source, days, ground.rules, (switches,), vwap=_needs_vwap(wanted.metric)):
        rows: pl.DataFrame = getattr(measured, name)
        named.look(rows)
        kept = sieve.keep(rows) if rows.width else None
        if kept is None or kept.is_empty() or source.last is None:
            continue
        chosen = kept.with_columns(_side(kept, wanted)).filter(pl.col("subject").is_not_null() & _trading(kept))
        featured = with_features(chosen, source.last, policy, groups, name, at_execution=wanted.has_tape)
        if wanted.has_tape:
            featured = featured.with_columns(pl.lit("any").alias("order_class"))
        yield _reduced(featured, wanted)


def _side(rows: pl.DataFrame, wanted: Wanted) -> pl.Expr:
    """True on the subject's rows, false on the benchmark's, null on all others."""
    if wanted.sides is None:
        return pl.lit(value=True).alias("subject")
    one, other = wanted.sides
    theirs = pl.lit(value=False) if wanted.has_tape else other.passes(rows, one)
    ours = pl.when(one.passes(rows, other)).then(statement=True)
    return ours.when(theirs).then(statement=False).alias("subject")


def _trading(rows: pl.DataFrame) -> pl.Expr:
    return pl.col("halted") == "no" if "halted" in rows.columns else pl.lit(value=True)


def _needs_vwap(metric: Metric) -> bool:
    return "vwap" in metric.name


def _tape(
    ground: Ground, wanted: Wanted, policy: ComparePolicy, groups: pl.DataFrame, days: Sequence[date]
) -> Iterator[pl.DataFrame]:
    lake = LakeSource(ground.source.lake, ground.source.manifest, "tape")
    source, there = Remembering(lake), set(lake.days())
    switches = Switches(population="tape", benchmark="execution")
    for (measured,) in measured_days_together(source, [day for day in days if day in there], ground.rules, (switches,)):
        rows = measured.executions
        if rows.is_empty() or source.last is None:
            continue
        known = [item for item in wanted.where if item.column in rows.columns]
        named = rows.filter(*(item.expression(rows.schema[item.column]) for item in known)).with_columns(
            pl.lit(value=False).alias("subject"),
            pl.format("print-{}", pl.int_range(pl.len())).alias("order_id"),
        )
        featured = with_features(named, source.last, policy, groups, "executions", at_execution=True)
        yield _reduced(featured.with_columns(pl.lit("any").alias("order_class")), wanted)


def _reduced(rows: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """Sums of one day: exact integers by order, then by cell; squares are added up in the order of order ids."""
    averaging = wanted.metric.averaging
    if not isinstance(averaging, Quotient):
        return pl.DataFrame()
    missing = [name for name in wanted.by if name not in rows.columns]
    if missing:
        message = f"expected dimensions that {wanted.metric.frame} have, found {', '.join(missing)}"
        raise UsageError(message, where="--by")
    per_order = (
        readable(rows, (wanted.metric,), wanted.metric.frame, wanted.by)
        .with_columns(
            to_polars(averaging.numerator).alias("numerator"),
            to_polars(averaging.denominator).alias("denominator"),
            pl.col("trading_day").cast(pl.Int32).cast(pl.Int64).alias("day"),
            *(pl.col(name).cast(pl.String).fill_null(NAMELESS).alias(f"by_{name}") for name in wanted.by),
        )
        .filter(pl.col("denominator").is_not_null() & pl.col("numerator").is_not_null())
        .group_by(*wanted.keys, "order_id")
        .agg(pl.col("numerator", "denominator").sum())
        .filter(pl.col("denominator") > 0)
        .sort(*wanted.keys, "order_id")
    )
    top = pl.col("numerator").cast(pl.Float64) * averaging.multiplier
    under = pl.col("denominator").cast(pl.Float64) * averaging.divisor
    return per_order.group_by(wanted.keys, maintain_order=True).agg(
        (pl.col("numerator").sum().cast(pl.Float64) * averaging.multiplier).alias("numerator"),
        (pl.col("denominator").sum().cast(pl.Float64) * averaging.divisor).alias("denominator"),
        (top * top / under).sum().alias("squares"),
        under.max().alias("largest"),
        pl.len().cast(pl.Int64).alias("orders"),
    )


def flow_of(sums: pl.DataFrame) -> Flow:
    """The sums as arrays, cells numbered by their features."""
    cells = sums.select(DIMENSIONS).unique().sort(DIMENSIONS)
    levels = {name: tuple(cells[name].unique().sort().to_list()) for name in DIMENSIONS}
    codes = [cells[name].replace_strict(list(words), range(len(words))).to_numpy() for name, words in levels.items()]
    numbered = sums.join(cells.with_row_index("cell"), on=DIMENSIONS, how="left", maintain_order="left")
    return Flow(
        subject=numbered["subject"].to_numpy(),
        day=numbered["day"].cast(pl.Int64).to_numpy(),
        cell=numbered["cell"].cast(pl.Int64).to_numpy(),
        **{name: numbered[name].cast(pl.Float64).to_numpy() for name in SUMS[:-1]},
        orders=numbered["orders"].cast(pl.Int64).to_numpy(),
        features=np.stack(codes, axis=1).astype(np.int64) if cells.height else np.zeros((0, len(levels)), np.int64),
        levels=levels,
    )


def cells_shown(parts: Iterable[Any]) -> list[dict[str, Any]]:
    """Cells without a counterpart as JSON values."""
    return [{**one.cell, "share": one.share, "orders": one.orders} for one in parts]
