"""Hits: the rows on which a rule fires, in one shape for all rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from collections.abc import Callable

HITS = pl.Schema(
    {
        "at": pl.Int64(),
        "provider": pl.String(),
        "venue": pl.String(),
        "symbol": pl.String(),
        "order_id": pl.String(),
        "execution_ids": pl.List(pl.String()),
        "key": pl.String(),
        "observed": pl.Float64(),
        "threshold": pl.Float64(),
        "unit": pl.String(),
        "sentence": pl.String(),
        "settles_at": pl.Int64(),
        "until_at": pl.Int64(),
        "source_row": pl.String(),
        "metrics": pl.List(pl.String()),
    }
)
"""One hit per row.

at: event time. execution_ids: empty where the hit is about no fill, never null. key: what else tells this hit from
others of the rule about the same records, such as a route or a window; empty where nothing does. observed, threshold:
in `unit`; null where the rule does not compare numbers. settles_at: event time from which nothing can change it; null =
`at`. until_at: end of an incident; null for a moment. source_row: where the judged row stands, `SOURCE:ROW`. metrics:
of the catalog, those that the figures follow; null: the rule's.
"""

NO_HITS = pl.DataFrame(schema=HITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a fired row becomes a hit; expressions over the judged frame.

    Attributes:
        at: event time.
        sentence: what a supervisor would say.
        unit: of observed and threshold; an expression where rows differ in it.
        observed, threshold: what was compared.
        key: see `HITS`.
        settles_at, until_at: see `HITS`.
        metrics: names, or an expression for one name (null: none), where hits of a rule differ in them.
    """

    at: pl.Expr
    sentence: pl.Expr
    unit: str | pl.Expr = ""
    observed: pl.Expr | None = None
    threshold: pl.Expr | None = None
    key: pl.Expr | None = None
    settles_at: pl.Expr | None = None
    until_at: pl.Expr | None = None
    metrics: tuple[str, ...] | pl.Expr | None = None


def hits(frame: pl.DataFrame | pl.LazyFrame, fired: pl.Expr, shape: Shape | Callable[[], Shape]) -> pl.DataFrame:
    """Rows of a frame on which a condition is true, as hits; a null condition does not fire.

    Args:
        frame: judged rows; `provider, venue, symbol, order_id, execution_id` (or `execution_ids`), `source_id` and
            `source_row` are taken over where the frame has them.
        fired: the condition.
        shape: what the hit says; what is to be called is made only where a row fires, which is seldom.
    """
    if isinstance(frame, pl.DataFrame) and frame.is_empty():
        return NO_HITS
    fires = fired.fill_null(value=False)
    found = kept(frame, fires) if isinstance(frame, pl.DataFrame) else frame.filter(fires).collect()
    if found.is_empty():
        return NO_HITS
    found = found.rechunk()  # `pl.format` panics where a chunk without rows comes first
    shape = shape if isinstance(shape, Shape) else shape()
    said = {
        "at": shape.at,
        **{name: _taken(name, found) for name in ("provider", "venue", "symbol", "order_id")},
        "execution_ids": _executions(found),
        "key": _text(shape.key).fill_null(""),
        "observed": _number(shape.observed),
        "threshold": _number(shape.threshold),
        "unit": pl.lit(shape.unit) if isinstance(shape.unit, str) else shape.unit,
        "sentence": shape.sentence,
        "settles_at": _instant(shape.settles_at),
        "until_at": _instant(shape.until_at),
        "source_row": _source(found),
        "metrics": _metrics(shape.metrics),
    }
    return found.select(said[name].cast(dtype).alias(name) for name, dtype in HITS.items())


def together(*found: pl.DataFrame) -> pl.DataFrame:
    """Hits of several conditions."""
    some = [hits for hits in found if hits.height]
    return pl.concat(some) if some else NO_HITS


def _taken(name: str, frame: pl.DataFrame) -> pl.Expr:
    return pl.col(name).cast(pl.String) if name in frame.columns else pl.lit(None, dtype=pl.String).alias(name)


def _executions(frame: pl.DataFrame) -> pl.Expr:
    if "execution_ids" in frame.columns:
        return pl.col("execution_ids").list.sort().fill_null([])  # a row may have none: an order without fills
    if "execution_id" in frame.columns:
        return pl.concat_list(pl.col("execution_id")).list.drop_nulls().alias("execution_ids")
    return _names(()).alias("execution_ids")


def _metrics(named: tuple[str, ...] | pl.Expr | None) -> pl.Expr:
    if named is None:
        return pl.lit(None, dtype=HITS["metrics"])
    return _names(named) if isinstance(named, tuple) else pl.concat_list(named.cast(pl.String)).list.drop_nulls()


def _names(names: tuple[str, ...]) -> pl.Expr:
    """The same list for every row."""
    return pl.lit(pl.Series([list(names)], dtype=pl.List(pl.String))).first()


def _source(frame: pl.DataFrame) -> pl.Expr:
    if {"source_id", "source_row"} <= set(frame.columns):
        return pl.format("{}:{}", "source_id", "source_row").alias("source_row")
    return pl.lit(None, dtype=pl.String).alias("source_row")


def _text(expr: pl.Expr | None) -> pl.Expr:
    return pl.lit("") if expr is None else expr.cast(pl.String)


def _number(expr: pl.Expr | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.Float64) if expr is None else expr.cast(pl.Float64)


def _instant(expr: pl.Expr | None) -> pl.Expr:
    return pl.lit(None, dtype=pl.Int64) if expr is None else expr.cast(pl.Int64)
