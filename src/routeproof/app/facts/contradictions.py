"""Rows that were set aside because they contradict what is known of the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.day_facts import with_teller
from routeproof.app.intake.delivery import CONFLICT
from routeproof.app.intake.lake_merge import REJECTS
from routeproof.stores.commits import source_outcomes

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.facts.day_facts import Tellers

TABLES = ("executions", "parent_orders", "routes")
"""Not `order_versions`: what an order carries itself and what a file of versions says leave out different things."""
CONTRADICTIONS = pl.Schema(
    {
        "provider": pl.String(),
        "table": pl.String(),
        "name": pl.String(),
        "source_id": pl.String(),
        "source_row": pl.Int64(),
    }
)


def contradictions_of(context: Context, day: date, manifest: str, tellers: Tellers) -> pl.DataFrame:
    """Member `contradictions` of `Facts`, by table, name and place; rejects change no manifest, so the newest count."""
    tables: dict[str, str] = {}
    for item in source_outcomes(context.records):
        outcome: Any = item.outcome
        if outcome["table"] not in TABLES:
            continue
        told = (part for part in outcome["days"] if part["day"] == day.isoformat())
        if any(CONFLICT in part["rejected"] for part in told):
            tables[item.source_id] = str(outcome["table"])
    held = None if context.lake.manifest().id == manifest else manifest
    if not tables or not context.lake.files(REJECTS, manifest=held):
        return pl.DataFrame(schema=CONTRADICTIONS)
    named = pl.col("source_id").replace_strict(tables, default=None, return_dtype=pl.String)
    rows = (
        context.lake.scan(REJECTS, manifest=held)
        .filter(
            pl.col("source_id").is_in(list(tables)),
            pl.col("reason") == CONFLICT,
            pl.col("trading_day") == day,
            pl.col("detail") != "",
        )
        .with_columns(named.alias("table"))
        .collect()
    )
    told_by = with_teller(rows, tellers).rename({"detail": "name", "row": "source_row"})
    return told_by.select(CONTRADICTIONS.names()).cast(CONTRADICTIONS).sort("table", "name", "source_id", "source_row")
