"""The provider's word: its own report of the period held against the firm's record."""

from routeproof.reports.document import Block, Callout, Cell, Column, Paragraph, Row, Section, Table, missing, words
from routeproof.reports.numbers import UNITS, interval, printed
from routeproof.reports.pack.frames import Field, empty_section, table_of
from routeproof.reports.pack.inputs import PackInputs, StatedFigure, VendorWord

ID = "vendor-word"
TITLE = "The provider's word against the record"
RECORD_FIELDS = (
    Field(name="record", title="Record"),
    Field(name="matched", title="Matched", kind="count", unit="n"),
    Field(name="missing_at_provider", title="Not in its report", kind="count", unit="n"),
    Field(name="missing_here", title="Unknown to the firm", kind="count", unit="n"),
    Field(name="set_aside", title="Set aside", kind="count", unit="n"),
)
DIFFERING_FIELDS = (
    Field(name="record", title="Record"),
    Field(name="field", title="Field", weight=1.4),
    Field(name="n", title="Differing", kind="count", unit="n"),
    Field(name="tolerance", title="Tolerance"),
)
PLACE_FIELDS = (
    Field(name="orders", title="Orders"),
    Field(name="inside", title="Inside", kind="count", unit="n"),
    Field(name="at", title="At the quote", kind="count", unit="n"),
    Field(name="outside", title="Outside", kind="count", unit="n"),
    Field(name="no_quote", title="No quote", kind="count", unit="n"),
    Field(name="cost_bps", title="Cost", kind="bps", unit="bps", reason="no such order with a quote"),
)
CLOCK_FIELDS = (
    Field(name="source", title="Clock of", weight=1.3),
    Field(name="against", title="Against", weight=1.6),
    Field(name="estimate_ms", title="Ahead", kind="ms", unit="ms", bounds=("lower_ms", "upper_ms")),
    Field(name="reason", title="Why not told", weight=1.6),
)
FIGURE_COLUMNS = (
    Column(id="figure", title="Figure", weight=1.8),
    Column(id="definition", title="By its definition", weight=2.0),
    Column(id="stated", title="Stated", align="right"),
    Column(id="recomputed", title="Recomputed", align="right", weight=1.3),
    Column(id="agrees", title="Within tolerance"),
)
ASIDE = "Set aside: busted or corrected since, so that a report may be of before; and further days of an order."
CLOCKS = "Bounds hold what the offset can be, for no message is answered before it is sent."


def vendor_word_section(inputs: PackInputs) -> Section:
    """One sentence, then figures, records, fields, what is left out and where it lies, and clocks."""
    found = inputs.vendor_word
    if found is None:
        return empty_section(inputs, ID, TITLE)
    return Section(id=ID, title=TITLE, blocks=tuple(_blocks(found)))


def _blocks(found: VendorWord) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(text=found.headline, style="lead")
        if found.agrees
        else Callout(tone="warning", title="Its report is not the firm's record", text=found.headline)
    ]
    if found.figures:
        blocks.append(_figures(found.figures))
    if not found.records.is_empty():
        blocks.append(table_of("vendor-records", found.records, RECORD_FIELDS, "Orders and fills", ASIDE, compact=True))
    if not found.fields.is_empty():
        title = "Matched records that differ beyond tolerance"
        blocks.append(table_of("vendor-fields", found.fields, DIFFERING_FIELDS, title, compact=True))
    if not found.places.is_empty():
        title = "Where the orders lie that its report leaves out, against the quote when they traded"
        blocks.append(table_of("vendor-left-out", found.places, PLACE_FIELDS, title, found.selection, compact=True))
    if found.times:
        blocks.append(Callout(tone="warning", title="Times", text=found.times))
    if not found.clocks.is_empty():
        blocks.append(table_of("vendor-clocks", found.clocks, CLOCK_FIELDS, "Clocks", CLOCKS, compact=True))
    return blocks


def _figures(figures: tuple[StatedFigure, ...]) -> Table:
    rows = [
        Row(id=f"{place} {item.name}", cells=(words(item.name), words(item.definition), *_values(item), _verdict(item)))
        for place, item in enumerate(figures, 1)
    ]
    return Table(
        id="vendor-figures",
        columns=FIGURE_COLUMNS,
        rows=tuple(rows),
        caption="What it states about itself, and the same recomputed from the firm's record",
        note="Brackets hold 95% intervals of the recomputed figure over days.",
        compact=True,
    )


def _values(item: StatedFigure) -> tuple[Cell, Cell]:
    unit = UNITS[item.kind]
    stated = Cell(value=item.stated, text=printed(item.stated, item.kind), unit=unit)
    if item.recomputed is None:
        return stated, missing(item.reason, unit=unit)
    text = printed(item.recomputed, item.kind)
    between = interval(item.lower, item.upper, item.kind)
    return stated, Cell(
        value=item.recomputed, text=text, unit=unit, n=item.n, lower=item.lower, upper=item.upper, note=between
    )


def _verdict(item: StatedFigure) -> Cell:
    if item.differs is None:
        return missing(item.reason or "nothing to compare with")
    return words("no" if item.differs else "yes")
