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

    from routeproof.policy.cases import CaseRules
    from routeproof.stores.records import Records

OF_INCIDENTS = tuple(rule.name for rule in ALL if rule.family)
_COLUMNS = ("id", "at", "until_at", "day", "provider", "venue", "family", "group")
_SCHEMA = pl.Schema({name: FINDINGS[name] if name != "day" else pl.String() for name in _COLUMNS})


def matters_of(records: Records, day: date, found: Sequence[Mapping[str, Any]], rules: CaseRules) -> list[str]:
    """Groups of some findings of a day, in their order, once the incidents of the day are known.

    Incidents are final findings on record, whether or not they have a case. A finding keeps its own group in the
    record: which incident holds it is known only when the day has been seen.
    """
    if not found:
        return []
    known = {item["id"] for item in found}
    others = (item for item, _ in _incidents(records, day) if item["id"] not in known)
    return _grouped([*found, *others], rules)[: len(found)]


def cases_of_incidents(records: Records, day: date, rules: CaseRules) -> dict[str, set[str]]:
    """By name of an incident: the cases that hold findings of it.

    A finding that comes late may give its incident an earlier beginning, and so another name, or join two to one: the
    cases that were opened before go on.
    """
    known = _incidents(records, day)
    found: dict[str, set[str]] = {}
    for group, (_, case_id) in zip(_grouped([item for item, _ in known], rules), known, strict=True):
        if case_id is not None:
            found.setdefault(group, set()).add(case_id)
    return found


def _grouped(items: Sequence[Mapping[str, Any]], rules: CaseRules) -> list[str]:
    frame = pl.DataFrame([_row(item) for item in items], schema=_SCHEMA, orient="row")
    margin, gap = rules.incident_margin_ms * NS_PER_MS, rules.incident_gap_ms * NS_PER_MS
    return [str(group) for group in group_incidents(frame, margin, gap)["group"]]


def _incidents(records: Records, day: date) -> list[tuple[dict[str, Any], str | None]]:
    """Final findings that have a family, by time, each with its case."""
    if not OF_INCIDENTS:
        return []
    names = {f"r{place}": name for place, name in enumerate(OF_INCIDENTS)}
    rows = records.query(
        "SELECT document, case_id FROM findings WHERE day = :day AND status = 'final' AND withdrawn = 0 "  # noqa: S608  # our names
        f"AND rule IN ({', '.join(f':{name}' for name in names)}) ORDER BY at, id",
        {"day": day.isoformat(), **names},
    )
    return [(json.loads(str(document)), None if case is None else str(case)) for document, case in rows]


def _row(item: Mapping[str, Any]) -> list[Any]:
    whole = {**item, "at": int(item["at"]), "until_at": None if item["until_at"] is None else int(item["until_at"])}
    return [whole[name] for name in _COLUMNS]
