"""Charts of public Rule 605 figures: dots for the firm, its venues and others, or lines over months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.reports.document import Block, Cell, Column, Figure, Paragraph, Row, Table, missing, words
from routeproof.reports.numbers import UNITS, Kind, printed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

Plain = dict[str, Any]
Spec = dict[str, object]

MOST_DOTS = 26
"""Rows that a dot plot still tells apart; of more, those with the most executed shares."""
MOST_LINES = 6
TENS = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
SPREAD_OF_TENS = 20
"""How many times the lowest figure the highest is before tens tell more than equal steps."""
ROOM_ABOVE = 1.3
DOUBT = 0.5
"""Share of doubted rows from which a figure is not drawn at all: what is left would be a choice by chance."""
LEAST_MONTHS = 3
LINE_ROOM = 15
INK, ACCENT, WARN, SOFT = "#1a1a1a", "#1f4e79", "#9c3d1b", "#9aa5b1"
SHADES = [INK, ACCENT, WARN, SOFT, "#4f7d4a", "#7a5195"]
DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 1], [1, 2]]
GROUPS = ("own flow", "used", "not used", "published")
SHAPES = ("diamond", "circle", "square", "circle")


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure that is drawn.

    Attributes:
        name: in the rows; with own flow the one in its mix is `{name}_adjusted`.
        title: for people.
        kind: how it is printed.
        better: which way.
        factor: what it is multiplied by to be shown.
        is_log: many sizes at once; drawn on a scale that grows by tens.
        head: short title, for the head of a table.
    """

    name: str
    title: str
    kind: Kind
    better: str
    factor: float = 1.0
    is_log: bool = False
    head: str = ""


_E_OVER_Q = Shown("e_over_q", "E/Q", "ratio", "lower is better", head="E/Q")
_EFFECTIVE = Shown(
    "effective_spread_usd_per_share",
    "Effective spread, $ a share",
    "usd_per_share",
    "lower is better",
    head="Effective $",
)
_IMPROVEMENT = Shown(
    "price_improvement_usd_per_share",
    "Net price improvement, $ a share",
    "usd_per_share",
    "higher is better",
    head="Net PI $",
)
_TIME = Shown("time_ms", "Time to execution, ms", "ms", "lower is better", is_log=True, head="ms")
_FILL = Shown("fill_rate_shares", "Shares filled of shares covered", "rate", "higher is better", head="Filled")
SHOWN: dict[str, tuple[Shown, ...]] = {
    "detailed": (
        _E_OVER_Q,
        _EFFECTIVE,
        Shown(
            "realized_spread_usd_per_share_60s", "Realized spread after 1 min, $ a share", "usd_per_share",
            "lower is better", head="Realized 1 min $",
        ),
        _IMPROVEMENT,
        _TIME,
        _FILL,
    ),
    "legacy": (
        _EFFECTIVE,
        Shown(
            "realized_spread_usd_per_share_300s", "Realized spread after 5 min, $ a share", "usd_per_share",
            "lower is better", head="Realized 5 min $",
        ),
        _IMPROVEMENT,
        _TIME,
        _FILL,
    ),
    "summary": (
        _E_OVER_Q,
        Shown(
            "effective_spread_of_midpoint", "Effective spread, bps", "bps",
            "lower is better", 1e4, head="Effective bps",
        ),
        Shown(
            "realized_spread_of_midpoint_15s", "Realized spread after 15 s, bps", "bps",
            "lower is better", 1e4, head="Realized 15 s bps",
        ),
        Shown(
            "price_improvement_of_midpoint", "Net price improvement, bps", "bps",
            "higher is better", 1e4, head="Net PI bps",
        ),
        _TIME,
        Shown(
            "share_at_quote_or_better", "Shares at the quote or better", "rate",
            "higher is better", head="At quote or better",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark605Inputs:
    """What the document says, as plain values.

    Attributes:
        layout: of the rows.
        by: dimensions.
        rows: as `benchmark 605` gives them.
        doubted: places of rows whose net improvement contradicts their effective spread: it is not drawn.
        said: dimension and code -> words for it; other codes stand as they are.
        notes: what a reader must know.
        period: months of data, for people.
        provider: whose flow stands beside them; empty without.
        origin: what the figures were made from.
        dated_on: last day of the data.
        version: of the program.
        digest: of the public rows.
    """

    layout: str
    by: tuple[str, ...]
    rows: Sequence[Plain]
    doubted: frozenset[int]
    said: Mapping[tuple[str, str], str]
    notes: Sequence[str]
    period: str
    provider: str
    origin: str
    dated_on: date
    version: str
    digest: str


def is_trend(inputs: Benchmark605Inputs) -> bool:
    """Whether the rows are to be drawn over months."""
    return "month" in inputs.by and len({row["month"] for row in inputs.rows}) >= LEAST_MONTHS


def label_of(row: Mapping[str, Any], names: Sequence[str], said: Mapping[tuple[str, str], str]) -> str:
    """What a row is called: the values of some dimensions, and the kind of its reporter."""
    parts = [said.get((name, row[name]), str(row[name])) for name in names if row[name] is not None]
    if row.get("kind") not in (None, "own"):
        parts.append(f"({row['kind']})")
    return " ".join(parts) or "all"


def _group(row: Mapping[str, Any], inputs: Benchmark605Inputs) -> str:
    if row.get("side") == "own":
        return "own flow"
    if not inputs.provider or row.get("used") is None:
        return "published"
    return "used" if row["used"] else "not used"


def _value(row: Mapping[str, Any], place: int, shown: Shown, inputs: Benchmark605Inputs) -> float | None:
    """The figure in our mix where own flow stands beside it; null where it is doubted."""
    if place in inputs.doubted and shown is _IMPROVEMENT:
        return None
    value = row.get(f"{shown.name}_adjusted" if inputs.provider else shown.name)
    return None if value is None else value * shown.factor


def _drawable(inputs: Benchmark605Inputs) -> tuple[Shown, ...]:
    """Figures of the layout, without net improvement where most of it is doubted."""
    is_doubtful = len(inputs.doubted) > DOUBT * len(inputs.rows)
    return tuple(item for item in SHOWN[inputs.layout] if not (is_doubtful and item is _IMPROVEMENT))


def _points(inputs: Benchmark605Inputs, shown: Shown) -> list[Plain]:
    found = []
    for place, row in enumerate(inputs.rows):
        value = _value(row, place, shown, inputs)
        if value is not None:
            said = {"label": label_of(row, inputs.by, inputs.said), "group": _group(row, inputs), "value": value}
            bounds = {"lower": None, "upper": None}
            if shown is _E_OVER_Q and row.get("side") == "own":
                bounds = {"lower": row["own_e_over_q_lower"], "upper": row["own_e_over_q_upper"]}
            weight = 0 if row.get("side") == "own" else -(row.get("shares") or 0)
            found.append(said | bounds | {"weight": weight, "is_own": row.get("side") == "own"})
    kept = sorted(found, key=lambda item: (not item["is_own"], item["weight"], item["label"]))[:MOST_DOTS]
    return sorted(kept, key=lambda item: (item["value"], item["label"]))


def dots(inputs: Benchmark605Inputs) -> tuple[Block, ...]:
    """A dot plot for each figure of the layout that can be drawn."""
    figures = []
    for shown in _drawable(inputs):
        points = _points(inputs, shown)
        if points:
            figures.append(_dot_figure(inputs, shown, points))
    if not figures:
        return (Paragraph(text="No figure of these rows can be drawn; the table has what is stated."),)
    return tuple(figures)


def _dot_figure(inputs: Benchmark605Inputs, shown: Shown, points: Sequence[Plain]) -> Figure:
    order = list(dict.fromkeys(item["label"] for item in points))
    there = [name for name in GROUPS if any(item["group"] == name for item in points)]
    y = {
        "field": "label", "type": "nominal", "sort": order, "title": None,
        "axis": {"labelLimit": 210, "labelPadding": 5, "ticks": False, "domain": False, "grid": True},
    }  # fmt: skip
    title = f"{shown.title}{', in our mix' if inputs.provider else ''} ({shown.better})"
    scale, axis = _axis(shown, points[0]["value"], points[-1]["value"])
    x = {"field": "value", "type": "quantitative", "title": title, "scale": {"padding": 8} | scale, "axis": axis}
    looks: Spec = {
        "field": "group", "type": "nominal", "legend": {"orient": "top", "title": None} if len(there) > 1 else None,
    }  # fmt: skip
    shapes = {name: SHAPES[GROUPS.index(name)] for name in there}
    shades = {"own flow": WARN, "used": INK, "not used": SOFT, "published": ACCENT}
    points_layer: Spec = {
        "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
        "encoding": {
            "x": x, "y": y,
            "shape": looks | {"scale": {"domain": there, "range": [shapes[name] for name in there]}},
            "color": looks | {"scale": {"domain": there, "range": [shades[name] for name in there]}},
        },
    }  # fmt: skip
    layers: list[Spec] = [points_layer]
    if any(item["lower"] is not None for item in points):
        layers.insert(0, {
            "mark": {"type": "rule", "color": WARN, "strokeWidth": 1},
            "encoding": {"x": {"field": "lower", "type": "quantitative"}, "x2": {"field": "upper"}, "y": y},
        })  # fmt: skip
    low, high = points[0], points[-1]
    left = sum(1 for row in inputs.rows if row.get("side") != "own") - sum(1 for item in points if not item["is_own"])
    more = f" {left} further rows state none or are smaller." if left > 0 else ""
    return Figure(
        id=f"dots-{shown.name.replace('_', '-')}",
        spec={"width": 430, "height": LINE_ROOM * len(order) + 10, "data": {"values": list(points)}, "layer": layers},
        caption=f"{title}: {low['label']} ({printed(low['value'], shown.kind)}) is the lowest of {len(points)}, "
        f"{high['label']} ({printed(high['value'], shown.kind)}) the highest.{more}",
        alt=f"{title}: {len(points)} rows from {low['label']} at {printed(low['value'], shown.kind)} to "
        f"{high['label']} at {printed(high['value'], shown.kind)}.",
        data=_points_table(shown, points),
    )


def _axis(shown: Shown, lowest: float, highest: float) -> tuple[Spec, Spec]:
    """Scale and axis of a figure; tens only where the figures reach over more than one.

    The axis begins at a ten below the lowest figure, or at zero: time is never negative.
    """
    if shown.is_log and highest >= TENS[2] and highest > SPREAD_OF_TENS * lowest:
        axis: Spec = {"values": TENS, "labelExpr": "format(datum.value, ',')"}
        bounds: Spec = {"domainMax": highest * ROOM_ABOVE, "padding": 0, "nice": False}
        if lowest >= TENS[1]:
            return {"type": "log", "domainMin": max(ten for ten in TENS if ten <= lowest)} | bounds, axis
        return {"type": "symlog", "constant": 1, "domainMin": 0} | bounds, axis
    form: Spec = {"format": ".1%"} if shown.kind == "rate" else {}
    return {"zero": False}, {"tickCount": 5, **form}


def _points_table(shown: Shown, points: Sequence[Plain]) -> Table:
    rows = tuple(
        Row(
            id=f"{shown.name}-{place}",
            cells=(words(item["label"]), words(item["group"]), number_cell(item["value"], shown.kind)),
        )
        for place, item in enumerate(points)
    )
    columns = (
        Column(id="label", title="Row"),
        Column(id="group", title="Whose"),
        Column(id="value", title=shown.title, align="right"),
    )
    caption = f"{shown.title}, as drawn"
    return Table(id=f"points-{shown.name}", columns=columns, rows=rows, caption=caption, data_only=True)


def trends(inputs: Benchmark605Inputs) -> tuple[Block, ...]:
    """A line for each of the largest rows over the months; what is missing is a gap."""
    names = [name for name in inputs.by if name != "month"]
    sizes: dict[str, float] = {}
    for row in inputs.rows:
        own = row.get("side") == "own"
        label = "own flow" if own else label_of(row, names, inputs.said)
        sizes[label] = sizes.get(label, 0) + (float("inf") if own else row.get("shares") or 0)
    kept = sorted(sizes, key=lambda label: (-sizes[label], label))[:MOST_LINES]
    figures = []
    for shown in _drawable(inputs):
        points = [
            {"month": row["month"], "line": label, "value": value}
            for place, row in enumerate(inputs.rows)
            if (label := "own flow" if row.get("side") == "own" else label_of(row, names, inputs.said)) in kept
            and (value := _value(row, place, shown, inputs)) is not None
        ]
        if points:
            figures.append(_trend_figure(inputs, shown, points, kept, len(sizes) - len(kept)))
    return tuple(figures)


def _trend_figure(
    inputs: Benchmark605Inputs, shown: Shown, points: Sequence[Plain], kept: Sequence[str], left: int
) -> Figure:
    title = f"{shown.title}{', in our mix' if inputs.provider else ''} ({shown.better})"
    drawn = [item["value"] for item in points]
    scale, axis = _axis(shown, min(drawn), max(drawn))
    legend: Spec | None = {"orient": "top", "title": None, "columns": 3} if len(kept) > 1 else None
    look: Spec = {"field": "line", "type": "nominal", "legend": legend}
    plain = {"field": "line", "type": "nominal", "legend": None}
    spec: Spec = {
        "width": 560, "height": 150, "data": {"values": list(points)},
        "encoding": {
            "x": {"field": "month", "type": "temporal", "title": None, "axis": {"format": "%Y-%m", "tickCount": 8}},
            "y": {"field": "value", "type": "quantitative", "title": None, "scale": scale, "axis": axis},
            "color": look | {"scale": {"domain": list(kept), "range": SHADES[: len(kept)]}},
        },
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 1.3},
                "encoding": {
                    "strokeDash": look | {"scale": {"domain": list(kept), "range": DASHES[: len(kept)]}},
                },
            },
            {"mark": {"type": "point", "size": 6, "filled": True, "opacity": 1}, "encoding": {"color": plain}},
        ],
    }  # fmt: skip
    months = sorted({item["month"] for item in points})
    more = f" The {len(kept)} rows with the most executed shares; {left} others are in the table." if left else ""
    return Figure(
        id=f"trend-{shown.name.replace('_', '-')}",
        spec=spec,
        caption=f"{title}, by month.{more}",
        alt=f"{title} of {', '.join(kept)}, {months[0]} to {months[-1]}.",
        data=_trend_table(shown, points),
    )


def _trend_table(shown: Shown, points: Sequence[Plain]) -> Table:
    rows = tuple(
        Row(
            id=f"{shown.name}-{place}",
            cells=(words(item["month"]), words(item["line"]), number_cell(item["value"], shown.kind)),
        )
        for place, item in enumerate(points)
    )
    columns = (
        Column(id="month", title="Month"),
        Column(id="line", title="Row"),
        Column(id="value", title=shown.title, align="right"),
    )
    caption = f"{shown.title}, as drawn"
    return Table(id=f"points-{shown.name}", columns=columns, rows=rows, caption=caption, data_only=True)


def number_cell(value: float | None, kind: Kind) -> Cell:
    """A figure as a cell."""
    if value is None:
        return missing("not stated", unit=UNITS[kind])
    return Cell(value=value, text=printed(value, kind), unit=UNITS[kind])
