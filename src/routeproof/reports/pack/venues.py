"""Where the shares went, how good each venue was, who paid for them, and how concentrated the flow is."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from routeproof.reports.document import Block, Callout, Figure, Paragraph, Section
from routeproof.reports.numbers import printed
from routeproof.reports.pack.charts import (
    ACCENT,
    INK,
    NO_INTERVAL,
    PAPER,
    POINT,
    WARN,
    Spec,
    chart,
    field,
    hollow,
    names_axis,
    quantitative,
    values,
    whisker,
    zero_line,
)
from routeproof.reports.pack.frames import Field, empty_section, table_of
from routeproof.reports.pack.inputs import PackInputs

TITLE = "Venues"
CHARTED = 15
FIELDS = (
    Field(name="venue", title="Venue", weight=1.7, under="name"),
    Field(name="share", title="Share", kind="share", weight=0.75),
    Field(name="tape_share", title="Of tape", kind="share", weight=0.95, reason="no tape"),
    Field(name="executions", title="Fills", kind="count", unit="n", weight=0.8),
    Field(name="coverage", title="Covered", kind="share", weight=0.85),
    Field(
        name="price_improvement_usd_per_share",
        title="Improvement",
        kind="usd_per_share",
        unit="$/share",
        weight=1.5,
        bounds=("lower", "upper"),
    ),
    Field(name="e_over_q", title="E/Q", kind="ratio", weight=0.7),
    Field(name="fill_time_ms", title="Fill time", kind="ms", unit="ms", weight=0.8),
    Field(
        name="reversion_usd_per_share_60s", title="Reversion", kind="usd_per_share", unit="$/share, 60 s", weight=1.1
    ),
    Field(name="net_payment_usd", title="Paid to router", kind="usd", unit="$, net", weight=1.15),
)


def _fields(frame: pl.DataFrame) -> tuple[Field, ...]:
    """The columns; a venue without prints of its own, such as a dark one, is no lack of a tape."""
    has_tape = "has_tape" in frame.columns and bool(frame["has_tape"].any())
    return tuple(
        replace(field, reason="no prints of its own") if has_tape and field.name == "tape_share" else field
        for field in FIELDS
    )


def _shares(order: list[str]) -> Spec:
    y = names_axis("venue", order, 90)
    bars: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.62}, "strokeWidth": 1, "stroke": INK},
        "encoding": {
            "x": quantitative("share", "share of executed shares", ".0%"),
            "y": y,
            "fill": {"condition": {"test": "datum.payer", "value": INK}, "value": "#dfe4ea"},
        },
    }
    text: Spec = {
        "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 9},
        "encoding": {"x": {"field": "label_at", "type": "quantitative"}, "y": y, "text": {"field": "label"}},
    }
    tape: Spec = {
        "mark": {"type": "tick", "color": WARN, "thickness": 2, "height": {"band": 0.9}},
        "encoding": {"x": {"field": "tape_share", "type": "quantitative"}, "y": y},
    }
    return chart(bars, tape, text, width=245, height=20 * len(order))


def _qualities(order: list[str]) -> Spec:
    y = field("venue", "nominal", None, sort=order, axis=None)
    x = quantitative(
        "price_improvement_usd_per_share", "price improvement, $ a share (95% interval)", ".4f", zero=False
    )
    dot: Spec = {
        "mark": POINT,
        "encoding": {
            "x": x,
            "y": y,
            "shape": {"condition": {"test": "datum.payer", "value": "diamond"}, "value": "circle"},
            "stroke": {"condition": {"test": "datum.payer", "value": INK}, "value": ACCENT},
            "fill": {
                "condition": [{"test": NO_INTERVAL, "value": PAPER}, {"test": "datum.payer", "value": INK}],
                "value": ACCENT,
            },
        },
    }
    return chart(zero_line(), whisker(y), dot, width=230, height=20 * len(order))


def _label(shares: Mapping[str, float | None]) -> str:
    """The venue's share, and its share of the tape by that name: the label may stand beside either mark."""
    own, tape = shares["share"], shares["tape_share"]
    named = ["" if own is None else printed(own, "share"), "" if tape is None else f"tape {printed(tape, 'share')}"]
    return ", ".join(filter(None, named))


def venue_figure(frame: pl.DataFrame) -> Figure:
    """Share beside quality, one line per venue, venues that pay the router in black; the largest CHARTED of them."""
    largest = frame.sort("share", "venue", descending=[True, False], nulls_last=True).head(CHARTED)
    absent = [name for name in ("payer", "tape_share", "lower", "upper") if name not in frame.columns]
    kept = largest.with_columns(pl.lit(None).alias(name) for name in absent).with_columns(
        label_at=pl.max_horizontal("share", "tape_share"),
        label=pl.struct("share", "tape_share").map_elements(_label, return_dtype=pl.String),
    )
    order = kept["venue"].to_list()
    cut = "" if frame.height <= CHARTED else f"The {CHARTED} largest venues. "
    spec: Spec = {"data": values(kept), "hconcat": [_shares(order), _qualities(order)], "spacing": 18}
    first = kept.row(0, named=True)
    return Figure(
        id="venues-chart",
        spec=spec,
        caption=f"{cut}Share of executed shares and price improvement by venue. Black bars and diamonds: venues that "
        "pay the router on balance. Tall tick: the venue's share of the tape, which the label names too."
        + hollow(kept, "price_improvement_usd_per_share"),
        alt=f"{len(order)} venues by share of executed shares; the largest is {first['venue']} with "
        f"{printed(first['share'], 'share')}. Beside each, its price improvement with a 95% interval.",
        data=table_of("venues-chart-data", frame, _fields(frame), "Venues"),
    )


UNREPORTED = "(not reported)"
"""Name of the executions whose venue nobody reported."""


def _reported(frame: pl.DataFrame) -> str:
    """What concentration is taken over, where some venues are not known."""
    if "share" not in frame.columns:
        return ""
    unknown = frame.filter(pl.col("venue") == UNREPORTED)["share"].sum()
    return f" over the {printed(1.0 - float(unknown), 'share')} of shares whose venue is reported" if unknown else ""


def _concentration(inputs: PackInputs) -> Paragraph:
    if inputs.hhi is None:
        return Paragraph(text="Concentration was not measured.", style="lead")
    said = f"Concentration of executed shares (Herfindahl\N{EN DASH}Hirschman index){_reported(inputs.venues)} is "
    said += printed(inputs.hhi, "index")
    if inputs.hhi_threshold is not None:
        side = "above" if inputs.hhi > inputs.hhi_threshold else "under"
        said += f", {side} the policy's {printed(inputs.hhi_threshold, 'index')}"
    if inputs.payer_share is not None:
        said += f"; {printed(inputs.payer_share, 'share')} of the shares went to venues that pay the router on balance"
    return Paragraph(text=said + ".", style="lead")


def venues_section(inputs: PackInputs) -> Section:
    """Chart, concentration, table, and what to ask the vendor for when the inner hops are unknown."""
    if inputs.venues.is_empty():
        return empty_section(inputs, "venues", TITLE)
    blocks: list[Block] = [_concentration(inputs), venue_figure(inputs.venues)]
    if inputs.vendor_request:
        blocks.append(Callout(tone="warning", title="Missing from the provider", text=inputs.vendor_request))
    note = (
        "Shares and fills count everything. Averages are over market and marketable-or-better limit orders outside "
        "halts, share-weighted over the covered executions; coverage is covered ÷ executed shares of those."
    )
    blocks.append(table_of("venues", inputs.venues, _fields(inputs.venues), "Venues", note, compact=True))
    return Section(id="venues", title=TITLE, blocks=tuple(blocks), page_break=True)
