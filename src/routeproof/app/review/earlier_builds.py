"""Earlier builds of the same pack, from the record, and what differs."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from routeproof.reports.pack.inputs import Change, EarlierBuild
    from routeproof.reports.score import ScoreRowId
    from routeproof.stores.records import Records

EVENT = "pack.built"
NONE = "none"


def earlier_builds(records: Records, stream: str, digest: str, facts: Mapping[str, Any]) -> tuple[EarlierBuild, ...]:
    """Builds of the stream before this pack was first built, oldest first; a rebuild of the same pack is not one.

    Args:
        records: the events.
        stream: `review/QUARTER/PROVIDER`.
        digest: of the pack being built.
        facts: its manifest, policy, program version, `asked` for, headline figures by name and verdicts by cell.
    """
    from routeproof.reports.pack.inputs import EarlierBuild  # noqa: PLC0415  # loads the dataframe library

    found: dict[str, EarlierBuild] = {}
    for fact in (entry.fact for entry in records.stream(stream) if entry.fact.type == EVENT):
        payload: Mapping[str, Any] = fact.payload
        if payload["digest"] == digest:
            break
        found.setdefault(
            payload["digest"],
            EarlierBuild(
                digest=payload["digest"],
                built_on=date.fromisoformat(fact.business_on),
                manifest=payload["manifest"],
                changes=_changes(payload, facts),
            ),
        )
    return tuple(found.values())


def builds(records: Records, stream: str) -> Sequence[Mapping[str, Any]]:
    """What is on record of the builds of a review, oldest first."""
    return [entry.fact.payload for entry in records.stream(stream) if entry.fact.type == EVENT]


def before_build(entries: Sequence[bytes], stream: str, digest: str) -> tuple[Sequence[bytes], str]:
    """The entries before a pack was first built, and the manifest that it was built from.

    Args:
        entries: of the record.
        stream: `review/QUARTER/PROVIDER`.
        digest: of the pack, or its beginning.

    Raises:
        UsageError: no such pack was built, or more than one digest begins so.
    """
    found: dict[str, tuple[int, str]] = {}
    for index, content in enumerate(entries):
        entry = json.loads(content)
        if entry["type"] == EVENT and entry["stream"] == stream and entry["payload"]["digest"].startswith(digest):
            found.setdefault(entry["payload"]["digest"], (index, entry["payload"]["manifest"]))
    if len(found) != 1:
        message = f"expected the digest of one pack of {stream}, found {len(found)} for {digest!r}"
        raise UsageError(message, where="--as-built")
    ((index, manifest),) = found.values()
    return entries[:index], manifest


def _changes(payload: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[Change, ...]:
    from routeproof.reports.pack.inputs import Change  # noqa: PLC0415  # loads the dataframe library

    rows = _declared(payload).keys() | _declared(facts).keys()
    asked = _differing(_asked(payload, rows), _asked(facts, rows))
    causes = {"manifest": "data", "policy": "policy", "version": "program"}
    found = [word for name, word in causes.items() if payload.get(name) != facts[name]]
    cause = ", ".join([*found, *(["asked otherwise"] if asked else [])]) or "benchmark or switches"
    told = [Change(figure=name, old=old, new=new, cause="asked otherwise") for name, old, new in asked]
    for name in ("figures", "verdicts"):  # earlier programs kept no verdicts
        moved = _differing(payload.get(name, {}), facts[name])
        told += [Change(figure=figure, old=old, new=new, cause=cause) for figure, old, new in moved]
    return tuple(told)


def _asked(facts: Mapping[str, Any], rows: Collection[ScoreRowId]) -> dict[str, str]:
    """What the pack was built with, in words. Numbers are told by value: the ledger writes 130.0 as 130.

    Args:
        facts: of a build; those of earlier programs name no options, or no benchmark.
        rows: of the scorecard, whose declared figures are told; "none" where this build had none.
    """
    from routeproof.app.review.benchmark import Declared  # noqa: PLC0415  # loads the dataframe library
    from routeproof.reports.score import kind_of  # noqa: PLC0415  # as above

    words = {"benchmark": facts["benchmark"]} if "benchmark" in facts else {}
    if "options" not in facts:
        return words
    options = facts["options"]
    words |= {name: options.get(name) or NONE for name in ("against", "control")}
    words["analyses"] = "asked for" if options.get("analyses") else NONE
    figures = _declared(facts)
    for row in rows:
        said = Declared(value=float(figures[row][0]), source=figures[row][1]).said if row in figures else NONE
        words[f"declared figure: {kind_of(row).title}"] = said
    return words


def _declared(facts: Mapping[str, Any]) -> Mapping[ScoreRowId, tuple[float, str]]:
    declared: Mapping[ScoreRowId, tuple[float, str]] = facts.get("options", {}).get("declared", {})
    return declared


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Name, old and new of what both have and does not say the same."""
    return [(name, before[name], now[name]) for name in sorted(before.keys() & now.keys()) if before[name] != now[name]]
