"""A file of the lake as what it would have been, had it been refused when it came."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.delivery import Delivery
from routeproof.app.intake.lake_merge import REJECTS, rejects_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.stores.commits import SourceOutcome
    from routeproof.stores.lake import Lake


def as_refused(lake: Lake, item: SourceOutcome, reason: str, detail: str) -> Delivery:
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
            delivery.refuse_rows(own, reason)
    delivery.refused = f"{reason}: {detail}"
    return delivery


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
