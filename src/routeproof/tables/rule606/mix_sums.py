"""Venue shares and payments by dimension, from statements of public reports.

A public report gives percentages and no number of orders. So cells weigh the same: a share is the mean of the cells'
shares, with the least and the greatest beside it. A venue that a report does not name has at least 0 of it; what a
report leaves unnamed is a row of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.tables.rule606.venue_mix import E9, HUNDRED_E18, NOT_NAMED, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.tables.rule606.venue_mix import Cell, Mix, Payment

OF_CELL = ("reporter", "filing", "quarter", "month", "section", "order_type")
OF_VENUE = ("venue", "mic", "mpid", "via")
DIMENSIONS = (*OF_CELL, *OF_VENUE)
FIGURES = (
    "reports",
    "reports_naming",
    "orders_share",
    "orders_share_least",
    "orders_share_greatest",
    "net_payment_usd",
    "net_payment_cents_per_hundred_shares",
    "payment_coverage",
)


@dataclass(slots=True)
class _Sums:
    """Sums of one group: shares by cell at 1e-18 percent, dollars and hundreds of shares at 1e-9."""

    shares: dict[Cell, int] = field(default_factory=dict)
    usd: int = 0
    stated: int = 0
    rated_usd: int = 0
    hundreds: int = 0
    rated: int = 0
    amounts: int = 0

    def add(self, statement: Statement) -> None:
        self.shares[statement.cell] = self.shares.get(statement.cell, 0) + statement.share_e18
        for payment in statement.payments:
            self._pay(payment)

    def _pay(self, payment: Payment) -> None:
        if payment.usd is None:
            return
        self.stated += 1
        self.usd += payment.usd
        if payment.usd == 0:
            return
        self.amounts += 1
        if payment.cents and payment.usd * payment.cents > 0:
            self.rated += 1
            self.rated_usd += payment.usd
            self.hundreds += _rounded(payment.usd * 100 * E9, payment.cents)


def mix_rows(mix: Mix, by: Sequence[str], where: Mapping[str, str]) -> list[dict[str, object]]:
    """One row per group, in order of its dimensions.

    Args:
        mix: statements.
        by: names of `DIMENSIONS`.
        where: value that a dimension must have; of a venue's dimensions, the cells stay all that there are.

    Returns:
        Dimensions and `FIGURES`: cells of the group, cells that name it, mean, least and greatest share of orders
        (0 to 1), dollars received (negative = paid) by the reporter, cents per hundred shares as dollars over the
        shares that dollars and cents imply (null where no row states both, and of one sign), and the share of amounts
        other than zero that it rests on.
    """
    cells: dict[tuple[str, ...], int] = {}
    groups: dict[tuple[str, ...], _Sums] = {}
    of_cell, of_venue = [name for name in by if name in OF_CELL], [name for name in by if name in OF_VENUE]
    for cell, found in mix.cells.items():
        if any(getattr(cell, name) != value for name, value in where.items() if name in OF_CELL):
            continue
        scope = tuple(str(getattr(cell, name)) for name in of_cell)
        cells[scope] = cells.get(scope, 0) + 1
        for statement in (*found, *_unnamed(cell, found, of_venue)):
            if all(getattr(statement, name) == value for name, value in where.items() if name in OF_VENUE):
                key = tuple(str(getattr(statement, name)) for name in of_venue)
                groups.setdefault((*scope, *key), _Sums()).add(statement)
    rows = [_row((*of_cell, *of_venue), key, sums, cells[key[: len(of_cell)]]) for key, sums in groups.items()]
    return sorted(
        ({name: row[name] for name in (*by, *FIGURES)} for row in rows), key=lambda row: _order(row, by, of_venue)
    )


def _order(row: Mapping[str, object], by: Sequence[str], of_venue: Sequence[str]) -> tuple[object, ...]:
    """Dimensions of the cell first, then the greatest share, then names."""
    first = tuple(str(row[name] or "") for name in by if name in OF_CELL)
    share = row["orders_share"]
    return (*first, -share if isinstance(share, float) else 0.0, *(str(row[name] or "") for name in of_venue))


def _unnamed(cell: Cell, found: Sequence[Statement], of_venue: Sequence[str]) -> Iterator[Statement]:
    """What is left of the cell's orders, under the venue's dimensions that are asked for."""
    rest = HUNDRED_E18 - sum(item.share_e18 for item in found)
    if rest > 0 and of_venue:
        code = "" if "venue" in of_venue else NOT_NAMED
        yield Statement(cell, NOT_NAMED, code, code, rest)


def _row(names: Sequence[str], key: Sequence[str], sums: _Sums, cells: int) -> dict[str, object]:
    shares = list(sums.shares.values())
    least = 0 if len(shares) < cells else min(shares)
    return {
        **{name: value or None for name, value in zip(names, key, strict=True)},
        "reports": cells,
        "reports_naming": len(shares),
        "orders_share": sum(shares) / (cells * HUNDRED_E18),
        "orders_share_least": least / HUNDRED_E18,
        "orders_share_greatest": max(shares) / HUNDRED_E18,
        "net_payment_usd": sums.usd / E9 if sums.stated else None,
        "net_payment_cents_per_hundred_shares": sums.rated_usd * 100 / sums.hundreds if sums.hundreds else None,
        "payment_coverage": sums.rated / sums.amounts if sums.amounts else None,
    }


def _rounded(numerator: int, denominator: int) -> int:
    """Quotient, half away from zero; both of one sign."""
    return (2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator))
