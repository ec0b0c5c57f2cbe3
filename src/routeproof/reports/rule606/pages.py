"""Parts that every Rule 606 document has: the stamp, the reconciliation, the definitions, the provenance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.reports.document import (
    Block,
    Callout,
    Cell,
    Column,
    Paragraph,
    ProvenanceBlock,
    Row,
    Section,
    Table,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.policy.disclosure606 import Said

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
    "executions_in_no_row": "of them, executions in a month in which the venue got no orders of the section: what was "
    "paid for them is in no row",
    "executions_of_other_orders": "executions of orders that were not received in the quarter, such as good till "
    "cancelled, or are not known: what was paid for them is in no row",
    "payments_without_executions": "monthly payments of venues without executions, which no order type can be given",
    "late_changes": "executions of the period, of any order, that were busted or corrected under another day: they "
    "count as they were first",
    "unquoted_fills": "executions without a usable quote: in none of midpoint, near side and far side",
    "unknown_capacity": "executions whose capacity nobody reported",
    "unknown_liquidity": "executions that the venue did not mark as added or removed",
    "unknown_membership": "stocks taken for others: nobody said whether they were in the S&P 500 on the first day",
    "drafts": "venues whose material aspects are a draft",
    "unused_texts": "texts given for venues that the report does not show",
}
DASH = "—"


@dataclass(frozen=True, slots=True)
class Completeness:
    """Parent orders of the days as the completeness statement counts them: accepted, and rejected on intake."""

    accepted: int
    rejected: int


def unconfirmed(said: Sequence[Said]) -> int:
    """How many definitions were not read in a primary text."""
    return sum(not item.confirmed for item in said)


def unconfirmed_stamp(said: Sequence[Said]) -> list[Block]:
    """What is not confirmed is said on the first page, and listed on its own."""
    names = [item.name.replace("_", " ") for item in said if not item.confirmed]
    if not names:
        return []
    text = f"Not read in a primary text: {', '.join(names)}. Confirm them before relying on the figures they make."
    return [Callout(tone="warning", title="Unconfirmed", text=text)]


def reconciliation(
    orders_in: int,
    lake: Completeness,
    excluded: Mapping[str, int],
    notes: Mapping[str, int],
    kept: str,
    empty: str = "",
) -> Section:
    """Orders in, out by reason, and what the figures rest on; `empty` says which numbers the file leaves empty."""
    in_lake = lake.accepted
    rows = [Row(id="lake", cells=(words("Parent orders that the lake holds for these days"), count_cell(in_lake)))]
    if lake.rejected:
        refused = words("Beside them: rows of order files that were refused on intake, with reasons in `quality`")
        rows.append(Row(id="refused", cells=(refused, count_cell(lake.rejected))))
    if in_lake != orders_in:
        rows.append(Row(id="others", cells=(words("Of other customers"), count_cell(in_lake - orders_in))))
    rows.append(Row(id="in", cells=(words("Orders looked at"), count_cell(orders_in)), strong=True))
    rows += [
        Row(id=f"out-{name}", cells=(words(f"Left out: {REASON_WORDS.get(name, name)}"), count_cell(number)))
        for name, number in excluded.items()
    ]
    rows.append(Row(id="kept", cells=(words(kept), count_cell(orders_in - sum(excluded.values()))), strong=True))
    columns = (Column(id="what", title="Orders", weight=4), Column(id="n", title="Count", align="right"))
    table = Table(id="reconciliation", columns=columns, rows=tuple(rows), caption="Orders in, and out by reason")
    counted = tuple(
        Row(id=f"note-{name}", cells=(words(NOTE_WORDS[name]), count_cell(number)))
        for name, number in notes.items()
        if number
    )
    blocks: list[Block] = [table]
    if counted:
        said = (Column(id="what", title="To know", weight=4), Column(id="n", title="Count", align="right"))
        blocks.append(Table(id="notes", columns=said, rows=counted, caption="What the figures rest on"))
    if empty:
        blocks.append(Paragraph(text=empty, style="note"))
    return Section(id="reconciliation", title="Reconciliation", blocks=tuple(blocks), page_break=True)


def definitions(said: Sequence[Said]) -> Section:
    """Every definition with its source, unconfirmed ones first."""
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


def provenance(basis: Mapping[str, str]) -> Section:
    """What the report was made from."""
    entries = tuple((name.capitalize(), value) for name, value in basis.items())
    return Section(id="provenance", title="Provenance", blocks=(ProvenanceBlock(entries=entries),))


def count_cell(number: int) -> Cell:
    """A number of things."""
    return Cell(value=number, text=f"{number:,}", unit="count")


def number_cell(printed: str, n: int | None) -> Cell:
    """A number as the file prints it; a dash where the file leaves it empty."""
    return Cell(value=printed, text=printed, n=n) if printed else words(DASH)
