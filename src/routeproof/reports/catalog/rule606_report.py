"""The public Rule 606 report for people: its figures, how orders came into them, and what is not confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.metrics.rule606.orders import KINDS, OPTIONS, OTHER_STOCKS, SP500
from routeproof.reports.document import (
    Block,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Row,
    Section,
    Table,
    words,
)
from routeproof.reports.rule606.numbers import percent
from routeproof.reports.rule606.pages import (
    DASH,
    count_cell,
    definitions,
    number_cell,
    provenance,
    reconciliation,
    unconfirmed,
    unconfirmed_stamp,
)
from routeproof.reports.rule606.public_file import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.metrics.rule606.public_report import SectionFigures, VenueOrders
    from routeproof.policy.disclosure606 import Said
    from routeproof.reports.rule606.pages import Completeness
    from routeproof.reports.rule606.public_file import PublicReport

SECTION_TITLES = {SP500: "S&P 500 stocks", OTHER_STOCKS: "Other stocks", OPTIONS: "Options"}
KIND_TITLES = {
    "market": "Market",
    "marketable_limit": "Marketable limit",
    "non_marketable_limit": "Non-marketable limit",
    "other": "Other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPages:
    """What the pages of the public report say beside its figures.

    Attributes:
        report: the figures, as the file has them.
        dated_on: last day of the quarter.
        publish_by: day by which it is to be published.
        orders_in: orders that were looked at.
        lake: parent orders of the quarter's days, as the completeness statement counts them.
        excluded: orders in no percentage, by reason.
        notes: what a reader must know, counted.
        said: definitions in force.
        basis: manifest, policy, definitions, program.
        version: of the program.
    """

    report: PublicReport
    dated_on: date
    publish_by: date
    orders_in: int
    lake: Completeness
    excluded: Mapping[str, int]
    notes: Mapping[str, int]
    said: tuple[Said, ...]
    basis: Mapping[str, str]
    version: str


def public_document(pages: PublicPages) -> Document:
    """The public report as a document: pure, so that the same figures give the same pages."""
    report = pages.report
    title = f"Order routing report, {report.quarter}"
    sections = [_first_page(pages)]
    for month in report.months:
        blocks: list[Block] = []
        for figures in month.sections:
            blocks += _section_blocks(report, figures, f"{month.month:%Y-%m}")
        sections.append(Section(id=f"m{month.month:%Y%m}", title=f"{month.month:%B %Y}", blocks=tuple(blocks)))
    sections += [
        _aspects(report),
        reconciliation(pages.orders_in, pages.lake, pages.excluded, pages.notes, "In the percentages"),
        definitions(pages.said),
        provenance(pages.basis),
    ]
    return Document(
        title=title,
        subtitle=f"17 CFR 242.606(a)(1) · {report.bd}",
        dated_on=pages.dated_on,
        version=pages.version,
        digest=pages.basis["definitions"],
        meta={"bd": report.bd, "quarter": report.quarter, **pages.basis},
        sections=tuple(sections),
        extra={"orders_in": pages.orders_in, "excluded": dict(pages.excluded), "notes": dict(pages.notes)},
    )


def _first_page(pages: PublicPages) -> Section:
    kept = pages.orders_in - sum(pages.excluded.values())
    figures = (
        KeyFigure(label="Orders received", cell=count_cell(pages.orders_in)),
        KeyFigure(label="Non-directed, in the report", cell=count_cell(kept)),
        KeyFigure(label="Texts still a draft", cell=count_cell(pages.notes.get("drafts", 0))),
        KeyFigure(label="Definitions unconfirmed", cell=count_cell(unconfirmed(pages.said))),
    )
    text = (
        "Non-directed held orders in NMS stocks, and non-directed customer orders in options, by calendar month. "
        "Amounts are what was received less what was paid. A dash: the file leaves the number empty, since it is not "
        f"meaningful or not known. To be published by {pages.publish_by}."
    )
    blocks: list[Block] = [
        KeyFigures(items=figures),
        Paragraph(text=text, style="lead"),
        *unconfirmed_stamp(pages.said),
    ]
    return Section(id="summary", title="Summary", blocks=tuple(blocks))


def _section_blocks(report: PublicReport, figures: SectionFigures, month: str) -> list[Block]:
    title = SECTION_TITLES[figures.section]
    if not figures.all_orders:
        return [Paragraph(text=f"{title}: no orders.")]
    shares_of = ", ".join(
        f"{KIND_TITLES[kind].lower()} {percent(figures.orders[kind], figures.total) or DASH} %" for kind in KINDS
    )
    share = percent(figures.total, figures.all_orders) or DASH
    of = f"{figures.total:,} of {figures.all_orders:,} orders were not directed ({share} %)"
    lead = f"{title}: {of}. Of them: {shares_of}."
    if not figures.venues:
        return [Paragraph(text=lead)]
    base = f"{month}-{figures.section}"
    return [Paragraph(text=lead), _orders_table(report, figures, base), _paid_table(report, figures, base)]


def _orders_table(report: PublicReport, figures: SectionFigures, base: str) -> Table:
    columns = (
        Column(id="venue", title="Venue", weight=2.2),
        Column(id="all", title="Orders", unit="%", align="right"),
        *(Column(id=kind, title=KIND_TITLES[kind], unit="%", align="right") for kind in KINDS),
    )
    rows = tuple(
        Row(
            id=f"{base}-{item.venue}",
            cells=(
                words(report.names.shown(item.venue)),
                number_cell(percent(item.total, figures.total), item.total),
                *(number_cell(percent(item.orders[kind], figures.orders[kind]), item.orders[kind]) for kind in KINDS),
            ),
        )
        for item in figures.venues
    )
    title = SECTION_TITLES[figures.section]
    return Table(id=f"orders-{base}", columns=columns, rows=rows, caption=f"{title}: orders by venue", compact=True)


def _paid_table(report: PublicReport, figures: SectionFigures, base: str) -> Table:
    columns = (
        Column(id="venue", title="Venue", weight=1.8),
        *(
            Column(id=f"{kind}-{unit}", title=KIND_TITLES[kind], unit=text, align="right")
            for kind in KINDS
            for unit, text in (("usd", "USD"), ("cph", "¢/100"))
        ),
    )
    rows = tuple(
        Row(id=f"paid-{base}-{item.venue}", cells=(words(report.names.shown(item.venue)), *_amounts(item)))
        for item in figures.venues
    )
    title = SECTION_TITLES[figures.section]
    note = "Received less paid, in dollars and in cents per hundred shares."
    return Table(
        id=f"paid-{base}", columns=columns, rows=rows, caption=f"{title}: net payments", note=note, compact=True
    )


def _amounts(venue: VenueOrders) -> tuple[Cell, ...]:
    cells = [amounts(venue.paid[kind], venue.orders[kind]) for kind in KINDS]
    return tuple(number_cell(text, None) for pair in cells for text in pair)


def _aspects(report: PublicReport) -> Section:
    rows = tuple(
        Row(id=f"aspects-{venue}", cells=(words(report.names.shown(venue)), words(text)))
        for venue, text in sorted(report.aspects.items())
    )
    columns = (Column(id="venue", title="Venue"), Column(id="text", title="Material aspects", weight=3.5))
    table = Table(id="aspects", columns=columns, rows=rows, caption="Material aspects of the relation with each venue")
    return Section(id="aspects", title="Material aspects", blocks=(table,))
