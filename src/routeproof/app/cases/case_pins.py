"""Evidence of a case: the findings, the exact rows that were judged, and the quotes around them, in one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.cases.replay import (
    JSON_TYPE,
    NAME,
    TABLES,
    as_bytes,
    judged_rows,
    orders_of_day,
    replay_of,
    rows_among,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context

    Found = dict[str, Any]
    Groups = Mapping[str, Sequence[Found]]


def pinner_of(context: Context, day: date, manifest: str, groups: Groups) -> Callable[[Groups], dict[str, Found]]:
    """What stores one document per group of findings, for any of the groups: group to `sha256` and `rows`.

    The lake is read once for all groups. `rows` are `SOURCE:ROW`.
    """
    known = orders_of_day(context.lake, manifest, day, *_named(groups))

    def pinned(part: Groups) -> dict[str, Found]:
        rows = rows_among(known, *_named(part))
        contents, places = [], []
        for name, found in part.items():
            replay = replay_of(rows, *_named({name: found}))
            judged = [item["source_row"] for item in found if item["source_row"]]
            contents.append(as_bytes({"manifest": manifest, "findings": list(found), **replay}))
            places.append(list(dict.fromkeys([*judged, *judged_rows(replay)])))
        hashes = context.evidence.put_all(contents, media_type=JSON_TYPE, name=NAME)
        return {name: {"sha256": hash_, "rows": where} for name, hash_, where in zip(part, hashes, places, strict=True)}

    return pinned


def _named(groups: Groups) -> tuple[set[str], set[str]]:
    """Orders and executions that findings name; some that earlier programs recorded have null for no executions."""
    every = [item for found in groups.values() for item in found]
    return {item["order_id"] for item in every if item["order_id"]}, {
        name for item in every for name in item["execution_ids"] or ()
    }


def pin_inquiry(context: Context, manifest: str, order: str) -> dict[str, Any]:
    """Store the replay of a disputed order, as known at a manifest; `sha256` and `rows` of the document."""
    days = days_of_order(context, manifest, order)
    known = [orders_of_day(context.lake, manifest, day, [order]) for day in days]
    replays = [replay_of(rows_among(item, [order]), [order]) for item in known]
    content = as_bytes({"manifest": manifest, "order_id": order, "days": replays})
    sha256 = context.evidence.put(content, media_type=JSON_TYPE, name=NAME)
    return {"sha256": sha256, "rows": [row for item in replays for row in judged_rows(item)]}


def days_of_order(context: Context, manifest: str, order: str) -> list[date]:
    """Trading days on which the lake has rows of an order, ascending."""
    found: set[date] = set()
    for table in TABLES:
        own = context.lake.scan(table, columns=["order_id", "trading_day"], manifest=manifest)
        found |= set(own.filter(pl.col("order_id") == order).collect()["trading_day"].drop_nulls())
    return sorted(found)
