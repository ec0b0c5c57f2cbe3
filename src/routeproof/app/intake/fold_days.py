"""Messages of some days to canonical rows: of what new messages touch, or of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from shutil import rmtree
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.intake.shelf import HELD_ROWS, Shelf, Shelved, held
from routeproof.sources.fix.fold.fold import PartFold
from routeproof.sources.fix.fold.misfits import FIX_MISFITS
from routeproof.sources.fix.fold.part import FOLDED
from routeproof.sources.fix.fold.touched import Grown, fold_touched
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.intake.days_of_logs import DaysOfLogs
    from routeproof.app.intake.fix_sources import FixSource
    from routeproof.app.intake.heard_before import HeardBefore
    from routeproof.sources.fix.fold.facts import Heard
    from routeproof.sources.fix.fold.part import Part

DEALT_ROWS = 1 << 18
"""Messages dealt out to parts that stay in memory; the others wait on scratch disk."""

ROWS_OF_A_MESSAGE = 4
"""About how many rows of all tables a message gives."""

DERIVED = {**{name: TABLES[name] for name in FOLDED}, FIX_MISFITS.name: FIX_MISFITS}
"""Tables that are made from messages."""


@dataclass(slots=True)
class Derived:
    """What messages of some days became.

    Attributes:
        days: they.
        logs: whose rows of these days give way.
        was: `source_id, source_row` of the messages whose rows give way; those of all messages of the logs if null.
        tables: the rows that come instead, in parts.
        heard: by provider, the name of its messages and what they say.
    """

    days: Sequence[str]
    logs: Sequence[str]
    was: pl.DataFrame | None = None
    tables: dict[str, list[Shelved]] = field(
        default_factory=lambda: {name: [held(table.empty())] for name, table in DERIVED.items()}
    )
    heard: dict[str, tuple[str, Heard]] = field(default_factory=dict)

    def add(self, part: Mapping[str, Shelved]) -> None:
        """Rows of one part."""
        for name, frame in part.items():
            self.tables[name].append(frame)


def _frames(part: Part) -> dict[str, pl.DataFrame]:
    return {**part.tables, FIX_MISFITS.name: part.misfits}


def fold_days(
    found: DaysOfLogs,
    sources: Mapping[str, FixSource],
    heard: HeardBefore,
    scratch: Path,
    is_untouched: Callable[[], bool],
) -> Derived:
    """Fold the messages of the providers that something was told of.

    Args:
        found: the messages.
        sources: all logs ever delivered.
        heard: what messages said when they were folded before.
        scratch: folder for what does not fit in memory.
        is_untouched: whether the lake holds for these days what the last fold made, and nothing beside it.
    """
    told = {item.provider_id for key, item in sources.items() if key in found.told}
    by_provider: dict[str, dict[str, FixSource]] = {}
    for key, item in sources.items():
        if item.provider_id in told:
            by_provider.setdefault(item.provider_id, {})[key] = item
    derived = _touched(found, by_provider, heard) if found.is_new is not None and is_untouched() else None
    return derived or _whole(found, by_provider, heard, scratch)


def _touched(
    found: DaysOfLogs, by_provider: Mapping[str, Mapping[str, FixSource]], heard: HeardBefore
) -> Derived | None:
    """What new messages touch; null if that does not do."""
    derived = Derived(found.days, [key for own in by_provider.values() for key in own])
    was = []
    for provider_id, own in by_provider.items():
        sections = next(iter(own.values())).sections
        earlier = heard.made_of(provider_id, sections, found.days, _of(found.logs_before, own))
        before = heard.find(found.days, provider_id, earlier)
        touched = None
        if before is not None:
            grown = Grown(*found.of_logs(list(own)), before)
            touched = fold_touched(grown, sections, heard.firm_id, provider_id)
        if touched is None:
            return None
        derived.add({name: held(frame) for name, frame in _frames(touched.part).items()})
        was.append(touched.was)
        made_of = heard.made_of(provider_id, sections, found.days, _of(found.logs, own))
        derived.heard[provider_id] = (made_of, touched.heard)
    derived.was = pl.concat(was)
    return derived


def _whole(
    found: DaysOfLogs, by_provider: Mapping[str, Mapping[str, FixSource]], heard: HeardBefore, scratch: Path
) -> Derived:
    """All messages, part by part; what does not fit in memory waits on scratch disk."""
    derived = Derived(found.days, [key for own in by_provider.values() for key in own])
    shelf = Shelf(scratch / "folded", found.days[0], ROWS_OF_A_MESSAGE * HELD_ROWS)
    dealt = Shelf(scratch / "dealt", found.days[0], DEALT_ROWS)

    def aside(messages: pl.DataFrame) -> Callable[[], pl.DataFrame]:
        return dealt.set_down(messages).read

    try:
        for provider_id, own in by_provider.items():
            sections = next(iter(own.values())).sections
            chunks, _ = found.of_logs(list(own))
            folding = PartFold(chunks, sections, heard.firm_id, provider_id, aside=aside)
            parts: dict[int, dict[str, Shelved]] = {}
            for number, part in folding.parts():
                parts[number] = {name: shelf.set_down(frame) for name, frame in _frames(part).items()}
            for part_tables in parts.values():
                derived.add(part_tables)
            made_of = heard.made_of(provider_id, sections, found.days, _of(found.logs, own))
            derived.heard[provider_id] = (made_of, folding.heard)
    finally:
        rmtree(scratch / "dealt", ignore_errors=True)
    return derived


def _of(logs: pl.DataFrame, own: Mapping[str, FixSource]) -> pl.DataFrame:
    return logs.filter(pl.col("source_id").is_in(list(own)))
