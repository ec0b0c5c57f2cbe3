"""Can a file be evidence: its book, its units, against itself and against what the lake already knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.intake.plausibility import (
    ABSURD_SHARE_LIMIT,
    CROSSED_SHARE_LIMIT,
    WRONG_PRICE_UNIT,
    median_of_medians,
    median_prices,
    wrong_price_unit,
)
from routeproof.tables.registry import TABLES
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.intake.delivery import Delivery
    from routeproof.sources.runs import Run
    from routeproof.stores.lake import Lake

ABSURD_PRICE = 5_000_000 * SCALE
"""No share has ever traded there; a file whose usual price is above is in another unit."""

COMPARED_SYMBOLS = 64
"""A unit is the whole file's: of the symbols that both know, those with the most rows tell enough."""

COMPARED_ROWS = 4_096
"""Rows in the middle of a symbol's day that tell its usual price."""

PRICE_COLUMNS = {"quotes": ["bid", "ask"], "trades": ["price"], "executions": ["price"]}
"""What tells a price level, by the tables that have one."""


def plausible(lake: Lake, delivery: Delivery) -> Delivery:
    """The delivery, or the same one refused as evidence with the reason; its raw bytes are kept either way."""
    reason, detail = _implausible(lake, delivery)
    if reason:
        delivery.refuse_file(reason, detail)
    return delivery


def _implausible(lake: Lake, delivery: Delivery) -> tuple[str, str]:
    absurd = sum(counts.get("absurd_time", 0) for counts in delivery.rejected().values())
    if absurd > ABSURD_SHARE_LIMIT * delivery.received:
        return (
            "wrong_time_unit",
            f"{absurd} of {delivery.received} rows are before 1990 or after 2100: check [time] unit",
        )
    runs = delivery.runs.get(delivery.main, [])
    if delivery.main == "quotes" and (share := _crossed_share(runs)) > CROSSED_SHARE_LIMIT:
        return (
            "crossed_book",
            f"bid above ask in {share:.1%} of two-sided quotes: bid and ask swapped, or not an NBBO",
        )
    own = _prices(delivery)
    if own and sorted(own.values())[len(own) // 2] > ABSURD_PRICE:
        return WRONG_PRICE_UNIT, f"the usual price is above {ABSURD_PRICE // SCALE:,} dollars"
    wrong = _wrong_against(lake, delivery) if own else ""
    return (WRONG_PRICE_UNIT, wrong) if wrong else ("", "")


def _crossed_share(runs: Sequence[Run]) -> float:
    crossed, both = (sum(int(run.index[name].sum()) for run in runs) for name in ("crossed", "two_sided"))
    return crossed / both if both else 0.0


def _wrong_against(lake: Lake, delivery: Delivery) -> str:
    """Why the file's unit cannot be that of the lake's other tables, on the first day that both know; or empty.

    One day tells, and only the same day: a split moves a price further between two days than a unit does.
    """
    others = [name for name in PRICE_COLUMNS if name != delivery.main]
    known = {day for name in others for day in lake.days(name)}
    rows = _rows(delivery)
    day = min(known.intersection(rows.get_column("trading_day").unique()), default=None)
    if day is None:
        return ""
    of_day = rows.filter(pl.col("trading_day") == day).group_by("symbol").agg(pl.col("rows").sum())
    symbols = of_day.sort("rows", "symbol", descending=[True, False]).get_column("symbol").to_list()
    prices: dict[str, float] = {}
    for name in others:
        if day in lake.days(name):
            prices.update(_known_prices(lake, name, day, symbols))
    return wrong_price_unit(_prices(delivery, day), prices)


def _rows(delivery: Delivery) -> pl.DataFrame:
    """`trading_day, symbol, rows` of the file, in pieces."""
    if runs := delivery.runs.get(delivery.main):
        return pl.concat([run.index.select("trading_day", "symbol", "rows") for run in runs])
    return delivery.tables[delivery.main].select("trading_day", "symbol", pl.lit(1, dtype=pl.Int64).alias("rows"))


def _prices(delivery: Delivery, day: date | None = None) -> dict[str, float]:
    """Usual price level per symbol, fixed point; on one day or on all."""
    of_day = pl.lit(value=True) if day is None else pl.col("trading_day") == day
    if runs := delivery.runs.get(delivery.main):
        return median_of_medians(pl.concat([run.index for run in runs]).filter(of_day))
    frame = delivery.tables.get(delivery.main)
    return {} if frame is None else median_prices(delivery.main, frame.filter(of_day))


def _known_prices(lake: Lake, table: str, day: date, symbols: Sequence[str]) -> dict[str, float]:
    """Usual prices of the symbols on a day, from one table of the lake."""
    columns = ["symbol", *PRICE_COLUMNS[table]]
    if TABLES[table].is_series:
        return _middle_prices(lake, table, day, symbols, columns)
    return median_prices(table, lake.read(table, [day], columns, symbols))


def _middle_prices(
    lake: Lake, table: str, day: date, symbols: Sequence[str], columns: Sequence[str]
) -> dict[str, float]:
    ranges = lake.symbol_ranges(table, day)
    scan = lake.scan(table, [day], columns)
    found: dict[str, float] = {}
    for symbol in [symbol for symbol in symbols if symbol in ranges][:COMPARED_SYMBOLS]:
        lies = ranges[symbol]
        rows = min(lies.rows, COMPARED_ROWS)
        middle = scan.slice(lies.start + (lies.rows - rows) // 2, rows).collect()
        found.update(median_prices(table, middle))
    return found
