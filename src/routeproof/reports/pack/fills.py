"""After the fill: markouts, and the distribution of fill times before it."""

import polars as pl

from routeproof.reports.document import Block, Figure, Section
from routeproof.reports.pack.charts import (
    DASHES,
    INK,
    POINT,
    SHADES,
    SHAPES,
    WARN,
    Spec,
    chart,
    dot_fill,
    field,
    hollow,
    quantitative,
    values,
    zero_line,
)
from routeproof.reports.pack.frames import Field, section_of, table_of, with_columns
from routeproof.reports.pack.inputs import PackInputs

MARKOUT_FIELDS = (
    Field(name="group", title="Group", weight=1.4),
    Field(name="horizon_s", title="Horizon", kind="ratio", unit="s"),
    Field(name="markout_bps", title="Markout", kind="bps", unit="bps", weight=1.5, bounds=("lower", "upper")),
    Field(name="n", title="Fills", kind="count", unit="n"),
)
FILL_FIELDS = (
    Field(name="group", title="Group", weight=1.4),
    Field(name="from_ms", title="From", kind="ms", unit="ms"),
    Field(name="to_ms", title="To", kind="ms", unit="ms"),
    Field(name="share", title="Share of fills", kind="share"),
    Field(name="beside", title="At the other provider", kind="share", reason="no other provider"),
)
QUANTILE_FIELDS = (
    Field(name="group", title="Orders", weight=1.6),
    Field(name="n", title="Fills", kind="count", unit="n"),
    Field(name="p50_ms", title="Median", kind="ms", unit="ms"),
    Field(name="p95_ms", title="95th percentile", kind="ms", unit="ms"),
    Field(name="p99_ms", title="99th percentile", kind="ms", unit="ms"),
)


def markout_figure(frame: pl.DataFrame) -> Figure:
    """Markout against time since the fill, one line per group, with intervals."""
    full = with_columns(frame, "lower", "upper")
    groups = list(dict.fromkeys(full["group"].to_list()))
    ticks = sorted(set(full["horizon_s"].to_list()))
    x = field(
        "horizon_s",
        "quantitative",
        "seconds after the fill (log scale)",
        scale={"type": "log"},
        axis={"values": ticks, "format": "~g"},
    )
    y = quantitative("markout_bps", "markout, bps", ".1f")
    scale = {"domain": groups, "range": SHADES[: len(groups)]}
    colour = field("group", "nominal", None, scale=scale, legend=None)
    ends = full.filter(pl.col("horizon_s") == ticks[-1])
    names: Spec = {
        "data": values(ends),
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 9.5, "fontWeight": "bold"},
        "encoding": {"x": x, "y": y, "text": {"field": "group"}, "color": colour},
    }
    shape = field("group", "nominal", None, scale={"domain": groups, "range": SHAPES[: len(groups)]}, legend=None)
    line: Spec = {
        "mark": {"type": "line", "strokeWidth": 1.4},
        "encoding": {
            "x": x,
            "y": y,
            "strokeDash": field(
                "group", "nominal", None, scale={"domain": groups, "range": DASHES[: len(groups)]}, legend=None
            ),
            "color": colour,
        },
    }
    rule: Spec = {
        "mark": {"type": "rule", "strokeWidth": 0.8},
        "encoding": {
            "x": x,
            "y": {"field": "lower", "type": "quantitative"},
            "y2": {"field": "upper"},
            "color": colour,
        },
    }
    dot: Spec = {
        "mark": POINT,
        "encoding": {"x": x, "y": y, "stroke": colour, "fill": dot_fill(colour), "shape": shape},
    }
    return Figure(
        id="markouts-chart",
        spec=chart(zero_line("y"), rule, line, dot, names, data=values(full), width=500, height=190),
        caption="Markout after the fill: above zero the market moved with the customer's trade, below zero it came "
        "back. Vertical lines are 95% intervals." + hollow(full, "markout_bps"),
        alt=f"Markout curves of {', '.join(groups)} from {ticks[0]:g} to {ticks[-1]:g} seconds after the fill.",
        data=table_of("markouts", frame, MARKOUT_FIELDS, "Markouts"),
    )


LEAST_SHOWN = 0.001
"""Share of a group's fills that a bin needs to be drawn; every bin is in the table."""


DECADES_IN_STEPS = 3
"""Up to so many factors of ten an axis has room for a label at 1, 2 and 5 of each."""


def _ticks(frame: pl.DataFrame) -> list[float]:
    """Labels within the histogram: 1, 2, 5, 10, 20, 50, …; powers of ten alone where those are many."""
    low, high = frame.select(pl.col("from_ms").min(), pl.col("to_ms").max()).row(0)
    steps = (1.0, 2.0, 5.0) if high <= low * 10.0**DECADES_IN_STEPS else (1.0,)
    return [tick for power in range(-3, 9) for step in steps if low <= (tick := step * 10.0**power) <= high]


def _panel(frame: pl.DataFrame) -> Spec:
    """Grey bars of the provider; a dashed outline of the other one, stepping along the same bins."""
    x = field(
        "from_ms",
        "quantitative",
        "milliseconds from receipt to fill (log scale)",
        scale={"type": "log", "nice": False},
        axis={"format": ",~g", "values": _ticks(frame)},
    )
    bars: Spec = {
        "mark": {"type": "bar", "color": "#c9d1da", "stroke": INK, "strokeWidth": 0.5},
        "encoding": {
            "x": x,
            "x2": {"field": "to_ms"},
            "y": quantitative("share", "share of fills", ".0%", tickCount=3),
            "y2": {"datum": 0},
        },
    }
    outline: Spec = {
        "mark": {"type": "line", "interpolate": "step-after", "color": WARN, "strokeDash": [4, 2], "strokeWidth": 1.4},
        "encoding": {"x": x, "y": {"field": "beside", "type": "quantitative"}},
    }
    return {"width": 600, "height": 74, "layer": [bars, outline]}


def fill_figure(frame: pl.DataFrame, beside: str) -> Figure:
    """The distribution of fill times on a log scale, one panel per group; `beside` names the dashed provider."""
    groups = list(dict.fromkeys(frame["group"].to_list()))
    shown = with_columns(frame, "beside").filter(pl.any_horizontal(pl.col("share", "beside") > LEAST_SHOWN))
    dashed = f" Dashed: the fills of provider {beside}, of orders of its own." if beside else ""
    return Figure(
        id="fill-times-chart",
        spec={
            "data": values(shown),
            "facet": {
                "row": field(
                    "group",
                    "nominal",
                    None,
                    sort=groups,
                    header={"labelAngle": 0, "labelAnchor": "start", "labelOrient": "top", "labelFontWeight": "bold"},
                )
            },
            "spec": _panel(shown),
            "spacing": 12,
        },
        caption=f"How long fills took: grey bars are this provider's fills, in equal steps of the logarithm.{dashed} "
        "Bins with less than a thousandth of the fills are left out.",
        alt=f"Histograms of fill time on a logarithmic scale for {', '.join(groups)}.",
        data=table_of("fill-times", frame, FILL_FIELDS, "Fill-time distribution"),
    )


def markouts_section(inputs: PackInputs) -> Section:
    """What the market did after the fill."""
    blocks: list[Block] = [] if inputs.markouts.is_empty() else [markout_figure(inputs.markouts)]
    return section_of(inputs, "markouts", "After the fill", blocks, page_break=True)


def fill_times_section(inputs: PackInputs) -> Section:
    """How long fills took."""
    blocks: list[Block] = (
        [] if inputs.fill_times.is_empty() else [fill_figure(inputs.fill_times, inputs.fill_times_beside)]
    )
    if not inputs.fill_quantiles.is_empty():
        note = "Unweighted nearest-rank quantiles over executions."
        blocks.append(table_of("fill-quantiles", inputs.fill_quantiles, QUANTILE_FIELDS, "Fill-time quantiles", note))
    return section_of(inputs, "fill-times", "Fill times", blocks)
