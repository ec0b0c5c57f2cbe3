"""The ten worst executions: each order's timeline against the NBBO, as small multiples."""

import polars as pl

from routeproof.reports.document import Cell, Column, Figure, Paragraph, Row, Section, Table, words
from routeproof.reports.numbers import printed
from routeproof.reports.pack.charts import INK, SOFT, WARN, Spec, values
from routeproof.reports.pack.frames import empty_section, number
from routeproof.reports.pack.inputs import PackInputs, TimelineEvent, WorstExecution

TITLE = "The worst executions"
SHOWN = 10
NS_PER_MS = 1_000_000
HEIGHT = 88
SHORTEST_MS = 5.0
NARROW_USD = 0.10
RECEIVED = "received"
EVENTS = {
    RECEIVED: "circle",
    "routed": "triangle-right",
    "acknowledged": "square",
    "executed": "diamond",
    "cancelled": "cross",
}
"""Steps of an order and the shapes that they are drawn with."""


def _zero(case: WorstExecution) -> tuple[int, str]:
    """Where the line counts from: the receipt, else the first step of the order that is known; and that step's name."""
    first = case.events[0] if case.events else None
    return (case.executed_at, "executed") if first is None else (first.at, first.what)


def _window(case: WorstExecution) -> tuple[float, float]:
    """The stretch that is drawn, in milliseconds: the order's life and some room around it.

    It begins below zero where a step is stated as earlier than the receipt: the clock of whoever stated it is behind.
    """
    zero, _ = _zero(case)
    steps = [(at - zero) / NS_PER_MS for at in (*(event.at for event in case.events), case.executed_at)]
    life = max(max(steps) - min(steps), SHORTEST_MS)
    return min(steps) - 0.2 * life, min(steps) + 1.2 * life


def _book(case: WorstExecution) -> pl.DataFrame:
    """The NBBO over the window: the quote in force at its beginning, each change, and the last one carried on."""
    begin, end = _window(case)
    if case.quotes.is_empty():
        return pl.DataFrame(schema={"ms": pl.Float64, "bid": pl.Float64, "ask": pl.Float64})
    book = case.quotes.select(ms=(pl.col("at") - _zero(case)[0]) / NS_PER_MS, bid="bid", ask="ask")
    before = book.filter(pl.col("ms") <= begin).tail(1).with_columns(ms=pl.lit(begin))
    during = book.filter((pl.col("ms") > begin) & (pl.col("ms") < end))
    drawn = pl.concat([before, during])
    return pl.concat([drawn, drawn.tail(1).with_columns(ms=pl.lit(end))])


def _marks(case: WorstExecution) -> pl.DataFrame:
    zero, _ = _zero(case)
    rows = [{"ms": (event.at - zero) / NS_PER_MS, "what": event.what, "price": event.price} for event in case.events]
    return pl.DataFrame(rows, schema={"ms": pl.Float64, "what": pl.String, "price": pl.Float64})


def _step(name: str) -> Spec:
    return {
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.1, "color": SOFT},
        "encoding": {"x": {"field": "ms", "type": "quantitative"}, "y": {"field": name, "type": "quantitative"}},
    }


def _band() -> Spec:
    return {
        "mark": {"type": "area", "interpolate": "step-after", "color": "#e3e8ed"},
        "encoding": {
            "x": {"field": "ms", "type": "quantitative"},
            "y": {"field": "bid", "type": "quantitative"},
            "y2": {"field": "ask"},
        },
    }


def _price_format(case: WorstExecution, book: pl.DataFrame) -> str:
    """Cents, or tenths of a cent where the panel spans less than ten cents."""
    prices = [case.price, *book["bid"].drop_nulls(), *book["ask"].drop_nulls()]
    return ".3f" if max(prices) - min(prices) < NARROW_USD else ".2f"


def _panel(rank: int, case: WorstExecution, shown: list[str]) -> Spec:
    book, marks = _book(case), _marks(case)
    x = {
        "field": "ms",
        "type": "quantitative",
        "title": None,
        "axis": {"tickCount": 5, "format": "~s"},
        "scale": {"domain": list(_window(case)), "nice": False},
    }
    y = {
        "field": "price",
        "type": "quantitative",
        "title": None,
        "axis": {"tickCount": 4, "format": _price_format(case, book), "minExtent": 42, "maxExtent": 42},
        "scale": {"zero": False, "padding": 9, "nice": False},
    }
    shape = {
        "field": "what",
        "type": "nominal",
        "scale": {"domain": shown, "range": [EVENTS[what] for what in shown]},
        "legend": {"orient": "bottom", "title": None, "direction": "horizontal"} if rank == 1 else None,
    }
    point = {"type": "point", "filled": True, "size": 46, "opacity": 1, "stroke": "white", "strokeWidth": 0.5}
    rules: Spec = {
        "data": values(marks),
        "mark": {"type": "rule", "color": SOFT, "strokeDash": [2, 2], "strokeWidth": 0.7},
        "encoding": {"x": x},
    }
    steps: Spec = {
        "data": values(marks.filter(pl.col("price").is_null())),
        "mark": {**point, "color": INK},
        "encoding": {"x": x, "y": {"value": HEIGHT - 4}, "shape": shape},
    }
    fills: Spec = {
        "data": values(marks.filter(pl.col("price").is_not_null())),
        "mark": {**point, "size": 62, "color": WARN},
        "encoding": {"x": x, "y": y, "shape": shape},
    }
    side = case.side.replace("_", " ")
    title = f"{rank}. {side} {case.quantity:,.0f} {case.symbol} · ${case.cost_usd:,.2f} · {case.when[:19]}"
    _, counted_from = _zero(case)
    title += "" if counted_from == RECEIVED else f" · 0 = {counted_from}"
    return {
        "title": {"text": title, "anchor": "start", "fontSize": 9.5, "fontWeight": "bold", "offset": 4},
        "width": 250,
        "height": HEIGHT,
        "data": values(book),
        "layer": [_band(), _step("bid"), _step("ask"), rules, steps, fills],
    }


FIELDS = (
    Column(id="rank", title="#", weight=0.3, align="right"),
    Column(id="execution", title="Executed (New York)", weight=2.0),
    Column(id="what", title="Order", weight=1.7),
    Column(id="venue", title="Venue", weight=0.8),
    Column(id="price", title="Price", unit="$", weight=0.8, align="right"),
    Column(id="cost", title="Cost", unit="$", weight=0.85, align="right"),
    Column(id="cost_per_share", title="Cost", unit="$/share", weight=0.8, align="right"),
    Column(id="why", title="What happened", weight=2.55),
    Column(id="source", title="Found in", weight=1.4),
)


def _row(rank: int, case: WorstExecution) -> Row:
    what = f"{case.side.replace('_', ' ')} {case.quantity:,.0f} {case.symbol}"
    return Row(
        id=case.execution_id,
        cells=(
            Cell(value=rank, text=str(rank)),
            Cell(
                value=case.when,
                text=case.when,
                note=f"ExecID {case.exec_id}" if case.exec_id else f"execution {case.execution_id[:12]}",
            ),
            Cell(value=what, text=what, note=case.order_class.replace("_", " ")),
            words(case.venue),
            Cell(value=case.price, text=f"{case.price:,.4f}", unit="USD"),
            Cell(value=case.cost_usd, text=f"{case.cost_usd:,.2f}", unit="USD"),
            Cell(
                value=case.cost_usd_per_share,
                text=printed(case.cost_usd_per_share, "usd_per_share"),
                unit="USD per share",
            ),
            words(case.why),
            Cell(
                value=case.source,
                text=case.source[:8],
                note=case.source.partition(" ")[2],
            ),
        ),
    )


def worst_table(cases: tuple[WorstExecution, ...]) -> Table:
    """Which executions, what they cost against the quote at receipt, and what happened."""
    return Table(
        id="worst",
        columns=FIELDS,
        rows=tuple(_row(rank, case) for rank, case in enumerate(cases, 1)),
        caption="Largest costs to customers against the quote at receipt",
        note="Found in: first digits of the raw file's SHA-256, and the row of the report in it.",
        compact=True,
        together=True,
    )


def worst_figure(cases: tuple[WorstExecution, ...]) -> Figure:
    """One panel per execution, two across."""
    happened = {event.what for case in cases for event in case.events}
    shown = [what for what in EVENTS if what in happened]
    panels = [_panel(rank, case, shown) for rank, case in enumerate(cases, 1)]
    return Figure(
        id="worst-chart",
        spec={
            "concat": panels,
            "columns": 2,
            "spacing": {"row": 16, "column": 26},
            "resolve": {"scale": {"shape": "shared"}},
        },
        caption="Each order against the NBBO (grey band, bid to ask), in milliseconds since the firm received it: the "
        "order's steps along the bottom, the fill at its price. Titles give the customer's cost and New York time."
        + _remarks(cases),
        alt="Small multiples of the order timelines: "
        + "; ".join(f"{c.symbol} {c.side}, {c.why}" for c in cases)
        + ".",
        data=_events_table(cases),
    )


def _remarks(cases: tuple[WorstExecution, ...]) -> str:
    """What a reader needs to know of steps before zero, and of orders without a receipt; empty where there are none."""
    before = any(event.at < _zero(case)[0] for case in cases for event in case.events)
    unknown = any(_zero(case)[1] != RECEIVED for case in cases)
    said = (
        " A step left of 0 is stated as earlier than the receipt: its source's clock and the firm's differ."
        if before
        else ""
    )
    return said + (" Where the receipt is not known, the title says which step is 0." if unknown else "")


def _since_receipt(case: WorstExecution, event: TimelineEvent) -> Cell:
    zero, counted_from = _zero(case)
    since = (event.at - zero) / NS_PER_MS if counted_from == RECEIVED else None
    return number(since, "ms", reason="the receipt is not known")


def _events_table(cases: tuple[WorstExecution, ...]) -> Table:
    rows = tuple(
        Row(
            id=f"{case.execution_id}-{index}",
            cells=(
                words(case.execution_id),
                words(event.what),
                Cell(value=event.at, text=str(event.at), unit="UTC ns"),
                _since_receipt(case, event),
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
