"""Findings of an earlier run that nothing held now gives rise to: it ended before it could take them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.objects.findings import standing_ids
from routeproof.app.watch.providers_of import known_logs

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from routeproof.app.context import Context

_NAMES = {"executions": ("order_id", "execution_id"), "parent_orders": ("order_id",), "routes": ("order_id",)}


def left_over(
    context: Context, day: date, rules: Collection[str], provider_id: str, found: Collection[str]
) -> set[str]:
    """Findings of a day that stand, of a provider or of none, that are not among those found now.

    A run that is killed may have told the lake of messages that it had not judged yet. The next one holds them from the
    start, so what they put right was never found by it.

    Args:
        context: record and lake.
        day: trading day that is held as a whole.
        rules: names of rules that were judged.
        provider_id: whose messages are held.
        found: findings of what is held.

    Returns:
        Identities of findings; without those about orders and fills that came from other files than FIX logs, which a
        run over the day judges.
    """
    gone = standing_ids(context.records, day, rules, [provider_id]) - set(found)
    if not gone:
        return gone
    elsewhere = _of_other_files(context, day)
    rows = context.records.query("SELECT id, document FROM findings WHERE day = :day", {"day": day.isoformat()})
    return {str(key) for key, text in rows if key in gone and elsewhere.isdisjoint(_spoken_of(str(text)))}


def _spoken_of(document: str) -> set[str]:
    item = json.loads(document)
    executions = item["execution_ids"] or ()  # earlier programs recorded null for none
    return {*executions, *([item["order_id"]] if item["order_id"] else [])}


def _of_other_files(context: Context, day: date) -> set[str]:
    logs = list(known_logs(context.records))
    names: set[str] = set()
    for table, columns in _NAMES.items():
        rows = context.lake.read(table, [day], [*columns, "source_id"])
        foreign = rows.filter(~pl.col("source_id").cast(pl.String).is_in(logs))
        for column in columns:
            names |= set(foreign.get_column(column).drop_nulls().cast(pl.String))
    return names
