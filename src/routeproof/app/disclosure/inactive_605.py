"""Securities that hardly trade, which a firm may leave out of its Rule 605 reports."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.times import months_after

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.policy.report605 import Reporting605
    from routeproof.tables.measured.day import DayRules


def inactive_symbols(
    source: DaySource, rules: DayRules, instruments: pl.DataFrame, reporting: Reporting605
) -> tuple[tuple[str, ...], str]:
    """Securities with at most so many reported trades a day, on average, in each of the months before; and a remark.

    Counted are all prints of the tape on trading days. Only a security that the instruments know since before those
    months is one: of a new one there is no such month. Where the tape of a trading day is not there, none is, and the
    remark says so.

    Args:
        source: with the tape of the months before.
        rules: trading hours.
        instruments: canonical.
        reporting: readings of the month; `inactive_security` says whether the exemption is used.
    """
    rule = reporting.value("inactive_security")
    if not rule["enabled"]:
        return (), "The exemption of inactive securities is not used."
    months = [months_after(reporting.first_day, -back) for back in range(rule["months"], 0, -1)]
    known = instruments.filter(pl.col("valid_from") <= months[0])["symbol"].unique().sort().to_list()
    left = set(known)
    for month in months:
        counts: dict[str, int] = {}
        days = list(_sessions(month, rules))
        for day in days:
            printed = source.rows("trades", day)
            if printed.is_empty():
                return (), f"The tape of {day} is not there: no security is taken as inactive."
            _count(printed, counts)
        left = {symbol for symbol in left if counts.get(symbol, 0) <= rule["trades_per_day"] * len(days)}
    names = sorted(left)
    return tuple(names), f"{len(names)} of {len(known)} securities are inactive: orders in them are left out."


def _sessions(month: date, rules: DayRules) -> Iterator[date]:
    for offset in range(monthrange(month.year, month.month)[1]):
        day = month + timedelta(days=offset)
        if rules.hours(day) is not None:
            yield day


def _count(printed: pl.DataFrame, counts: dict[str, int]) -> None:
    totals: Mapping[str, int] = dict(printed.group_by("symbol").len().iter_rows())
    for symbol, number in totals.items():
        counts[symbol] = counts.get(symbol, 0) + number
