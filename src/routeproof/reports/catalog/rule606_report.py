"""A Rule 606 report for people: the figures of its file, how orders came into them, and what is not confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.metrics.rule606.orders import KINDS, OPTIONS, OTHER_STOCKS, SP500
from routeproof.reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)
from routeproof.reports.rule606.numbers import percent, shares
from routeproof.reports.rule606.public_file import amounts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.metrics.rule606.customer_handling import MonthHandling
    from routeproof.metrics.rule606.customer_routing import RoutedOrder
    from routeproof.metrics.rule606.public_report import SectionFigures, VenueOrders
    from routeproof.policy.disclosure606 import Said
    from routeproof.reports.rule606.customer_files import CustomerHead
    from routeproof.reports.rule606.public_file import PublicReport
    from routeproof.reports.rule606.venue_names import VenueNames

SECTION_TITLES = {SP500: "S&P 500 stocks", OTHER_STOCKS: "Other stocks", OPTIONS: "Options"}
KIND_TITLES = {
    "market": "Market",
    "marketable_limit": "Marketable limit",
    "non_marketable_limit": "Non-marketable limit",
    "other": "Other",
}
REASON_WORDS = {
    "refused": "refused at entry",
    "no_shares": "for no shares",
    "not_held": "not held",
    "not_customer_order": "options of a market value above that of customer orders",
    "directed": "directed; counted in the base of the non-directed share",
    "held": "held",
    "options": "options",
}
NOTE_WORDS = {
    "without_quote": "limit orders without a quote on their far side at receipt, counted as non-marketable",
    "not_routed": "orders of the report that no route and no execution shows at a venue",
    "unlinked_routes": "routes to venues that no order is known for; they are in no figure",
    "executions": "executions of the report's orders",
    "charges_unknown": "of them, executions without a fee or rebate of their own or of a schedule",
    "venue_unknown": "of them, executions whose venue nobody reported",
    "payments_without_executions": "monthly payments of venues without executions, which no order type can be given",
    "unquoted_fills": "executions without a usable quote: in none of midpoint, near side and far side",
    "unknown_capacity": "executions whose capacity nobody reported",
    "unknown_liquidity": "executions that the venue did not mark as added or removed",
    "drafts": "venues whose material aspects are a draft",
    "unused_texts": "texts given for venues that the report does not show",
}
DASH = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPages:
    """What the pages of the public report say beside its figures.

    Attributes:
        report: the figures, as the file has them.
        dated_on: last day of the quarter.
        publish_by: day by which it is to be published.
        orders_in: orders that were looked at.
        in_lake: parent orders that the lake holds for the quarter's days, as its completeness statement counts.
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
    in_lake: int
    excluded: Mapping[str, int]
    notes: Mapping[str, int]
    said: tuple[Said, ...]
    basis: Mapping[str, str]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPages:
    """The same of a customer's report; one of `routing` and `handling` is empty."""

    head: CustomerHead
    rule: str
    names: VenueNames
    routing: Mapping[str, tuple[RoutedOrder, ...]]
    handling: Mapping[bool, tuple[MonthHandling, ...]]
    orders_in: int
    in_lake: int
    excluded: Mapping[str, int]
    notes: Mapping[str, int]
    levels: str
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
        _reconciliation(pages.orders_in, pages.in_lake, pages.excluded, pages.notes, "In the percentages"),
        _definitions(pages.said),
        _provenance(pages.basis),
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


def customer_document(pages: CustomerPages) -> Document:
    """A customer's report as a document."""
    head = pages.head
    sections = [_customer_page(pages)]
    sections += [_routing(part, orders, pages.names) for part, orders in pages.routing.items() if orders]
    sections += [_handling(directed, months, pages.names) for directed, months in pages.handling.items() if months]
    sections += [
        _reconciliation(pages.orders_in, pages.in_lake, pages.excluded, pages.notes, "In the report"),
        _definitions(pages.said),
        _provenance(pages.basis),
    ]
    return Document(
        title=f"Order handling report for {head.customer}",
        subtitle=f"17 CFR 242.{pages.rule} · {head.bd} · {head.first} to {head.last}",
        dated_on=head.last,
        version=pages.version,
        digest=pages.basis["definitions"],
        meta={"bd": head.bd, "rule": pages.rule, **pages.basis},
        sections=tuple(sections),
        extra={"orders_in": pages.orders_in, "excluded": dict(pages.excluded), "notes": dict(pages.notes)},
    )


def _first_page(pages: PublicPages) -> Section:
    kept = pages.orders_in - sum(pages.excluded.values())
    figures = (
        KeyFigure(label="Orders received", cell=_count(pages.orders_in)),
        KeyFigure(label="Non-directed, in the report", cell=_count(kept)),
        KeyFigure(label="Texts still a draft", cell=_count(pages.notes.get("drafts", 0))),
        KeyFigure(label="Definitions unconfirmed", cell=_count(_unconfirmed(pages.said))),
    )
    text = (
        "Non-directed held orders in NMS stocks, and non-directed customer orders in options, by calendar month. "
        "Amounts are what was received less what was paid. A dash: the file leaves the number empty, since it is not "
        f"meaningful or not known. To be published by {pages.publish_by}."
    )
    blocks: list[Block] = [KeyFigures(items=figures), Paragraph(text=text, style="lead"), *_stamp(pages.said)]
    return Section(id="summary", title="Summary", blocks=tuple(blocks))


def _customer_page(pages: CustomerPages) -> Section:
    figures = (
        KeyFigure(label="Orders received", cell=_count(pages.orders_in)),
        KeyFigure(label="In the report", cell=_count(pages.orders_in - sum(pages.excluded.values()))),
        KeyFigure(label="Definitions unconfirmed", cell=_count(_unconfirmed(pages.said))),
    )
    blocks: list[Block] = [KeyFigures(items=figures)]
    if pages.levels:
        blocks.append(Paragraph(text=f"De minimis levels: {pages.levels}.", style="lead"))
    blocks += _stamp(pages.said)
    return Section(id="summary", title="Summary", blocks=tuple(blocks))


def _unconfirmed(said: Sequence[Said]) -> int:
    return sum(not item.confirmed for item in said)


def _stamp(said: Sequence[Said]) -> list[Block]:
    """What is not confirmed is said on the first page, and listed on its own."""
    names = [item.name.replace("_", " ") for item in said if not item.confirmed]
    if not names:
        return []
    text = f"Not read in a primary text: {', '.join(names)}. Confirm them before relying on the figures they make."
    return [Callout(tone="warning", title="Unconfirmed", text=text)]


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
                _text(percent(item.total, figures.total), item.total),
                *(_text(percent(item.orders[kind], figures.orders[kind]), item.orders[kind]) for kind in KINDS),
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
    return tuple(_text(text, None) for pair in cells for text in pair)


def _aspects(report: PublicReport) -> Section:
    rows = tuple(
        Row(id=f"aspects-{venue}", cells=(words(report.names.shown(venue)), words(text)))
        for venue, text in sorted(report.aspects.items())
    )
    columns = (Column(id="venue", title="Venue"), Column(id="text", title="Material aspects", weight=3.5))
    table = Table(id="aspects", columns=columns, rows=rows, caption="Material aspects of the relation with each venue")
    return Section(id="aspects", title="Material aspects", blocks=(table,))


def _routing(part: str, orders: Sequence[RoutedOrder], names: VenueNames) -> Section:
    titles = {"held": "Held orders", "notHeldExempt": "Not-held orders, exempt", "options": "Options"}
    columns = (
        Column(id="order", title="Order", weight=1.6),
        Column(id="directed", title="Directed", weight=0.6),
        Column(id="venues", title="Venues, and executions there", weight=3),
    )
    rows = tuple(
        Row(
            id=f"{part}-{item.order_id}",
            cells=(
                words(item.order_id),
                words("yes" if item.directed else "no"),
                words(", ".join(f"{names.shown(one.venue)}: {len(one.executed_at)}" for one in item.venues) or "none"),
            ),
        )
        for item in orders
    )
    table = Table(id=part, columns=columns, rows=rows, caption=titles[part], compact=True)
    text = "The times of the executions are in the file."
    return Section(id=part, title=titles[part], blocks=(Paragraph(text=text), table))


def _handling(directed: bool, months: Sequence[MonthHandling], names: VenueNames) -> Section:  # noqa: FBT001  # a kind
    title = "Directed orders" if directed else "Non-directed orders"
    columns = (
        Column(id="venue", title="Venue", weight=1.8),
        *(
            Column(id=name, title=text, align="right")
            for name, text in (
                *(("routed", "Routed"), ("executed", "Executed"), ("filled", "Filled %")),
                *(("mid", "Midpoint %"), ("near", "Near side %"), ("far", "Far side %")),
                *(("provided", "Provided %"), ("removed", "Removed %")),
            )
        ),
    )
    blocks: list[Block] = []
    for month in months:
        name = f"{month.month:%Y-%m}-{directed}"
        rows = []
        for item in month.venues:
            done, sides = item.executed.shares, item.sides or {}
            texts = (
                shares(item.routed_shares),
                shares(done),
                percent(done, item.routed_shares),
                *(percent(sides.get(side), done) for side in ("midpoint", "nearside", "farside")),
                percent(item.provided.shares, done),
                percent(item.removed.shares, done),
            )
            cells = (words(names.shown(item.venue)), *(_text(text, item.executions) for text in texts))
            rows.append(Row(id=f"{name}-{item.venue}", cells=cells))
        caption = f"{month.month:%B %Y}: {shares(month.sent_shares)} shares sent"
        blocks.append(Table(id=name, columns=columns, rows=tuple(rows), caption=caption, compact=True))
    return Section(id=f"handling-{directed}", title=title, blocks=tuple(blocks))


def _reconciliation(
    orders_in: int, in_lake: int, excluded: Mapping[str, int], notes: Mapping[str, int], kept: str
) -> Section:
    rows = [Row(id="lake", cells=(words("Parent orders that the lake holds for these days"), _count(in_lake)))]
    if in_lake != orders_in:
        rows.append(Row(id="others", cells=(words("Of other customers"), _count(in_lake - orders_in))))
    rows.append(Row(id="in", cells=(words("Orders looked at"), _count(orders_in)), strong=True))
    rows += [
        Row(id=f"out-{name}", cells=(words(f"Left out: {REASON_WORDS.get(name, name)}"), _count(number)))
        for name, number in excluded.items()
    ]
    rows.append(Row(id="kept", cells=(words(kept), _count(orders_in - sum(excluded.values()))), strong=True))
    columns = (Column(id="what", title="Orders", weight=4), Column(id="n", title="Count", align="right"))
    table = Table(id="reconciliation", columns=columns, rows=tuple(rows), caption="Orders in, and out by reason")
    counted = tuple(
        Row(id=f"note-{name}", cells=(words(NOTE_WORDS[name]), _count(number)))
        for name, number in notes.items()
        if number
    )
    blocks: list[Block] = [table]
    if counted:
        said = (Column(id="what", title="To know", weight=4), Column(id="n", title="Count", align="right"))
        blocks.append(Table(id="notes", columns=said, rows=counted, caption="What the figures rest on"))
    text = (
        "Empty numbers of the file: what an indication of interest exposed, and which routed shares could be routed "
        "further, is in no table of the lake; services of a venue are left out for the same reason."
    )
    blocks.append(Paragraph(text=text, style="note"))
    return Section(id="reconciliation", title="Reconciliation", blocks=tuple(blocks), page_break=True)


def _definitions(said: Sequence[Said]) -> Section:
    columns = (
        Column(id="name", title="Definition", weight=1.2),
        Column(id="text", title="As used here", weight=3.4),
        Column(id="source", title="Source", weight=2.2),
        Column(id="grade", title="Standing", weight=1),
    )
    rows = tuple(
        Row(
            id=f"said-{item.name}",
            cells=(
                words(item.name.replace("_", " ")),
                words(item.text),
                words(item.citation),
                words("confirmed" if item.confirmed else f"unconfirmed ({item.grade})"),
            ),
        )
        for item in sorted(said, key=lambda item: item.confirmed)
    )
    table = Table(id="definitions", columns=columns, rows=rows, caption="Definitions, unconfirmed ones first")
    return Section(id="definitions", title="Definitions", blocks=(table,))


def _provenance(basis: Mapping[str, str]) -> Section:
    entries = tuple((name.capitalize(), value) for name, value in basis.items())
    return Section(id="provenance", title="Provenance", blocks=(ProvenanceBlock(entries=entries),))


def _count(number: int) -> Cell:
    return Cell(value=number, text=f"{number:,}", unit="count")


def _text(printed: str, n: int | None) -> Cell:
    """A number as the file prints it; a dash where the file leaves it empty."""
    return Cell(value=printed, text=printed, n=n) if printed else words(DASH)
