"""Market files that were believed until the firm's own fills came: a price unit that those contradict."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.delivery import Delivery
from routeproof.app.intake.lake_merge import REJECTS, rejects_part
from routeproof.tables.intake.plausibility import WRONG_PRICE_UNIT, median_prices, wrong_price_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from routeproof.stores.commits import SourceOutcome
    from routeproof.stores.lake import Lake

MARKET = ("quotes", "trades")

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


def as_refused(lake: Lake, item: SourceOutcome, detail: str) -> Delivery:
    """A file of the lake as a delivery that is no evidence: its rows there, and those refused before, as rejects.

    Rows that the file shared with an earlier one stay counted as already known.
    """
    told: Mapping[str, Any] = item.outcome
    table = told["table"]
    delivery = Delivery(
        source=told["source"],
        file=told["file"],
        source_id=item.source_id,
        sha256=told["sha256"],
        size=told["size"],
        provider_id=told["provider"],
        main=table,
        tables={},
        runs={},
        rejects=[],
        received=told["received"],
        noise=told["noise"],
        days={_day(day["day"]): day["accepted"] for day in told["days"]},
        known={_day(day["day"]): day["already_known"] for day in told["days"]},
        sections=told["sections"],
        is_sequenced=bool(told["is_sequenced"]),
    )
    before = lake.manifest().partitions.get((REJECTS, rejects_part(item.source_id, table)))
    if before is not None:
        delivery.rejects.append(lake.read_partition(before).drop("source_id"))
    for day in [day for day in delivery.days if day is not None]:
        rows = lake.scan(table, [day], ["source_id", "source_row", "trading_day"])
        own = rows.filter(pl.col("source_id") == item.source_id).collect(engine="streaming")
        if own.height:
            delivery.refuse_rows(own, WRONG_PRICE_UNIT)
    delivery.refused = f"{WRONG_PRICE_UNIT}: {detail}"
    return delivery


def _days(item: SourceOutcome) -> Sequence[Mapping[str, Any]]:
    days: Sequence[Mapping[str, Any]] = item.outcome["days"]  # type: ignore[assignment]
    return days


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _of_busiest(fills: pl.DataFrame) -> dict[str, float]:
    """Usual price of the symbols with the most fills."""
    busiest = fills.group_by("symbol").len().sort("len", "symbol", descending=[True, False]).head(COMPARED_SYMBOLS)
    return median_prices("executions", fills.join(busiest, on="symbol", how="semi"))


def _prices(lake: Lake, table: str, day: date, source_id: str, symbols: Sequence[str]) -> dict[str, float]:
    """Usual prices that one file tells of the symbols on a day."""
    price = ["bid", "ask"] if table == "quotes" else ["price"]
    rows = lake.scan(table, [day], ["symbol", "source_id", *price], symbols).filter(pl.col("source_id") == source_id)
    return median_prices(table, rows.collect(engine="streaming"))
