"""FIX logs: 4.2, 4.4 and 5.0 SP2, plain, gzip or zstandard, with SOH, `|` or `^A` between fields."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fix.fold.parties import declared_parties
from routeproof.sources.fix.fold.recoding import declared_values
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.map_file import load_map, parse_map
from routeproof.sources.source import ReadContext, Source, SourceResult, rejects_frame
from routeproof.tables.wide import stacked
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.sources.map_file import FileMap

_HASH_BLOCK = 1 << 20


def read(path: Path, file_map: FileMap | None, context: ReadContext) -> Iterator[SourceResult]:
    """Typed messages of a log, in pieces of at most 65,536; table `fix_messages`.

    A log becomes orders, routes and executions only together with all other messages of its days: the store keeps the
    distinct messages, and `fold_messages` makes the canonical tables from them.

    Raises:
        MapError: if the map's `[parties]`, `[link]`, `[clock]` or `[values]` is not what it should be.
    """
    declared_parties(file_map.sections if file_map else {})
    declared_values(file_map.sections if file_map else {})
    from routeproof.sources.fix.tokenizer import tokenize  # noqa: PLC0415  # compiled, and needed by no other format

    with path.open("rb") as file:
        for piece in tokenize(file, name=context.file, source_id=context.source_id, firm_id=context.firm_id):
            yield SourceResult(
                tables={FIX_MESSAGES.name: piece.messages},
                rejects=piece.rejects,
                received=piece.received,
                accepted=piece.accepted,
                noise=piece.noise,
            )


def read_fix_log(
    path: str | Path | Sequence[str | Path],
    map: str | Path | Mapping[str, object] | None = None,  # noqa: A002 the public name of the argument
    *,
    firm_id: str = "",
    provider_id: str = "",
) -> dict[str, pl.DataFrame]:
    """Canonical tables of one or several FIX logs, without a workspace.

    Args:
        path: a log or several; together they are one set of messages, so order and overlap do not matter.
        map: a TOML map file or its content with `[parties]`, `[link]`, `[clock.*]`, `[values.venue]`,
            `[values.symbol]`; none for a plain firm to provider log, where the sender of 35=D is the firm and its
            receiver the provider.
        firm_id: legal entity, part of every identity.
        provider_id: provider of the orders; empty = the CompID they were sent to.

    Returns:
        `parent_orders, order_versions, routes, executions, sightings, links` (canonical columns: prices and quantities
        Int64 at 1e-9, instants UTC ns), `rejects` (file, row, byte, reason, detail, raw), and `notes` (name, count):
        messages
        received, accepted, noise lines, and what did not fit; see `fold_messages`.

    Raises:
        UsageError: if a file cannot be opened.
        MapError: if the map is not what it should be.
    """
    from routeproof.sources.fix.fold.fold import fold_messages  # noqa: PLC0415  # compiled, and readers do not fold

    paths = [Path(path)] if isinstance(path, (str, Path)) else [Path(item) for item in path]
    sections = _sections(map)
    frames, rejects = [FIX_MESSAGES.empty()], [rejects_frame([])]
    counts = {"received": 0, "accepted": 0, "noise": 0}
    for item in paths:
        try:
            context = ReadContext(file=item.name, source_id=_source_id(item), firm_id=firm_id)
            for result in read(item, None, context):
                frames.append(result.tables[FIX_MESSAGES.name])
                rejects.append(result.rejects)
                counts["received"] += result.received
                counts["accepted"] += result.accepted
                counts["noise"] += result.noise
        except OSError as error:
            message = f"expected a readable FIX log, found: {error}"
            raise UsageError(message, where=str(item)) from error
    folded = fold_messages(stacked(frames), sections, firm_id=firm_id, provider_id=provider_id)
    notes = {**counts, **folded.notes}
    noted = pl.DataFrame(
        {"name": list(notes), "count": list(notes.values())}, schema={"name": pl.String, "count": pl.Int64}
    )
    return {**folded.tables, "rejects": pl.concat(rejects), "notes": noted}


def _sections(declared: str | Path | Mapping[str, object] | None) -> Mapping[str, object]:
    if declared is None:
        return {}
    if isinstance(declared, Path) or (isinstance(declared, str) and "\n" not in declared and "[" not in declared):
        return load_map(Path(declared)).sections
    if isinstance(declared, str):
        return parse_map(tomllib.loads(declared)).sections
    return parse_map(declared).sections


def _source_id(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK):
            digest.update(block)
    return digest.hexdigest()[:16]


FIX_LOG = Source(name="fix-log", read=read, needs_map=False, meaning="FIX 4.2, 4.4, 5.0 SP2 logs of any sessions")
