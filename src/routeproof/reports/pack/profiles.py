"""Profiles: execution quality by time of day and by order size."""

import polars as pl

from routeproof.reports.document import Block, Figure, Section
from routeproof.reports.pack.charts import (
    ACCENT,
    INK,
    POINT,
    Spec,
    chart,
    dot_fill,
    field,
    hollow,
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
    Field(name="scheme", title="Counted in", weight=1.0),
    Field(name="executed_shares", title="Shares", kind="count"),
    Field(name="executions", title="Fills", kind="count", unit="n"),
    Field(name="price_improvement_usd_per_share", title="Price improvement", kind="usd_per_share", unit="$/share"),
    Field(name="lower", title="95% from", kind="usd_per_share", unit="$/share", reason="no interval"),
    Field(name="upper", title="to", kind="usd_per_share", unit="$/share", reason="no interval"),
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
        "mark": POINT,
        "encoding": {
            "x": {**x, "axis": None},
            "y": quantitative("e_over_q", "E/Q (95% interval)", ".2f", zero=False),
            "stroke": {"value": ACCENT},
            "fill": dot_fill({"value": ACCENT}),
        },
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
        "marketable-or-better limit orders outside halts." + hollow(full, "e_over_q"),
        alt=f"E/Q by half hour: lowest at {low}, highest at {high}.",
        data=table_of("time-of-day", frame, TIME_FIELDS, "Profile by time of day"),
    )


SCHEMES = {
    "shares": "sizes in shares (earlier rule)",
    "dollars": "sizes in dollars (rule in force since)",
}


def _spaced() -> pl.Expr:
    """Bucket names with their thousands apart: `$1000-4999` is read as `$1,000-4,999`."""
    thousands = r"(\d)(\d{3})(\D|$)"
    return pl.col("bucket").str.replace_all(thousands, "${1},${2}${3}").str.replace("-", "\N{EN DASH}", literal=True)


PANEL_PX = 215
SPACING_PX = 24
LABELS_PX = 70
"""About what the names of sizes take beside a panel."""


def _size_panel(full: pl.DataFrame, scheme: str, domain: list[float], width: int) -> Spec:
    """Price improvement with its interval, one line per size bucket of one way of counting."""
    order = full["bucket"].to_list()
    y = names_axis("bucket", order, 110)
    title = "price improvement, $ a share"
    x = {**quantitative("price_improvement_usd_per_share", title, ".4f", tickCount=4), "scale": {"domain": domain}}
    dot: Spec = {
        "mark": POINT,
        "encoding": {"x": x, "y": y, "stroke": {"value": ACCENT}, "fill": dot_fill({"value": ACCENT})},
    }
    panel = chart(zero_line(), whisker(y), dot, data=values(full), width=width, height=19 * len(order))
    text = SCHEMES.get(scheme, "")
    return (
        panel | {"title": {"text": text, "anchor": "start", "fontSize": 9.5, "fontWeight": "bold"}} if text else panel
    )


def _domain(full: pl.DataFrame) -> list[float]:
    """One scale for both ways of counting: every point and interval end, and zero."""
    ends = full.select("price_improvement_usd_per_share", "lower", "upper").unpivot()["value"].drop_nulls()
    numbers = [0.0, *ends.to_list()]
    room = 0.04 * (max(numbers) - min(numbers))
    return [min(numbers) - room, max(numbers) + room]


def size_figure(frame: pl.DataFrame) -> Figure:
    """Price improvement by size, one panel per way of counting sizes: the rule changed within a quarter.

    A quarter under one rule has one panel, which takes the place of both.
    """
    full = with_columns(frame, "lower", "upper").with_columns(_spaced())
    if "scheme" not in full.columns:
        full = full.with_columns(scheme=pl.lit(""))
    domain = _domain(full)
    parts = [(str(key[0]), part) for key, part in full.group_by("scheme", maintain_order=True)]
    width = PANEL_PX if len(parts) > 1 else 2 * PANEL_PX + SPACING_PX + LABELS_PX
    low, high = _ends(frame, "price_improvement_usd_per_share", "bucket")
    return Figure(
        id="sizes-chart",
        spec={"hconcat": [_size_panel(part, scheme, domain, width) for scheme, part in parts], "spacing": SPACING_PX},
        caption="Price improvement by order size, with 95% intervals; market and marketable-or-better limit orders "
        "outside halts." + hollow(full, "price_improvement_usd_per_share"),
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
        blocks.append(
            table_of(
                "sizes-table", inputs.sizes.with_columns(_spaced()), SIZE_FIELDS, "Profile by order size", compact=True
            )
        )
    return section_of(inputs, "profiles", "Time of day and size", blocks, page_break=True)
