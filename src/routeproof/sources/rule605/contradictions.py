"""What contradicts itself within a row beyond sums of shares: parts above their whole, shares of no order, E/Q."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.check import Check, Outcome, Row, number
from routeproof.sources.rule605.problems import COMPONENT_SUM, CONTROL_CHARACTER, FIELDS, WRONG_QUOTIENT
from routeproof.sources.rule605.sums import EXECUTED
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.sources.rule605.sniff import Sniffed
    from routeproof.tables.rule605.layout import Layout

PARTS = (
    ("filled_orders", ("covered_orders",)),
    ("regular_exchange_shares", ("regular_shares",)),
    ("size_improved_shares", EXECUTED),
)
"""Fields of detailed reports, and what each is a part of."""
HALF_OF_FOURTH_DECIMAL = SCALE // 20_000
"""Averages may have fewer decimals than the six that are allowed: rounded to four they are off by so much."""
CONTROL = r"[\x00-\x1f\x7f]"


def contradiction_checks(sniffed: Sniffed) -> list[Check]:
    """Checks of what a row says about itself.

    A part above its whole rejects the row, as does a control character in its symbol. Shares of no order, and E/Q that
    is not the quotient of its own spreads, are marked; in a record that ends early the latter says that a delimiter
    was lost, and rejects it. A row of a roll-up stands for thousands: it says nothing about one.
    """
    layout = sniffed.layout
    if layout.name == "summary":
        return []
    found = [Check(CONTROL_CHARACTER, "symbol", "reject", pl.col("symbol").str.contains(CONTROL), _says_control)]
    if sniffed.is_rolled_up:
        return found
    no_orders = (pl.col("covered_orders") == 0) & (pl.col("covered_shares") > 0)
    found.append(Check(COMPONENT_SUM, "covered_orders", "mark", no_orders, partial(_says_no_orders, layout=layout)))
    if layout.name == "detailed":
        found += [_part(layout, *pair) for pair in PARTS]
        is_short = pl.col(FIELDS) < len(sniffed.columns)
        found += [_quotient(layout, is_short, "reject"), _quotient(layout, ~is_short, "mark")]
    return found


def above(part: str, whole: tuple[str, ...]) -> pl.Expr:
    """True where a part exceeds a whole that is stated."""
    stated = pl.any_horizontal(pl.col(name).is_not_null() for name in whole)
    return stated & (pl.col(part) > pl.sum_horizontal(pl.col(name).cast(pl.Int128) for name in whole))


def says_part(row: Row, *, layout: Layout, part: str, whole: tuple[str, ...]) -> str:
    """The sentence about a part above its whole."""
    of = " + ".join(layout.named(name) for name in whole)
    stated = " + ".join(number(row, name, layout) for name in whole)
    return f"expected {layout.named(part)} of at most {of} = {stated}, found {number(row, part, layout)}"


def _part(layout: Layout, part: str, whole: tuple[str, ...]) -> Check:
    says = partial(says_part, layout=layout, part=part, whole=whole)
    return Check(COMPONENT_SUM, part, "reject", above(part, whole), says)


def _quotient(layout: Layout, where: pl.Expr, outcome: Outcome) -> Check:
    """Whether field 36 differs from field 34 over field 33 by more than rounding: E/Q is the quotient of averages."""
    names = ("e_over_q", "quoted_spread_usd_per_share", "effective_spread_usd_per_share")
    ratio, quoted, effective = (pl.col(name).cast(pl.Float64) / SCALE for name in names)
    room = (1 + ratio.abs() + quoted.abs()) * (HALF_OF_FOURTH_DECIMAL / SCALE)
    fires = where & ((ratio * quoted - effective).abs() > room)
    return Check(WRONG_QUOTIENT, "e_over_q", outcome, fires, partial(_says_quotient, layout=layout))


def _says_quotient(row: Row, *, layout: Layout) -> str:
    effective, quoted = "effective_spread_usd_per_share", "quoted_spread_usd_per_share"
    return (
        f"expected {layout.named('e_over_q')} as {layout.named(effective)} / {layout.named(quoted)} = "
        f"{number(row, effective, layout)} / {number(row, quoted, layout)}, found {number(row, 'e_over_q', layout)}"
    )


def _says_no_orders(row: Row, *, layout: Layout) -> str:
    return (
        f"expected orders in {layout.named('covered_orders')} for {number(row, 'covered_shares', layout)} shares, "
        f"found {number(row, 'covered_orders', layout)}"
    )


def _says_control(row: Row) -> str:
    return f"expected a ticker of characters that can be printed, found {row['symbol']!r}"
