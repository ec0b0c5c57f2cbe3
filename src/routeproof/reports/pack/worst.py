"""The ten worst executions: each order's timeline against the NBBO, as small multiples."""

import polars as pl

from routeproof.reports.document import Cell, Column, Figure, Paragraph, Row, Section, Table, words
from routeproof.reports.numbers import printed
from routeproof.reports.pack.charts import INK, SOFT, WARN, Spec, values
from routeproof.reports.pack.frames import empty_section, number
from routeproof.reports.pack.inputs import PackInputs, WorstExecution

TITLE = "The worst executions"
SHOWN = 10
NS_PER_MS = 1_000_000
EVENTS = ("received", "routed", "acknowledged", "executed", "cancelled")
EVENT_SHAPES = ("circle", "triangle-right", "square", "diamond", "cross")


def _start(case: WorstExecution) -> int:
    return min((event.at for event in case.events), default=case.executed_at)


def _book(case: WorstExecution) -> pl.DataFrame:
    """The NBBO in milliseconds since the first event, carried to the last point of the panel."""
    start = _start(case)
    if case.quotes.is_empty():
        return pl.DataFrame(schema={"ms": pl.Float64, "bid": pl.Float64, "ask": pl.Float64})
    book = case.quotes.select(ms=(pl.col("at") - start) / NS_PER_MS, bid="bid", ask="ask")
    last = max([event.at for event in case.events] + [case.executed_at])
    end = max((last - start) / NS_PER_MS * 1.08, float(book["ms"][-1]) * 1.05, 1.0)
    return pl.concat([book, book.tail(1).with_columns(ms=pl.lit(end))])


def _marks(case: WorstExecution) -> pl.DataFrame:
    start = _start(case)
    rows = [{"ms": (event.at - start) / NS_PER_MS, "what": event.what, "price": event.price} for event in case.events]
    return pl.DataFrame(rows, schema={"ms": pl.Float64, "what": pl.String, "price": pl.Float64})


def _step(name: str) -> Spec:
    return {
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.1, "color": SOFT},
        "encoding": {"x": {"field": "ms", "type": "quantitative"}, "y": {"field": name, "type": "quantitative"}},
    }


def _band() -> Spec:
    return {
        "mark": {"type": "area", "interpolate": "step-after", "color": "#eceff2"},
        "encoding": {
            "x": {"field": "ms", "type": "quantitative"},
            "y": {"field": "bid", "type": "quantitative"},
            "y2": {"field": "ask"},
        },
    }


def _panel(rank: int, case: WorstExecution) -> Spec:
    x = {"field": "ms", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "format": "~s"}}
    y = {
        "field": "price",
        "type": "quantitative",
        "title": None,
        "axis": {"tickCount": 4, "format": ".2f", "minExtent": 38, "maxExtent": 38},
        "scale": {"zero": False, "padding": 7, "nice": False},
    }
    shape = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": list(EVENTS), "range": list(EVENT_SHAPES)},
        "legend": {"orient": "bottom", "title": None, "direction": "horizontal"} if rank == 1 else None,
    }
    marks = values(_marks(case))
    rules: Spec = {
        "data": marks,
        "mark": {"type": "rule", "color": SOFT, "strokeDash": [2, 2], "strokeWidth": 0.7},
        "encoding": {"x": x},
    }
    points: Spec = {
        "data": marks,
        "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "stroke": "white", "strokeWidth": 0.5},
        "encoding": {
            "x": x,
            "y": y,
            "shape": shape,
            "color": {"condition": {"test": "datum.what == 'executed'", "value": WARN}, "value": INK},
        },
    }
    title = f"{rank}. {case.symbol} {case.side.replace('_', ' ')} {case.quantity:,.0f}: ${case.cost_usd:,.0f}"
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 10, "fontWeight": "bold", "offset": 4},
        "width": 255,
        "height": 86,
        "data": values(_book(case)),
        "layer": [_band(), _step("bid"), _step("ask"), rules, points],
    }


FIELDS = (
    Column(id="rank", title="#", weight=0.3, align="right"),
    Column(id="execution", title="Execution", weight=1.5),
    Column(id="what", title="Order", weight=1.9),
    Column(id="venue", title="Venue", weight=0.8),
    Column(id="price", title="Price", unit="$", weight=0.8, align="right"),
    Column(id="cost", title="Cost", unit="$", weight=0.7, align="right"),
    Column(id="cost_per_share", title="Cost", unit="$/share", weight=0.8, align="right"),
    Column(id="why", title="What happened", weight=3.0),
)


def _row(rank: int, case: WorstExecution) -> Row:
    what = f"{case.side.replace('_', ' ')} {case.quantity:,.0f} {case.symbol}"
    return Row(
        id=case.execution_id,
        cells=(
            Cell(value=rank, text=str(rank)),
            Cell(value=case.execution_id, text=case.execution_id[:12], note=f"order {case.order_id[:12]}"),
            Cell(value=what, text=what, note=case.order_class.replace("_", " ")),
            words(case.venue),
            Cell(value=case.price, text=f"{case.price:,.4f}", unit="USD"),
            number(case.cost_usd, "usd"),
            Cell(
                value=case.cost_usd_per_share,
                text=printed(case.cost_usd_per_share, "usd_per_share"),
                unit="USD per share",
            ),
            words(case.why),
        ),
    )


def worst_table(cases: tuple[WorstExecution, ...]) -> Table:
    """Which executions, what they cost against the quote at receipt, and what happened."""
    return Table(
        id="worst",
        columns=FIELDS,
        rows=tuple(_row(rank, case) for rank, case in enumerate(cases, 1)),
        caption="Largest costs to customers against the quote at receipt",
        compact=True,
        together=True,
    )


def worst_figure(cases: tuple[WorstExecution, ...]) -> Figure:
    """One panel per execution, two across."""
    panels = [_panel(rank, case) for rank, case in enumerate(cases, 1)]
    return Figure(
        id="worst-chart",
        spec={
            "concat": panels,
            "columns": 2,
            "spacing": {"row": 16, "column": 26},
            "resolve": {"scale": {"shape": "shared"}},
        },
        caption="Each order against the NBBO (grey band, bid to ask), in milliseconds since the firm received it. "
        "The title gives what the execution cost the customer.",
        alt="Small multiples of the order timelines: "
        + "; ".join(f"{c.symbol} {c.side}, {c.why}" for c in cases)
        + ".",
        data=_events_table(cases),
    )


def _events_table(cases: tuple[WorstExecution, ...]) -> Table:
    rows = tuple(
        Row(
            id=f"{case.execution_id}-{index}",
            cells=(
                words(case.execution_id),
                words(event.what),
                Cell(value=event.at, text=str(event.at), unit="UTC ns"),
                number((event.at - _start(case)) / NS_PER_MS, "ms"),
                number(event.price, "usd_per_share", reason="this step has no price"),
                words(event.label),
            ),
        )
        for case in cases
        for index, event in enumerate(case.events)
    )
    columns = (
        Column(id="execution", title="Execution"),
        Column(id="what", title="Step"),
        Column(id="at", title="At", unit="UTC ns", align="right"),
        Column(id="ms", title="Since receipt", unit="ms", align="right"),
        Column(id="price", title="Price", unit="$", align="right"),
        Column(id="label", title="Where"),
    )
    return Table(id="worst-events", columns=columns, rows=rows, caption="Order timelines")


def worst_section(inputs: PackInputs) -> Section:
    """Panels first, then the table."""
    if not inputs.worst:
        return empty_section(inputs, "worst", TITLE)
    cases = tuple(sorted(inputs.worst, key=lambda case: (-case.cost_usd, case.execution_id))[:SHOWN])
    lead = Paragraph(
        text="These are the executions to ask the provider about first. They are picked by dollars lost, so they say "
        "where to look, not how the average order fared.",
        style="lead",
    )
    return Section(id="worst", title=TITLE, blocks=(lead, worst_figure(cases), worst_table(cases)), page_break=True)
