"""From measured rows to metrics by dimension: exact partial sums that add up, and one division at the end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.compile_polars import finish, quantile_of
from routeproof.metrics.grouped_sums import coded_sums, grouped_sums
from routeproof.metrics.metric import Concentration, Metric, Quantile, Total
from routeproof.metrics.registry import ALL
from routeproof.metrics.terms import columns_of
from routeproof.tables.measured.order_size import bucket_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from routeproof.metrics.metric import Frame
    from routeproof.tables.measured.coded_rows import CodedRows


@dataclass(frozen=True, slots=True)
class Partials:
    """Mergeable sums of one frame.

    Attributes:
        sums: dimensions plus one Int128 column per sum.
        values: dimensions plus the raw durations that quantiles need.
        shares: dimensions plus `item, weight` for concentrations.
        known: whether the frame has all the dimensions that were asked for.
        rows: how many measured rows there were.
    """

    sums: pl.DataFrame
    values: pl.DataFrame = field(default_factory=pl.DataFrame)
    shares: pl.DataFrame = field(default_factory=pl.DataFrame)
    known: bool = True
    rows: int = 0


_SQUARE_FITS = 2**63
"""Totals below it can be squared in 128 bits."""

UNKNOWN = Partials(pl.DataFrame(), known=False)
"""Partials of a frame that cannot answer: it lacks a dimension or a filtered column."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What is asked: dimensions and metrics."""

    by: tuple[str, ...] = ()
    metrics: tuple[Metric, ...] = field(default=ALL)

    def of(self, frame: Frame) -> tuple[Metric, ...]:
        """The metrics that read one frame."""
        return tuple(metric for metric in self.metrics if metric.frame == frame)


def collect(rows: pl.DataFrame, grouping: Grouping, frame: Frame) -> Partials:
    """Partial sums of measured rows.

    Args:
        rows: a measured frame; columns that it lacks count as null.
        grouping: dimensions and metrics.
        frame: which frame it is.
    """
    metrics = grouping.of(frame)
    keys = list(grouping.by)
    if any(key not in rows.columns for key in keys):
        return UNKNOWN
    rows = readable(rows, metrics, frame, grouping.by)
    return Partials(grouped_sums(rows, metrics, keys), *_beside_sums(rows, metrics, keys), rows=rows.height)


def collect_coded(pieces: Iterable[CodedRows], grouping: Grouping) -> list[Partials]:
    """Partial sums of measured executions in coded pieces that have every column that is asked for."""
    metrics, keys = grouping.of("executions"), list(grouping.by)
    beside = [metric for metric in metrics if isinstance(metric.averaging, Quantile | Concentration)]
    columns = list(dict.fromkeys((*keys, *sorted(_read_by(beside)))))
    frames: list[pl.DataFrame] = []
    heights: list[int] = []

    def passing() -> Iterator[CodedRows]:
        for rows in pieces:
            heights.append(rows.height)
            if beside:
                frames.append(rows.frame(columns))
            yield rows

    found = [Partials(sums) for sums in coded_sums(passing(), metrics, keys)]
    if found:
        found[0] = replace(found[0], rows=sum(heights))
    if frames:
        values, shares = _beside_sums(pl.concat(frames), beside, keys)
        found[0] = replace(found[0], values=values, shares=shares)
    return found


def _beside_sums(rows: pl.DataFrame, metrics: Sequence[Metric], keys: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is no sum: durations for quantiles, and weights by item for concentrations."""
    durations = sorted({m.averaging.column for m in metrics if isinstance(m.averaging, Quantile)})
    values = rows.select(*keys, *durations) if durations else pl.DataFrame()
    shares = pl.DataFrame()
    for metric in metrics:
        if isinstance(metric.averaging, Concentration):
            item, weight = metric.averaging.column, metric.averaging.weight
            named = rows.filter(pl.col(item).is_not_null()).with_columns(pl.col(item).alias("item"))
            shares = named.group_by(*keys, "item").agg(pl.col(weight).cast(pl.Int128).sum().alias("weight"))
    return values, shares


def columns_read(grouping: Grouping, frame: Frame) -> frozenset[str]:
    """Columns of a measured frame that a grouping's metrics and dimensions read."""
    return frozenset(grouping.by) | _read_by(grouping.of(frame))


def readable(rows: pl.DataFrame, metrics: Sequence[Metric], frame: Frame, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """Measured rows with every column that metrics read: what the frame lacks is null, routes know if they count."""
    return _with_counted(_complete(rows, metrics), frame, by)


def _complete(rows: pl.DataFrame, metrics: Sequence[Metric]) -> pl.DataFrame:
    """The rows with a null column for each that a metric reads and the frame does not have."""
    absent = sorted(_read_by(metrics) - set(rows.columns))
    return rows.with_columns(pl.lit(None, dtype=pl.Int64).alias(name) for name in absent)


def _read_by(metrics: Sequence[Metric]) -> frozenset[str]:
    needed: set[str] = set()
    for metric in metrics:
        averaging = metric.averaging
        match averaging:
            case Quantile(column, _, _):
                needed.add(column)
            case Concentration(column, weight):
                needed |= {column, weight}
            case _:
                for name in averaging.__dataclass_fields__:
                    value = getattr(averaging, name)
                    if not isinstance(value, int):
                        needed |= columns_of(value)
    return frozenset(needed)


def _with_counted(rows: pl.DataFrame, frame: Frame, by: tuple[str, ...]) -> pl.DataFrame:
    """Routes count once per chain (the last one) unless they are grouped by hop."""
    if frame != "routes":
        return rows
    counted = pl.lit(1, dtype=pl.Int64) if "hop" in by or "is_leaf" not in rows.columns else pl.col("is_leaf")
    return rows.with_columns(counted.alias("counted"))


def merge(parts: Sequence[Partials], by: tuple[str, ...]) -> Partials:
    """The partials of the union of the parts' rows."""
    if not all(part.known for part in parts):
        return UNKNOWN
    keys = list(by)
    sums = pl.concat([part.sums for part in parts], how="vertical_relaxed")
    total = pl.exclude(keys).sum() if keys else pl.all().sum()
    added = sums.group_by(keys).agg(total) if keys else sums.select(total)
    values = [part.values for part in parts if part.values.width]
    shares = [part.shares for part in parts if part.shares.width]
    return Partials(
        added,
        pl.concat(values, how="vertical_relaxed") if values else pl.DataFrame(),
        pl.concat(shares, how="vertical_relaxed").group_by(*keys, "item").agg(pl.col("weight").sum())
        if shares
        else pl.DataFrame(),
        rows=sum(part.rows for part in parts),
    )


def finish_all(partials: Mapping[Frame, Partials], grouping: Grouping) -> pl.DataFrame:
    """One row per group with every metric, sorted by the dimensions; what cannot be computed is null.

    Groups are those of the frames that the asked metrics read.
    """
    keys = list(grouping.by)
    result: pl.DataFrame | None = None
    for frame, part in partials.items():
        if not part.known or not part.sums.width or not grouping.of(frame):
            continue
        finished = _finish_frame(part, grouping.of(frame), keys).with_columns(_has_rows(frame, part))
        if result is None:
            result = finished
        elif keys:
            result = result.join(finished, on=keys, how="full", nulls_equal=True, coalesce=True)
        else:
            result = pl.concat([result, finished], how="horizontal")
    names = [metric.name for metric in grouping.metrics]
    if result is None:
        return _nothing(grouping)
    present = [m for m in grouping.metrics if m.name in result.columns]
    complete = result.with_columns(
        *(_zero_without_rows(metric) for metric in present if _is_zero_without_rows(metric)),
        *(pl.lit(None, dtype=pl.Float64).alias(name) for name in names if name not in result.columns),
    )
    return complete.select(*keys, *names).sort(_in_order(keys)) if keys else complete.select(names)


def _has_rows(frame: Frame, part: Partials) -> pl.Expr:
    """A column that stays null in groups of which the frame has no rows."""
    return pl.lit(True if part.rows else None, dtype=pl.Boolean).alias(f"__{frame}")


def _zero_without_rows(metric: Metric) -> pl.Expr:
    value = pl.col(metric.name)
    return pl.when(pl.col(f"__{metric.frame}").is_null()).then(value.fill_null(0)).otherwise(value)


def _in_order(keys: Sequence[str]) -> list[pl.Expr]:
    """Dimensions ascend, null first; size buckets by their bounds."""
    columns = ((key, pl.col(key)) for key in keys)
    return [item for key, column in columns for item in (bucket_order(column) if key == "size_bucket" else [column])]


def _nothing(grouping: Grouping) -> pl.DataFrame:
    """No groups; without dimensions the one overall row, with counts of 0."""
    whole = {metric.name: bool(getattr(metric.averaging, "whole", False)) for metric in grouping.metrics}
    counts: dict[str, pl.DataType] = {name: pl.Int64() if counted else pl.Float64() for name, counted in whole.items()}
    if grouping.by:
        return pl.DataFrame(schema={**dict.fromkeys(grouping.by, pl.String()), **counts})
    zero = {metric.name: [0 if _is_zero_without_rows(metric) else None] for metric in grouping.metrics}
    return pl.DataFrame(zero, schema=counts)


def _is_zero_without_rows(metric: Metric) -> bool:
    match metric.averaging:
        case Total(_, _, whole, counted, none_is_zero):
            return whole or counted or none_is_zero
        case _:
            return False


def _finish_frame(part: Partials, metrics: tuple[Metric, ...], keys: list[str]) -> pl.DataFrame:
    summed = [m for m in metrics if not isinstance(m.averaging, Quantile | Concentration)]
    frame = part.sums.select(*keys, *(finish(metric) for metric in summed))
    quantiles = {m.name: m.averaging for m in metrics if isinstance(m.averaging, Quantile)}
    if quantiles:
        frame = _beside(frame, _ranked(part.values, keys, quantiles), keys)
    for metric in metrics:
        if isinstance(metric.averaging, Concentration):
            frame = _beside(frame, _concentration(part.shares, keys, metric.name), keys)
    return frame


def _ranked(values: pl.DataFrame, keys: list[str], quantiles: Mapping[str, Quantile]) -> pl.DataFrame:
    """Quantiles by name; each column of durations is put in order once."""
    columns = sorted({averaging.column for averaging in quantiles.values()})
    in_order = [pl.col(column).drop_nulls().sort() for column in columns]
    listed = values.group_by(keys).agg(in_order) if keys else values.select(item.implode() for item in in_order)
    return listed.select(*keys, *(quantile_of(averaging).alias(name) for name, averaging in quantiles.items()))


def _beside(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    if keys:
        return left.join(right, on=keys, how="left", nulls_equal=True)
    return pl.concat([left, right], how="horizontal")


def _concentration(shares: pl.DataFrame, keys: list[str], name: str) -> pl.DataFrame:
    """Squares are added exactly: in 128 bits where the total squared fits there, else as Python integers."""
    weight = pl.col("weight")
    total = shares["weight"].sum()
    if total is not None and int(total) < _SQUARE_FITS:
        added = [(weight * weight).sum().alias("squares"), weight.sum().alias("total")]
        groups = shares.group_by(keys).agg(added) if keys else shares.select(added)
        pairs = zip(groups["squares"].to_list(), groups["total"].to_list(), strict=True)
        values = [squares / total**2 if total else None for squares, total in pairs]
    else:
        listed = shares.group_by(keys).agg(weight) if keys else shares.select(weight.implode())
        groups = listed
        values = [
            sum(w**2 for w in held) / sum(held) ** 2 if sum(held) else None for held in listed["weight"].to_list()
        ]
    found = pl.DataFrame({name: values}, schema={name: pl.Float64()})
    return pl.concat([groups.select(keys), found], how="horizontal") if keys else found
