"""A customer's Rule 606 report for people: where orders went, how they were handled, and what is not confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.reports.document import (
    Block,
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
from routeproof.reports.rule606.numbers import percent, shares
from routeproof.reports.rule606.pages import (
    count_cell,
    definitions,
    number_cell,
    provenance,
    reconciliation,
    unconfirmed,
    unconfirmed_stamp,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.metrics.rule606.customer_handling import MonthHandling
    from routeproof.metrics.rule606.customer_routing import RoutedOrder
    from routeproof.policy.disclosure606 import Said
    from routeproof.reports.rule606.customer_files import CustomerHead
    from routeproof.reports.rule606.pages import Completeness
    from routeproof.reports.rule606.venue_names import VenueNames


EMPTY = (
    "Empty numbers of the file: what an indication of interest exposed, and which routed shares could be routed "
    "further, is in no table of the lake; services of a venue are left out for the same reason."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPages:
    """What the pages say.

    Attributes:
        head: customer, firm, period.
        rule: paragraph that asks for the report.
        names: of venues.
        routing: orders of a routing report, by part; empty for the other kind.
        handling: months of a handling report, by whether directed; empty for the other kind.
        orders_in: orders of the customer.
        lake: parent orders of all customers for these days.
        excluded: orders in no figure, by reason.
        notes: what a reader must know, counted.
        levels: de minimis figures, in words.
        said: definitions in force.
        basis: manifest, policy, definitions, program.
        version: of the program.
    """

    head: CustomerHead
    rule: str
    names: VenueNames
    routing: Mapping[str, tuple[RoutedOrder, ...]]
    handling: Mapping[bool, tuple[MonthHandling, ...]]
    orders_in: int
    lake: Completeness
    excluded: Mapping[str, int]
    notes: Mapping[str, int]
    levels: str
    said: tuple[Said, ...]
    basis: Mapping[str, str]
    version: str


def customer_document(pages: CustomerPages) -> Document:
    """A customer's report as a document."""
    head = pages.head
    empty = EMPTY if any(pages.handling.values()) else ""
    sections = [_customer_page(pages)]
    sections += [_routing(part, orders, pages.names) for part, orders in pages.routing.items() if orders]
    sections += [_handling(directed, months, pages.names) for directed, months in pages.handling.items() if months]
    sections += [
        reconciliation(pages.orders_in, pages.lake, pages.excluded, pages.notes, "In the report", empty),
        definitions(pages.said),
        provenance(pages.basis),
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


def _customer_page(pages: CustomerPages) -> Section:
    figures = (
        KeyFigure(label="Orders received", cell=count_cell(pages.orders_in)),
        KeyFigure(label="In the report", cell=count_cell(pages.orders_in - sum(pages.excluded.values()))),
        KeyFigure(label="Definitions unconfirmed", cell=count_cell(unconfirmed(pages.said))),
    )
    blocks: list[Block] = [KeyFigures(items=figures)]
    if pages.levels:
        blocks.append(Paragraph(text=f"De minimis levels: {pages.levels}.", style="lead"))
    blocks += unconfirmed_stamp(pages.said)
    return Section(id="summary", title="Summary", blocks=tuple(blocks))


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
            cells = (words(names.shown(item.venue)), *(number_cell(text, item.executions) for text in texts))
            rows.append(Row(id=f"{name}-{item.venue}", cells=cells))
        caption = f"{month.month:%B %Y}: {shares(month.sent_shares)} shares sent"
        blocks.append(Table(id=name, columns=columns, rows=tuple(rows), caption=caption, compact=True))
    return Section(id=f"handling-{directed}", title=title, blocks=tuple(blocks))
