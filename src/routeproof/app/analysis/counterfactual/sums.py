"""Exact sums of bounds by provider, order class, venue and quarter."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.tables.measured.reachable import COST_UNITS_PER_USD, WIDE
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KEYS = ("provider", "order_class", "venue", "quarter")
Key = tuple[str, ...]


@dataclass(slots=True)
class Sums:
    """Whole numbers: routes, shares at 1e-9, and costs of 5e-19 dollars; addition is all that happens to them.

    `paid` counts fees that nobody tells as 0; they lie within plus and minus `untold`.
    """

    routes: int = 0
    shares: int = 0
    paid: int = 0
    lower: int = 0
    upper: int = 0
    middle: int = 0
    displayed: int = 0
    by_venues: int = 0
    unknown_fee: int = 0
    untold: int = 0

    @property
    def saved(self) -> tuple[int, int]:
        """What was paid less what it could have cost: at least, at most."""
        return self.paid - self.untold - self.upper, self.paid + self.untold - self.lower

    def add(self, other: Sums) -> None:
        """Take another's numbers in."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))

    def plain(self) -> dict[str, Any]:
        """Dollars, each one division of whole numbers: `saved_*` is what was paid less what it could have cost."""
        least, most = self.saved
        return {
            "routes": self.routes,
            "shares": _ratio(self.shares, SCALE),
            "paid_usd": _usd(self.paid - self.middle),
            "achievable_lower_usd": _usd(self.lower - self.middle),
            "achievable_upper_usd": _usd(self.upper - self.middle),
            "saved_lower_usd": _usd(least),
            "saved_upper_usd": _usd(most),
            "saved_lower_usd_per_share": self.per_share(least),
            "saved_upper_usd_per_share": self.per_share(most),
            "displayed_share": _ratio(self.displayed, self.shares),
            "own_quotes_share": _ratio(self.by_venues, self.routes),
            "unknown_fee_share": _ratio(self.unknown_fee, self.shares),
        }

    def per_share(self, cost: int) -> float:
        """Dollars a share."""
        return float(Fraction(cost * SCALE, COST_UNITS_PER_USD * self.shares)) if self.shares else 0.0


@dataclass(slots=True)
class Cells:
    """Sums by `KEYS`."""

    found: dict[Key, Sums] = field(default_factory=dict)

    def add_day(self, bounds: pl.DataFrame) -> None:
        """Take the rows of `with_bounds` in."""
        wide = [pl.col(name).cast(WIDE).sum() for name in ("paid", "lower", "upper", "shares", "displayed", "untold")]
        middle = (pl.col("sign").cast(WIDE) * pl.col("mid2").cast(WIDE) * pl.col("shares").cast(WIDE)).sum()
        cells = bounds.group_by(KEYS).agg(
            pl.len().alias("routes"),
            *wide,
            middle.alias("middle"),
            (pl.col("told_by") == "venue").sum().alias("by_venues"),
            pl.col("unknown_fee").cast(WIDE).sum(),
        )
        for row in cells.iter_rows(named=True):
            key = tuple(str(row.pop(name) or "") for name in KEYS)
            self.found.setdefault(key, Sums()).add(Sums(**{name: int(value) for name, value in row.items()}))

    def by(self, *names: str) -> dict[Key, Sums]:
        """Sums over all other keys, by the key's values in order."""
        places = [KEYS.index(name) for name in names]
        together: dict[Key, Sums] = {}
        for key in sorted(self.found):
            together.setdefault(tuple(key[place] for place in places), Sums()).add(self.found[key])
        return dict(sorted(together.items()))

    def where(self, terms: Mapping[str, str]) -> Sums:
        """Sums of the cells whose keys have these values."""
        total = Sums()
        for key, sums in self.found.items():
            if all(key[KEYS.index(name)] == value for name, value in terms.items()):
                total.add(sums)
        return total


def rows(cells: Mapping[Key, Sums], names: Iterable[str], least_routes: int) -> list[dict[str, Any]]:
    """One row per cell: its keys, its sums, and what they tell; sums are null below `least_routes`."""
    names = tuple(names)
    found = []
    for key, sums in cells.items():
        values = sums.plain()
        few = sums.routes < least_routes
        shown = {name: None for name in values if name != "routes"} if few else values
        said = f"{sums.routes} routes; at least {least_routes} are needed" if few else None
        told = None if few else tells(values)
        found.append(
            {**dict(zip(names, key, strict=True)), "routes": sums.routes, **shown, "tells": told, "reason": said}
        )
    return found


def tells(values: Mapping[str, Any]) -> str:
    """What an interval of savings tells for sure: `dearer` or `cheaper` than the displayed alternative, or nothing."""
    if values["saved_lower_usd"] > 0:
        return "dearer"
    return "cheaper" if values["saved_upper_usd"] < 0 else "cannot_tell"


def _usd(cost: int) -> float:
    return float(Fraction(cost, COST_UNITS_PER_USD))


def _ratio(part: int, whole: int) -> float | None:
    return float(Fraction(part, whole)) if whole else None
