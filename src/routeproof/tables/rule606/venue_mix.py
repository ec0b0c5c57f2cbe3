"""Statements of public reports: which share of a section's orders went to which venue, and what was paid.

A cell is one report, month, section and order type: its orders are the hundred percent of the statements in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.tables.rule606.layout import ORDER_TYPES
from routeproof.tables.rule606.values import collapsed, fixed, integer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HUNDRED_E18 = 100 * 10**18
E9 = 10**9
SECTIONS = {"rSP500": "sp500", "rOtherStocks": "other_stocks", "rOptions": "options"}
TOTAL = "total"
TYPES = {
    TOTAL: ("orderPct", ""),
    "market": ("marketPct", "Market"),
    "marketable_limit": ("marketableLimitPct", "MarketableLimit"),
    "non_marketable_limit": ("nonMarketableLimitPct", "NonMarketableLimit"),
    "other": ("otherPct", "Other"),
}
"""Order type to the element of its share and the word in the elements of its payments; the total has those of all."""
NOT_NAMED = "(not named)"
"""Stands for the venues that a report does not name: those below the largest ten and five percent."""
_PUNCTUATION = re.compile(r"[.,;:'\"()]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """One report, month, section and order type."""

    reporter: str
    filing: str
    quarter: str
    month: str
    section: str
    order_type: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What a venue paid (positive) or was paid for one order type: dollars and cents per hundred shares, at 1e-9.

    Null where a report says nothing or that it is not meaningful.
    """

    usd: int | None
    cents: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One venue in one cell.

    Attributes:
        cell: where it stands.
        venue: name for comparing, see `venue_key`.
        mic: as filed, or empty.
        mpid: as filed, or empty.
        share_e18: percent of the cell's orders, at 1e-18.
        payments: of the order type, or of all four for the total.
        via: broker that orders went through on their way, where a report of it was looked into.
    """

    cell: Cell
    venue: str
    mic: str
    mpid: str
    share_e18: int
    payments: tuple[Payment, ...] = ()
    via: str = ""


@dataclass(slots=True)
class Mix:
    """All statements by cell; a cell of no orders has none, and is only counted.

    Attributes:
        cells: statements of each cell that states a share.
        silent: cells that state none.
    """

    cells: dict[Cell, list[Statement]] = field(default_factory=dict)
    silent: int = 0


def venue_key(name: str | None, mic: str | None = None) -> str:
    """A venue's name for comparing across reports: capitals, single blanks, no punctuation; its MIC if it has none."""
    plain = collapsed(_PUNCTUATION.sub(" ", (name or "").upper()))
    return plain or collapsed(name or "") or collapsed(mic or "")


def statements(
    months: Iterable[Mapping[str, object]],
    sections: Iterable[Mapping[str, object]],
    venues: Iterable[Mapping[str, object]],
    order_types: Sequence[str] = (TOTAL,),
) -> Mix:
    """Statements of the rows of `rule606_a1_months`, `_sections` and `_venues`, texts as filed."""
    named = {_report(row, row["rMonthly_no"]): _month(row) for row in months}
    by_section: dict[tuple[object, ...], list[Mapping[str, object]]] = {}
    for row in venues:
        by_section.setdefault(_report(row, row["rMonthly_no"], row["section"]), []).append(row)
    mix = Mix()
    for row in sections:
        month = named[_report(row, row["rMonthly_no"])]
        section = SECTIONS[str(row["section"])]
        rows = by_section.get(_report(row, row["rMonthly_no"], row["section"]), [])
        for order_type in order_types:
            cell = Cell(str(row["reporter"]), str(row["filing"]), str(row["quarter"]), month, section, order_type)
            found = [statement for venue in rows if (statement := _statement(cell, venue)) is not None]
            if found:
                mix.cells[cell] = found
            else:
                mix.silent += 1
    return mix


def _report(row: Mapping[str, object], *more: object) -> tuple[object, ...]:
    return (row["reporter"], row["filing"], row["quarter"], *more)


def _month(row: Mapping[str, object]) -> str:
    return f"{integer(str(row['year'])) or 0:04d}-{integer(str(row['mon'])) or 0:02d}"


def _statement(cell: Cell, row: Mapping[str, object]) -> Statement | None:
    element, word = TYPES[cell.order_type]
    share = fixed(_text(row, element))
    if share is None:
        return None
    words = (word,) if word else ORDER_TYPES
    payments = tuple(
        Payment(
            fixed(_text(row, f"netPmtPaidRecv{kind}OrdersUsd")), fixed(_text(row, f"netPmtPaidRecv{kind}OrdersCph"))
        )
        for kind in words
    )
    mic, mpid = collapsed(_text(row, "mic")), collapsed(_text(row, "mpid"))
    return Statement(cell, venue_key(_text(row, "name"), mic), mic, mpid, share * E9, payments)


def _text(row: Mapping[str, object], name: str) -> str:
    return str(row[name] or "")
