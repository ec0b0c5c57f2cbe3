"""Earlier builds of the same pack, from the record, and what differs."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.reports.pack.inputs import Change, EarlierBuild

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.stores.records import Records

EVENT = "pack.built"


def earlier_builds(records: Records, stream: str, digest: str, figures: Mapping[str, str]) -> tuple[EarlierBuild, ...]:
    """Builds of the stream before this pack was first built, oldest first; a rebuild of the same pack is not one.

    Args:
        records: the events.
        stream: `review/QUARTER/PROVIDER`.
        digest: of the pack being built.
        figures: its headline figures, by name.
    """
    found: dict[str, EarlierBuild] = {}
    for entry in _builds(records, stream):
        payload = entry["payload"]
        if payload["digest"] == digest:
            break
        found[payload["digest"]] = EarlierBuild(
            digest=payload["digest"],
            dated_on=date.fromisoformat(payload["dated_on"]),
            manifest=payload["manifest"],
            changes=_changes(payload, figures),
        )
    return tuple(found.values())


def _builds(records: Records, stream: str) -> Sequence[dict[str, Any]]:
    entries = (json.loads(content) for content in records.entries())
    return [entry for entry in entries if entry["type"] == EVENT and entry["stream"] == stream]


def _changes(payload: Mapping[str, Any], figures: Mapping[str, str]) -> tuple[Change, ...]:
    before: Mapping[str, str] = payload["figures"]
    return tuple(
        Change(figure=name, old=before[name], new=figures[name], cause="data")
        for name in sorted(before.keys() & figures.keys())
        if before[name] != figures[name]
    )
