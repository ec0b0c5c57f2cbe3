"""What the messages of some days said when they were folded, kept for the next fold of the same days.

A derived file: another program, map or set of messages does not find it, and then the days are folded whole.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.program_stamp import program_stamp
from routeproof.sources.fix.fold.facts import Facts, Heard
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import polars as pl


class HeardBefore:
    """A file by first day and provider."""

    def __init__(self, folder: Path, firm_id: str) -> None:
        self._folder = folder
        self.firm_id = firm_id

    def made_of(
        self, provider_id: str, sections: Mapping[str, object], days: Sequence[str], traces: pl.DataFrame
    ) -> str:
        """Name of a set of messages and of how they are read; `traces` has a row for each log that stands for some."""
        logs = sorted(traces.rows())
        read = [program_stamp(), self.firm_id, provider_id, sections, list(days), logs]
        return hashlib.sha256(json.dumps(read, sort_keys=True, default=str).encode()).hexdigest()

    def find(self, days: Sequence[str], provider_id: str, made_of: str) -> Heard | None:
        """What these messages said; null if it is not known."""
        try:
            kept: Any = json.loads(self._path(days, provider_id).read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("made_of") != made_of:
            return None
        edges = frozenset((str(way), str(source), str(target)) for way, source, target in kept["edges"])
        return Heard(_facts(kept["said"]), _facts(kept["asked"]), edges)

    def keep(self, days: Sequence[str], provider_id: str, made_of: str, heard: Heard) -> None:
        """Keep what these messages said in place of what others of the same days and provider did."""
        told = {
            "made_of": made_of,
            "said": _plain(heard.said),
            "asked": _plain(heard.asked),
            "edges": sorted(map(list, heard.edges)),
        }
        write_whole(self._path(days, provider_id), json.dumps(told).encode())

    def _path(self, days: Sequence[str], provider_id: str) -> Path:
        provider = hashlib.sha256(provider_id.encode()).hexdigest()[:12]
        return self._folder / f"{days[0]}-{provider}.json"


def _plain(facts: Facts) -> dict[str, list[Any]]:
    """Facts as JSON values."""
    return {item.name: [_written(value) for value in getattr(facts, item.name)] for item in fields(Facts)}


def _written(value: object) -> object:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return [_written(item) for item in value] if isinstance(value, tuple) else value


def _facts(plain: Mapping[str, Iterable[Any]]) -> Facts:
    return Facts(*(frozenset(map(_read, plain[item.name])) for item in fields(Facts)))


def _read(value: object) -> object:
    if isinstance(value, dict):
        return date.fromisoformat(value["day"])
    return tuple(map(_read, value)) if isinstance(value, list) else value
