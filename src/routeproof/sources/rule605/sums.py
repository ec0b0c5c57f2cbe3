"""Shares that make up others: covered shares, executed shares by time, executed shares by price.

What real files show (nine wholesalers, 2008 to 2018, and all rows of one file of 2016): parts by price equal the
executed shares in every row; parts by time never exceed them, and fall short where orders executed after 30 minutes;
cancelled and executed shares fall short of the covered ones where resting orders expired, up to seven tenths of
near-the-quote orders. So parts that exceed their whole contradict it, and the row is rejected; parts that fall short of
it are marked only where nothing explains the rest: all parts are stated, and no order rested.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.rule605.check import Check, Outcome, Row
from routeproof.sources.rule605.problems import COMPONENT_SUM, shown
from routeproof.tables.rule605.layout import TOTAL_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.disclosure605 import OrderType
    from routeproof.sources.rule605.sniff import Sniffed
    from routeproof.tables.rule605.layout import Layout

ROOM_FOR_SUMS = 2**59
"""Sixteen totals below it have a sum of 64 bits."""

EXECUTED = ("executed_shares", "executed_away_shares")
BY_PRICE = ("improved_shares", "at_quote_shares", "outside_shares")
BY_BEST_PRICE = ("best_improved_shares", "at_best_shares", "best_outside_shares")


@dataclass(frozen=True, slots=True)
class ShareSum:
    """Parts of a whole.

    Attributes:
        whole: columns whose sum they are parts of; the first is the field that a check points at.
        parts: columns.
        words: what the parts are.
        is_whole_for_resting: the parts make up the whole even of orders that may rest.
        is_whole: the parts make up the whole of orders that do not rest.
    """

    whole: tuple[str, ...]
    parts: tuple[str, ...]
    words: str
    is_whole_for_resting: bool
    is_whole: bool = True


COVERED = ShareSum(
    ("covered_shares",),
    ("cancelled_shares", *EXECUTED),
    "cancelled and executed shares",
    is_whole_for_resting=False,
)
SUMS = {
    "legacy": (
        COVERED,
        ShareSum(
            EXECUTED,
            ("shares_to_10s", "shares_to_30s", "shares_to_60s", "shares_to_300s", "shares_to_1800s"),
            "shares by time to execution",
            is_whole_for_resting=False,
            is_whole=False,
        ),
        ShareSum(EXECUTED, BY_PRICE, "shares improved, at the quote and outside it", is_whole_for_resting=False),
    ),
    "detailed": (
        COVERED,
        ShareSum(
            EXECUTED,
            (
                *("shares_to_100us", "shares_to_1ms", "shares_to_10ms", "shares_to_1s", "shares_to_10s"),
                *("shares_to_30s", "shares_to_300s", "shares_later"),
            ),
            "shares by time to execution",
            is_whole_for_resting=True,
        ),
        ShareSum(EXECUTED, BY_PRICE, "shares improved, at the quote and outside it", is_whole_for_resting=False),
        ShareSum(
            EXECUTED,
            BY_BEST_PRICE,
            "shares better than, at and outside the best displayed price",
            is_whole_for_resting=False,
            is_whole=False,
        ),
    ),
    "summary": (),
}
"""By layout. Detailed reports round to six decimals, so a sum may be off by half of the last one for each part."""


def sum_checks(sniffed: Sniffed, rows: pl.DataFrame, order_types: Mapping[str, OrderType]) -> list[Check]:
    """Checks of all sums of a layout; in 64 bits where the rows' largest totals leave room for every sum.

    A row of a roll-up stands for thousands, of which one may contradict itself: it is marked, and what falls short of
    its whole is nothing to tell.
    """
    layout = sniffed.layout
    if not SUMS[layout.name]:
        return []
    largest = rows.select(pl.max_horizontal(pl.col(layout.columns("total")).max())).item() if rows.height else None
    width: pl.DataType = pl.Int64() if largest is None or largest < ROOM_FOR_SUMS else pl.Int128()
    rests = pl.col("order_type").is_in([code for code, kind in order_types.items() if kind.rests])
    found = []
    for item in SUMS[layout.name]:
        whole, parts = _sum(item.whole, width), _sum(item.parts, width)
        slack = len(item.parts) + len(item.whole)
        says = partial(_says, layout=layout, item=item)
        outcome: Outcome = "mark" if sniffed.is_rolled_up else "reject"
        found.append(Check(COMPONENT_SUM, item.whole[0], outcome, parts > whole + slack, says))
        if item.is_whole and not sniffed.is_rolled_up:
            all_stated = pl.all_horizontal(pl.col(name).is_not_null() for name in (item.whole[0], *item.parts))
            short = all_stated & (parts < whole - slack)
            fires = short if item.is_whole_for_resting else short & ~rests
            found.append(Check(COMPONENT_SUM, item.whole[0], "mark", fires, says))
    return found


def _sum(columns: tuple[str, ...], width: pl.DataType) -> pl.Expr:
    """Sum of what is stated; null if nothing is."""
    stated = pl.any_horizontal(pl.col(name).is_not_null() for name in columns)
    return pl.when(stated).then(pl.sum_horizontal(pl.col(name).cast(width) for name in columns))


def _says(row: Row, *, layout: Layout, item: ShareSum) -> str:
    def sum_of(columns: tuple[str, ...]) -> str:
        stated = [name for name in columns if row[name] is not None]
        places = " + ".join(layout.named(name) for name in stated)
        total = sum(row[name] for name in stated)
        return f"{places} = {shown(total, TOTAL_DIGITS)}"

    return f"expected {item.words} to add up to their whole, found {sum_of(item.parts)} and {sum_of(item.whole)}"
