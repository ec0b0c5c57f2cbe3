"""Market files that were believed until the firm's own fills came: a price unit that those contradict."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.evidence.plausible import PRICE_COLUMNS
from routeproof.tables.intake.plausibility import median_prices, wrong_price_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from routeproof.stores.commits import SourceOutcome
    from routeproof.stores.lake import Lake

MARKET = ("quotes", "trades")
"""What outsiders say of the market; the firm's own flow is the record."""

LEAST_FILLS = 2
"""One fill at an absurd price is a fill at an absurd price."""

COMPARED_SYMBOLS = 16
"""A unit is the whole file's: the symbols with the most fills tell enough."""


def contradicted(
    lake: Lake, days: Iterable[date], committed: Sequence[SourceOutcome]
) -> Iterator[tuple[SourceOutcome, str]]:
    """Files of quotes or trades whose prices cannot have the unit of the fills of a day, with the reason.

    Of each file one day tells, the first that it shares with the fills.

    Args:
        lake: holds the fills.
        days: days whose first fills have just come.
        committed: outcomes of all files, in order of arrival.
    """
    found = {(item.source_id, item.outcome["table"]): item for item in committed}
    by_day: dict[date, list[SourceOutcome]] = defaultdict(list)
    for item in found.values():
        if item.outcome["table"] in MARKET and not item.outcome["refused"]:
            of_file = {date.fromisoformat(day["day"]) for day in _days(item) if day["day"] and day["accepted"]}
            first = min(of_file.intersection(days), default=None)
            if first is not None:
                by_day[first].append(item)
    for day, files in sorted(by_day.items()):
        fills = lake.read("executions", [day], ["symbol", "price"])
        if fills.height < LEAST_FILLS:
            continue
        prices = _of_busiest(fills)
        for item in files:
            own = _prices(lake, str(item.outcome["table"]), day, item.source_id, list(prices))
            reason = wrong_price_unit(own, prices)
            if reason:
                yield item, f"{reason}: the firm's own fills of {day}, which came later"


def _days(item: SourceOutcome) -> Sequence[Mapping[str, Any]]:
    days: Sequence[Mapping[str, Any]] = item.outcome["days"]  # type: ignore[assignment]
    return days


def _of_busiest(fills: pl.DataFrame) -> dict[str, float]:
    """Usual price of the symbols with the most fills."""
    busiest = fills.group_by("symbol").len().sort("len", "symbol", descending=[True, False]).head(COMPARED_SYMBOLS)
    return median_prices("executions", fills.join(busiest, on="symbol", how="semi"))


def _prices(lake: Lake, table: str, day: date, source_id: str, symbols: Sequence[str]) -> dict[str, float]:
    """Usual prices that one file tells of the symbols on a day; no more of the day than their rows is read."""
    ranges = lake.symbol_ranges(table, day)
    rows = lake.scan(table, [day], ["symbol", "source_id", *PRICE_COLUMNS[table]])
    lie = [ranges[symbol] for symbol in symbols if symbol in ranges]
    if not lie:
        return {}
    told = pl.concat([rows.slice(item.start, item.rows) for item in lie]).filter(pl.col("source_id") == source_id)
    return median_prices(table, told.collect(engine="streaming"))
