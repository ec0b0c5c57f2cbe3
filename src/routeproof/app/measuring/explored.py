"""An answer as a page shows it: figures in rows, each row with what narrows to it, and a chart of the first figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.measure import null_reasons
from routeproof.metrics.describe import described
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.app.measuring.measure import Measurement

USUAL = (
    "executions",
    "executed_shares",
    "coverage",
    "e_over_q",
    "price_improvement_usd_per_share",
    "effective_spread_usd_per_share",
    "quoted_spread_usd_per_share",
    "realized_spread_usd_per_share_60s",
    "reversion_usd_per_share_60s",
    "time_to_execution_ms_avg",
    "fill_rate_shares",
    "orders",
)
"""Metrics of a page where none is named, most telling first."""
SHOWN = 500
"""Rows of a page; the exports have them all."""
CHARTED = 60
TIMES = ("day", "month", "quarter", "time_of_day")
UNITS = {
    "usd_per_share": "USD a share",
    "usd": "USD",
    "bps": "bp",
    "ms": "ms",
    "ratio": "ratio",
    "shares": "shares",
    "count": "",
}


@dataclass(frozen=True, slots=True)
class Sort:
    """By which column rows stand; null keeps the order of the dimensions."""

    column: str | None = None
    descending: bool = False

    @classmethod
    def of_text(cls, text: str, columns: Sequence[str], by: Sequence[str], metrics: Sequence[str]) -> Sort:
        """`NAME` or `-NAME`; orders stand worst first if nothing is said."""
        name = text.removeprefix("-")
        if name in columns:
            return cls(name, text.startswith("-"))
        if "order_id" in by and metrics:
            return cls(metrics[0], BY_NAME[metrics[0]].better in {"lower", "none"})
        return cls()


def usual_range(context: Context, last_on: date | None = None) -> tuple[date, date] | None:
    """The quarter of the newest day with orders or executions, not after a day; null for an empty lake."""
    lake = context.lake
    manifest = lake.manifest().id
    days = [day for name in ("parent_orders", "executions") for day in lake.days(name, manifest)]
    held = [day for day in days if last_on is None or day <= last_on]
    if not held:
        return None
    newest = max(held)
    return quarter_days(f"{newest.year}Q{(newest.month + 2) // 3}")


def explored(found: Measurement, sort_text: str = "") -> dict[str, Any]:
    """`{"by", "columns", "without", "rows", "total", "sort", "chart", "notes", "meta"}`.

    A figure that no row has is no column: `without` names it.

    A row has `keys` (dimension to value), `narrows` (the filters that find it again; null where a value is unknown),
    and `cells`, each with `value` and the `reason` of a null.
    """
    meta, rows = found.meta, found.rows
    by = [name for name in ("shift_ms", *meta["by"]) if name in rows.columns]
    asked = [name for name in meta["metrics"] or BY_NAME if name in rows.columns]
    metrics = [name for name in asked if rows[name].null_count() < rows.height] or asked
    sort = Sort.of_text(sort_text, rows.columns, by, metrics)
    if sort.column is not None:
        rows = rows.sort(sort.column, descending=sort.descending, nulls_last=True, maintain_order=True)
    reasons = null_reasons(asked, meta)
    shown = [_row(row, by, metrics, reasons) for row in rows.head(SHOWN).iter_rows(named=True)]
    return {
        "by": by,
        "columns": definitions(metrics),
        "without": [{"label": BY_NAME[name].label, "reason": reasons[name]} for name in asked if name not in metrics],
        "rows": shown,
        "total": rows.height,
        "sort": sort,
        "chart": chart_of(rows, by, _most_telling(metrics, sort)),
        "notes": meta["notes"],
        "meta": meta,
    }


def _most_telling(metrics: Sequence[str], sort: Sort) -> str:
    """The metric that the rows stand by, else the first that is neither a count nor a share of what was covered."""
    if sort.column in metrics:
        return str(sort.column)
    telling = (name for name in metrics if BY_NAME[name].unit not in {"count", "shares"} and name != "coverage")
    return next(telling, next(iter(metrics), ""))


def definitions(metrics: Sequence[str]) -> list[dict[str, Any]]:
    """Definitions of metrics, in this order, with the unit as a heading names it."""
    kinds = {row["name"]: row for row in described()}
    return [{**kinds[name], "shown_unit": UNITS[kinds[name]["unit"]]} for name in metrics]


def _row(row: dict[str, Any], by: Sequence[str], metrics: Sequence[str], reasons: dict[str, str]) -> dict[str, Any]:
    keys = {name: _plain(row[name]) for name in by}
    named = {name: value for name, value in keys.items() if name != "shift_ms"}
    can_narrow = all(value is not None and "," not in str(value) for value in named.values())
    return {
        "keys": keys,
        "narrows": [f"{name}={_word(value)}" for name, value in named.items()] if can_narrow else None,
        "cells": [
            {"metric": name, "value": row[name], "reason": reasons[name] if row[name] is None else None}
            for name in metrics
        ],
    }


def _plain(value: Any) -> Any:  # noqa: ANN401  # a dimension's value
    return value.isoformat() if hasattr(value, "isoformat") else value


def _word(value: Any) -> str:  # noqa: ANN401
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def chart_of(rows: pl.DataFrame, by: Sequence[str], drawn: str) -> dict[str, Any] | None:
    """A Vega-Lite specification of a figure over the first dimension, coloured by the second.

    Null where there is nothing to compare: no dimension, one row, more rows than a reader can tell apart, or orders.
    """
    by_time = bool(by) and by[0] in TIMES
    most = CHARTED * 8 if by_time else CHARTED
    if not drawn or not by or len(by) > 2 or "order_id" in by or not 1 < rows.height <= most:  # noqa: PLR2004
        return None
    metric = BY_NAME[drawn]
    values = [
        {"x": str(_plain(row[by[0]])), "y": row[drawn], **({"c": str(_plain(row[by[1]]))} if by[1:] else {})}
        for row in rows.select(list(dict.fromkeys([*by, drawn]))).iter_rows(named=True)
        if row[drawn] is not None
    ]
    unit = UNITS[metric.unit]
    figure = {"field": "y", "type": "quantitative", "title": f"{metric.label}, {unit}" if unit else metric.label}
    names = {"field": "x", "type": "nominal", "title": by[0].replace("_", " "), "sort": None}
    colour = {"color": {"field": "c", "type": "nominal", "title": by[1].replace("_", " ")}} if by[1:] else {}
    return _lines(values, names, figure, colour) if by_time else _bars(values, names, figure, colour)


def _lines(values: list[Any], names: dict[str, Any], figure: dict[str, Any], colour: dict[str, Any]) -> dict[str, Any]:
    x = {**names, "type": "ordinal", "axis": {"labelAngle": -45, "labelOverlap": "greedy"}}
    mark = {"type": "line", "point": {"size": 18}}
    encoding = {"x": x, "y": {**figure, "scale": {"zero": False}}, **colour}
    return {"width": "container", "height": 260, "data": {"values": values}, "mark": mark, "encoding": encoding}


def _bars(values: list[Any], names: dict[str, Any], figure: dict[str, Any], colour: dict[str, Any]) -> dict[str, Any]:
    offset = {"yOffset": {"field": "c", "type": "nominal"}} if colour else {}
    encoding = {"y": names, "x": figure, **colour, **offset}
    height = {"step": 9 if colour else 18}
    return {"width": "container", "height": height, "data": {"values": values}, "mark": "bar", "encoding": encoding}
