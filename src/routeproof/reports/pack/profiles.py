"""Profiles: execution quality by time of day and by order size."""

import polars as pl

from routeproof.reports.document import Block, Figure, Section
from routeproof.reports.pack.charts import (
    ACCENT,
    INK,
    Spec,
    chart,
    field,
    names_axis,
    quantitative,
    values,
    whisker,
    zero_line,
)
from routeproof.reports.pack.frames import Field, section_of, table_of, with_columns
from routeproof.reports.pack.inputs import PackInputs

TIME_FIELDS = (
    Field(name="bucket", title="From (New York)"),
    Field(name="executed_shares", title="Shares", kind="count"),
    Field(name="executions", title="Fills", kind="count", unit="n"),
    Field(name="e_over_q", title="E/Q", kind="ratio", weight=1.5, bounds=("lower", "upper")),
)
SIZE_FIELDS = (
    Field(name="bucket", title="Order size", weight=1.4),
    Field(name="executed_shares", title="Shares", kind="count"),
    Field(name="executions", title="Fills", kind="count", unit="n"),
    Field(
        name="price_improvement_usd_per_share",
        title="Price improvement",
        kind="usd_per_share",
        unit="$/share",
        weight=1.6,
        bounds=("lower", "upper"),
    ),
)


def _ends(frame: pl.DataFrame, name: str, best: str) -> tuple[object, object]:
    kept = frame.drop_nulls(name)
    if kept.is_empty():
        return ("none", "none")
    ranked = kept.sort(name)
    return ranked.row(0, named=True)[best], ranked.row(-1, named=True)[best]


def time_figure(frame: pl.DataFrame) -> Figure:
    """Volume below, E/Q with its interval above, half-hour by half-hour."""
    full = with_columns(frame, "lower", "upper")
    order = full["bucket"].to_list()
    x = field(
        "bucket", "ordinal", "time of execution, New York", sort=order, axis={"labelAngle": 0, "labelOverlap": True}
    )
    band: Spec = {
        "mark": {"type": "rule", "color": INK},
        "encoding": {
            "x": {**x, "axis": None},
            "y": {"field": "lower", "type": "quantitative"},
            "y2": {"field": "upper"},
        },
    }
    dots: Spec = {
        "mark": {"type": "point", "filled": True, "size": 40, "color": ACCENT, "opacity": 1},
        "encoding": {"x": {**x, "axis": None}, "y": quantitative("e_over_q", "E/Q (95% interval)", ".2f", zero=False)},
    }
    bars: Spec = {
        "width": 600,
        "height": 60,
        "mark": {"type": "bar", "color": "#c9d1da", "width": {"band": 0.7}},
        "encoding": {"x": x, "y": quantitative("executed_shares", "shares", "~s", tickCount=2)},
    }
    low, high = _ends(frame, "e_over_q", "bucket")
    return Figure(
        id="time-of-day-chart",
        spec={"data": values(full), "vconcat": [chart(band, dots, width=600, height=150), bars], "spacing": 6},
        caption="Effective over quoted spread by time of day (lower is better), shares executed below; market and "
        "marketable-or-better limit orders outside halts.",
        alt=f"E/Q by half hour: lowest at {low}, highest at {high}.",
        data=table_of("time-of-day", frame, TIME_FIELDS, "Profile by time of day"),
    )


def size_figure(frame: pl.DataFrame) -> Figure:
    """Price improvement with its interval, one line per size bucket."""
    full = with_columns(frame, "lower", "upper")
    order = full["bucket"].to_list()
    y = names_axis("bucket", order, 180)
    x = quantitative("price_improvement_usd_per_share", "price improvement, $ a share (95% interval)", ".4f")
    dot: Spec = {
        "mark": {"type": "point", "filled": True, "size": 44, "color": ACCENT, "opacity": 1},
        "encoding": {"x": x, "y": y},
    }
    low, high = _ends(frame, "price_improvement_usd_per_share", "bucket")
    return Figure(
        id="sizes-chart",
        spec=chart(zero_line(), whisker(y), dot, data=values(full), width=480, height=24 * len(order)),
        caption="Price improvement by order size; market and marketable-or-better limit orders outside halts.",
        alt=f"Price improvement by order size: least for {low}, most for {high}.",
        data=table_of("sizes", frame, SIZE_FIELDS, "Profile by order size"),
    )


def profiles_section(inputs: PackInputs) -> Section:
    """Time of day and size."""
    blocks: list[Block] = []
    if not inputs.time_of_day.is_empty():
        blocks.append(time_figure(inputs.time_of_day))
    if not inputs.sizes.is_empty():
        blocks.append(size_figure(inputs.sizes))
        blocks.append(table_of("sizes-table", inputs.sizes, SIZE_FIELDS, "Profile by order size", compact=True))
    return section_of(inputs, "profiles", "Time of day and size", blocks, page_break=True)
