"""The tape's shares by venue and symbol: kept in the lake beside the prints, and read from there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.shipped_rules import shipped_rules
from routeproof.tables.measured.tape_shares import COLUMNS_READ, NAME, shares_of_day, shares_together
from routeproof.vocab.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.stores.lake import Lake
    from routeproof.stores.manifest import Partition


DAYS_AT_ONCE = 2
"""Days read side by side, each batch by batch: a file is written while the disk is waited for."""


def kept_shares(lake: Lake, changed: Sequence[Partition]) -> list[Partition]:
    """Write the shares of the days whose prints change, so that they are committed together with them.

    A day outside the known calendar has no regular hours that could be told: nothing is kept of it.
    """
    held = lake.manifest().partitions

    def written(item: Partition) -> Partition | None:
        shares = _of_day(lake.scan_partition(item), date.fromisoformat(item.part))
        return None if shares is None else lake.write_if_changed(NAME, item.part, shares, held.get((NAME, item.part)))

    with ThreadPoolExecutor(DAYS_AT_ONCE) as pool:
        made = list(pool.map(written, [item for item in changed if item.table == "trades"]))
    return [item for item in made if item is not None]


def tape_shares(lake: Lake, manifest: str, days: Sequence[date]) -> pl.DataFrame:
    """`trading_day, symbol, venue, prints, quantity` of the tape over days; see `tables.tape_shares`.

    Days that were taken in before shares were kept are read from their prints.
    """
    found = []
    for day in days:
        if lake.files(NAME, day, manifest):
            found.append(lake.read(NAME, [day], manifest=manifest))
        elif lake.files("trades", day, manifest):
            shares = _of_day(lake.read("trades", [day], COLUMNS_READ, manifest=manifest).lazy(), day)
            found += [] if shares is None else [shares]
    return pl.concat(found) if found else pl.DataFrame()


def _of_day(trades: pl.LazyFrame, day: date) -> pl.DataFrame | None:
    """Shares of one day's prints, taken batch by batch: a day may be larger than memory."""
    try:
        hours = shipped_rules().hours(day)
    except RefusedError:
        return None
    wanted = trades.select(COLUMNS_READ)
    batches = chain([wanted.head(0).collect()], wanted.collect_batches(lazy=True))
    return shares_together(shares_of_day(batch, day, hours) for batch in batches)
