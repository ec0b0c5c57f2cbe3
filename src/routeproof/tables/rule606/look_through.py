"""Looking through a routing broker: its own report of handled orders says where it sent what it was sent.

Source: 17 CFR 242.606(b)(3). Such a report speaks of not-held orders of one customer, or of all of them; a public
report speaks of held orders. What comes out is the best that publications allow, and no more than that.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from routeproof.tables.rule606.values import collapsed, fixed, integer
from routeproof.tables.rule606.venue_mix import Mix, venue_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from routeproof.tables.rule606.venue_mix import Statement

FURTHER = "(routed further)"
"""Stands for shares that a venue of the broker might itself send on."""
NON_DIRECTED = "hNondirected"

VenueOf = tuple[str, str, str]
"""Name for comparing, MIC, MPID."""


@dataclass(slots=True)
class BrokerVenues:
    """Shares that a broker handled in a month, at 1e-9, by where they went; `base` is all of them."""

    base: int = 0
    shares: dict[VenueOf, int] = field(default_factory=dict)

    def add(self, venue: VenueOf, shares: int) -> None:
        """Count shares."""
        self.base += shares
        self.shares[venue] = self.shares.get(venue, 0) + shares


BrokerMonths = dict[tuple[str, str], BrokerVenues]
"""By broker (name for comparing) and month."""


def broker_months(
    brokers: Mapping[tuple[object, ...], str],
    months: Iterable[Mapping[str, object]],
    venues: Iterable[Mapping[str, object]],
) -> BrokerMonths:
    """Where brokers sent non-directed orders, of rows of `rule606_b3_months` and `_venues`.

    Args:
        brokers: name of the broker by `report_key`.
        months: rows of months; what was executed as principal stayed with the broker.
        venues: rows of routing venues; what is further routable there stays unknown.
    """
    named: dict[tuple[object, ...], BrokerVenues] = {}
    found: BrokerMonths = {}
    for row in months:
        if row["section"] != NON_DIRECTED:
            continue
        key = venue_key(brokers[report_key(row)])
        month = f"{integer(str(row['year'])) or 0:04d}-{integer(str(row['mon'])) or 0:02d}"
        handled = found.setdefault((key, month), BrokerVenues())
        named[(*report_key(row), row["hMonthly_no"])] = handled
        handled.add((key, "", ""), fixed(str(row["executedAsPrincipalShr"] or "")) or 0)
    for row in venues:
        if row["section"] != NON_DIRECTED:
            continue
        routed = fixed(str(row["routedShr"] or "")) or 0
        further = min(fixed(str(row["furtherRoutableShr"] or "")) or 0, routed)
        mic, mpid = collapsed(str(row["mic"] or "")), collapsed(str(row["mpid"] or ""))
        handled = named[(*report_key(row), row["hMonthly_no"])]
        handled.add((venue_key(str(row["venueName"] or ""), mic), mic, mpid), routed - further)
        handled.add((FURTHER, "", ""), further)
    return found


def report_key(row: Mapping[str, object]) -> tuple[object, ...]:
    """What tells reports of handled orders apart."""
    return tuple(row[name] for name in ("reporter", "filing", "customer_key", "start_on", "end_on"))


def looked_through(mix: Mix, brokers: BrokerMonths) -> tuple[Mix, frozenset[str]]:
    """The mix with the venues of brokers in the brokers' place, and the brokers that were looked through.

    A broker's share is divided among its venues by shares routed, to 1e-18 of a percent; payments stay with the first
    hop and are left out. One level only: a broker among a broker's venues stays.
    """
    through: set[str] = set()
    result = Mix(silent=mix.silent)
    for cell, found in mix.cells.items():
        divided: list[Statement] = []
        for statement in found:
            handled = brokers.get((statement.venue, cell.month))
            if handled is None or not handled.base:
                divided.append(statement)
                continue
            through.add(statement.venue)
            divided += _divided(statement, handled)
        result.cells[cell] = divided
    return result, frozenset(through)


def _divided(statement: Statement, handled: BrokerVenues) -> Sequence[Statement]:
    parts = [(venue, shares) for venue, shares in handled.shares.items() if shares]
    told = [statement.share_e18 * shares // handled.base for _, shares in parts]
    told[0] += statement.share_e18 - sum(told)  # what rounding left, below 1e-18 of a percent each
    return [
        replace(
            statement, venue=venue[0], mic=venue[1], mpid=venue[2], share_e18=share, payments=(), via=statement.venue
        )
        for (venue, _), share in zip(parts, told, strict=True)
    ]
