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
from routeproof.reports.rule606.customer_files import moment_of, venue_numbers
from routeproof.reports.rule606.numbers import apart, shares
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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


TITLES = {"606(b)(1)": "Order routing report", "606(b)(3)": "Order handling report"}
PARTS = {"held": "Held orders", "notHeldExempt": "Not-held orders, exempt", "options": "Options"}
MOST_TIMES = 10
"""Times of executions that stand in one line."""

SIGNS = "Net ¢/100: average rebate received (positive) or fee paid (negative), in cents per hundred shares."
HANDLING: dict[str, dict[str, tuple[str, str]]] = {
    "routing and fills": {
        "routedShr": ("Routed", "shares"),
        "iocRoutedShr": ("Of it IOC", "shares"),
        "furtherRoutableShr": ("Routable further", "shares"),
        "orderSizeShr": ("Average order", "shares"),
        "executedShr": ("Executed", "shares"),
        "filledPct": ("Filled", "%"),
        "fillSizeShr": ("Average fill", "shares"),
        "netFeeOrRebateCph": ("Net", "¢/100"),
    },
    "place in the spread": {
        "midpointShr": ("Midpoint", "shares"),
        "midpointPct": ("Midpoint", "%"),
        "nearsideShr": ("Near side", "shares"),
        "nearsidePct": ("Near side", "%"),
        "farsideShr": ("Far side", "shares"),
        "farsidePct": ("Far side", "%"),
    },
    "liquidity": {
        "providedLiqudityShr": ("Provided", "shares"),
        "providedLiquidityPct": ("Provided", "%"),
        "orderDurationMsec": ("Average life", "ms"),
        "providedLiquidityNetCph": ("Net", "¢/100"),
        "removedLiquidityShr": ("Removed", "shares"),
        "removedLiquidityPct": ("Removed", "%"),
        "removedLiquidityNetCph": ("Net", "¢/100"),
    },
}
"""Tables of a month: elements of the file, with titles and units. The schema spells one of them so."""


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
        title=f"{TITLES[pages.rule]} for {head.customer}",
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
    columns = (
        Column(id="order", title="Order", weight=1.4),
        Column(id="directed", title="Directed", weight=0.7),
        Column(id="venue", title="Venue", weight=1.6),
        Column(id="executions", title="Executions", align="right", weight=0.8),
        Column(id="at", title="Executed at, UTC", weight=2.6),
    )
    rows = tuple(row for item in orders for row in _routed(part, item, names))
    table = Table(id=part, columns=columns, rows=rows, caption=PARTS[part], compact=True)
    text = (
        "One line for each venue that an order was routed to. The file has all times, also where there are more than "
        f"{MOST_TIMES}."
    )
    return Section(id=part, title=PARTS[part], blocks=(Paragraph(text=text), table))


def _routed(part: str, order: RoutedOrder, names: VenueNames) -> Iterator[Row]:
    """Lines of an order; its name stands in the first."""
    head = (words(order.order_id), words("yes" if order.directed else "no"))
    if not order.venues:
        yield Row(id=f"{part}-{order.order_id}", cells=(*head, words("none"), count_cell(0), words(DASH)))
    for place, item in enumerate(order.venues):
        cells = (
            *(head if place == 0 else (words(""), words(""))),
            words(names.shown(item.venue)),
            count_cell(len(item.executed_at)),
            words(_times(item.executed_at)),
        )
        yield Row(id=f"{part}-{order.order_id}-{place}", cells=cells)


def _times(executed_at: Sequence[int]) -> str:
    """Days and times to the second; the day stands where it changes."""
    said, day = list[str](), ""
    for at in sorted(executed_at)[:MOST_TIMES]:
        moment = moment_of(at)
        said.append(f"{moment:%H:%M:%S}" if f"{moment:%Y-%m-%d}" == day else f"{moment:%Y-%m-%d %H:%M:%S}")
        day = f"{moment:%Y-%m-%d}"
    more = len(executed_at) - len(said)
    return ", ".join(said) + (f" and {more:,} more" if more else "") or DASH


def _handling(directed: bool, months: Sequence[MonthHandling], names: VenueNames) -> Section:  # noqa: FBT001  # a kind
    title = "Directed orders" if directed else "Non-directed orders"
    blocks = [_numbers(month, directed, part, columns, names) for month in months for part, columns in HANDLING.items()]
    return Section(id=f"handling-{directed}", title=title, blocks=(Paragraph(text=SIGNS, style="note"), *blocks))


def _numbers(
    month: MonthHandling,
    directed: bool,  # noqa: FBT001  # a kind
    part: str,
    columns: Mapping[str, tuple[str, str]],
    names: VenueNames,
) -> Table:
    """Some of the file's numbers of each venue, as the file states them but for commas between thousands."""
    name = f"{month.month:%Y-%m}-{directed}-{part.split(maxsplit=1)[0].lower()}"
    rows = []
    for item in month.venues:
        numbers = dict(venue_numbers(item))
        cells = (number_cell(apart(numbers[element]), item.executions) for element in columns)
        rows.append(Row(id=f"{name}-{item.venue}", cells=(words(names.shown(item.venue)), *cells)))
    sent = apart(shares(month.sent_shares))
    return Table(
        id=name,
        columns=(
            Column(id="venue", title="Venue", weight=1.8),
            *(Column(id=element, title=text, unit=unit, align="right") for element, (text, unit) in columns.items()),
        ),
        rows=tuple(rows),
        caption=f"{month.month:%B %Y}, {sent} shares sent: {part}",
        compact=True,
    )
