"""What a provider says that its figure is: metric, switches, population, period and unit; or why that is not known."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.row_filter import RowFilter, parse_filters
from routeproof.metrics.registry import BY_NAME
from routeproof.sources.map_file import nearest
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import RouteproofError
from routeproof.vocab.fixed import to_decimal
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping

BENCHMARKS = ("receipt", "route", "venue", "execution")
SWITCHES = ("benchmark", "tie", "locked", "after_close")
MOST_RATIO = Decimal(5)
"""A ratio without a unit beyond this is read as percent points; the reading is noted."""
_FACTORS: dict[tuple[str, str], Decimal] = {
    ("percent", "ratio"): Decimal("0.01"),
    ("%", "ratio"): Decimal("0.01"),
    ("bps", "ratio"): Decimal("0.0001"),
    ("cents", "usd_per_share"): Decimal("0.01"),
    ("cents_per_share", "usd_per_share"): Decimal("0.01"),
    ("mils", "usd_per_share"): Decimal("0.001"),
    ("s", "ms"): Decimal(1000),
    ("us", "ms"): Decimal("0.001"),
}
_SAME = {"usd_per_share": ("usd", "$", "usd/share"), "ratio": ("share", "fraction"), "usd": ("$",)}
_OTHER_NAMES = {
    "eq": "e_over_q",
    "e_q": "e_over_q",
    "effective_over_quoted": "e_over_q",
    "price_improvement": "price_improvement_usd_per_share",
    "effective_spread": "effective_spread_usd_per_share",
    "quoted_spread": "quoted_spread_usd_per_share",
    "fill_rate": "fill_rate_shares",
    "shares": "executed_shares",
}
_QUARTER = re.compile(r"^(?:(\d{4})[\s-]?q([1-4])|q([1-4])[\s-]?(\d{4}))$", re.IGNORECASE)
_MONTH = re.compile(r"^(\d{4})-?(\d{2})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One stated figure, understood as far as it can be.

    Attributes:
        row: the canonical `vendor_statistics` row.
        metric: name in the registry, or as stated where unknown.
        stated: in the metric's own unit; in the stated unit where the metric is unknown.
        first, last: days that it speaks of.
        switches: how the market is looked up by its definition.
        filters: its population.
        reason: why it cannot be recomputed; empty if it can.
        notes: how it was read where that was not said.
    """

    row: Mapping[str, Any]
    metric: str
    stated: Decimal
    first: date
    last: date
    switches: Switches
    filters: tuple[RowFilter, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()


def claim_of(row: Mapping[str, Any], first: date, last: date) -> Claim | None:
    """A figure as it was stated; null where it speaks of another period than the days asked for.

    Args:
        row: canonical `vendor_statistics` row.
        first: first day that is asked for.
        last: last day.
    """
    span = _span(row["period"], first, last)
    if span is not None and (span[0] < first or span[1] > last):
        return None
    metric = _metric(str(row["metric"]))
    plain = Claim(
        row=row,
        metric=metric,
        stated=to_decimal(int(row["stated"])),
        first=span[0] if span else first,
        last=span[1] if span else last,
        switches=Switches(),
    )
    if span is None:
        return replace(plain, reason=f"its period {row['period']!r} is no quarter (2026Q3) and no month (2026-07)")
    if metric not in BY_NAME:
        return replace(plain, reason=f"the figure {metric!r} is none that we define{nearest(metric, BY_NAME)}")
    return _defined(_in_unit(plain))


def _metric(name: str) -> str:
    word = re.sub(r"[\s\-]+", "_", name.strip().lower()).replace("/", "_")
    return _OTHER_NAMES.get(word, word)


def _span(period: str | None, first: date, last: date) -> tuple[date, date] | None:
    text = (period or "").strip()
    if not text:
        return first, last
    if found := _QUARTER.match(text):
        return quarter_days(f"{found[1] or found[4]}Q{found[2] or found[3]}")
    if (found := _MONTH.match(text)) and 1 <= int(found[2]) <= 12:  # noqa: PLR2004  # months
        year, month = int(found[1]), int(found[2])
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return None


def _in_unit(claim: Claim) -> Claim:
    own, unit = BY_NAME[claim.metric].unit, (claim.row["unit"] or "").strip().lower()
    if unit in {"", own} or unit in _SAME.get(own, ()):
        if own == "ratio" and not unit and abs(claim.stated) > MOST_RATIO:
            note = f"stated as {claim.stated} without a unit: read as percent points"
            return replace(claim, stated=claim.stated / 100, notes=(*claim.notes, note))
        return claim
    factor = _FACTORS.get((unit, own))
    if factor is None:
        return replace(claim, reason=f"its unit {unit!r} is none of {claim.metric}, which is in {own}")
    return replace(claim, stated=claim.stated * factor)


def _defined(claim: Claim) -> Claim:
    """With switches and population, unless a part of them is unknown."""
    if claim.reason:
        return claim
    stated = (claim.row["definition"] or "").strip()
    if not stated:
        claim = replace(claim, notes=(*claim.notes, "no definition is stated: ours is used, benchmark receipt"))
    try:
        return replace(claim, switches=_switches(stated), filters=_filters(claim.row))
    except (RouteproofError, ValueError) as error:
        return replace(claim, reason=f"its definition is not known: {error}")


def _switches(text: str) -> Switches:
    """Raises ValueError for a word that is no switch; UsageError for a value that a switch does not have."""
    chosen: dict[str, Any] = {}
    for part in filter(None, (item.strip().lower() for item in re.split(r"[;,]", text))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if not value and name in BENCHMARKS:
            name, value = "benchmark", name
        if name not in SWITCHES or not value:
            message = f"expected {', '.join(f'{one}=…' for one in SWITCHES)}, found {part!r}"
            raise ValueError(message)
        chosen[name] = value
    return Switches(**chosen)


def _filters(row: Mapping[str, Any]) -> tuple[RowFilter, ...]:
    """Filters of the population, and of the level of a breakdown."""
    texts = [item.strip() for item in (row["population"] or "").split(";") if item.strip()]
    if row["by"]:
        texts.append(f"{row['by']}={row['level'] or ''}")
    return parse_filters([text for text in texts if text.lower() not in {"all", "all orders"}])
