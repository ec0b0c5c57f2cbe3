"""Which matter each finding belongs to: its own group, or the incident of its provider that holds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.finding import FINDINGS
from routeproof.rules.grouping import group_incidents
from routeproof.rules.registry import ALL
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.stores.records import Records

OF_INCIDENTS = tuple(rule.name for rule in ALL if rule.family)
_COLUMNS = ("id", "at", "until_at", "day", "provider", "venue", "family", "group")
_SCHEMA = pl.Schema({name: FINDINGS[name] if name != "day" else pl.String() for name in _COLUMNS})


def matters_of(records: Records, day: date, found: Sequence[Mapping[str, Any]], margin_ms: int) -> list[str]:
    """Groups of some findings of a day, in their order, once the incidents of the day are known.

    Incidents are final findings on record, whether or not they have a case. A finding keeps its own group in the
    record: which incident holds it is known only when the day has been seen.
    """
    if not found:
        return []
    incidents = _incidents(records, day) if OF_INCIDENTS else []
    known = {item["id"] for item in found}
    every = [*found, *(item for item in incidents if item["id"] not in known)]
    frame = pl.DataFrame([_row(item) for item in every], schema=_SCHEMA, orient="row")
    groups = group_incidents(frame, margin_ms * NS_PER_MS)["group"]
    return [str(group) for group in groups[: len(found)]]


def _incidents(records: Records, day: date) -> list[dict[str, Any]]:
    names = {f"r{place}": name for place, name in enumerate(OF_INCIDENTS)}
    rows = records.query(
        "SELECT document FROM findings WHERE day = :day AND status = 'final' AND withdrawn = 0 "  # noqa: S608  # our names
        f"AND rule IN ({', '.join(f':{name}' for name in names)}) ORDER BY at, id",
        {"day": day.isoformat(), **names},
    )
    return [json.loads(str(document)) for (document,) in rows]


def _row(item: Mapping[str, Any]) -> list[Any]:
    whole = {**item, "at": int(item["at"]), "until_at": None if item["until_at"] is None else int(item["until_at"])}
    return [whole[name] for name in _COLUMNS]
