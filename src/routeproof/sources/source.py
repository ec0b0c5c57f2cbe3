"""What a source is, and what reading one gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from routeproof.sources.map_file import FileMap
    from routeproof.sources.runs import Run

REJECT_SCHEMA = pl.Schema(
    {
        "file": pl.String(),
        "row": pl.Int64(),
        "byte": pl.Int64(),
        "reason": pl.String(),
        "detail": pl.String(),
        "raw": pl.String(),
        "trading_day": pl.Date(),
    }
)
"""One refused input row: where it stood, a stable reason word, what was found, its first 200 characters."""

RAW_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a reader may know besides the bytes.

    Attributes:
        file: the name that the file came with; some formats carry symbol and day in it.
        source_id: first 16 hex digits of its SHA-256.
        firm_id: legal entity of the workspace.
        provider_id: provider that the file speaks of, empty if none was named.
        policy: dated policy values that the format needs, by name.
    """

    file: str
    source_id: str
    firm_id: str = ""
    provider_id: str = ""
    policy: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceResult:
    """Rows of one file, or of one piece of it.

    Attributes:
        tables: canonical table name to frame with exactly that table's columns.
        runs: the same for rows of quotes and trades that a child left on disk.
        rejects: `REJECT_SCHEMA`.
        received: input rows that claimed to be data.
        accepted: input rows that became canonical rows; received = accepted + rejects.
        noise: lines that never claimed to be data, such as log chatter.
        notes: facts about the file that quality or refusals need.
    """

    tables: dict[str, pl.DataFrame]
    rejects: pl.DataFrame
    received: int
    accepted: int
    noise: int = 0
    notes: dict[str, object] = field(default_factory=dict)
    runs: Mapping[str, Run] = field(default_factory=dict)


if TYPE_CHECKING:
    Reader = Callable[[Path, FileMap | None, ReadContext], Iterator[SourceResult]]


@dataclass(frozen=True, slots=True)
class Source:
    """A format that can be read.

    Attributes:
        name: what the command line calls it.
        read: pieces of one file, in order; memory is bounded by a piece.
        needs_map: without a map the format says nothing about meaning.
        meaning: one line for people.
        in_child: read by a child process under limits, as files of foreign formats are.
    """

    name: str
    read: Reader
    needs_map: bool
    meaning: str
    in_child: bool = True


def rejects_frame(rows: list[dict[str, object]]) -> pl.DataFrame:
    """A reject frame from rows that may leave out what is unknown."""
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in REJECT_SCHEMA}, schema=REJECT_SCHEMA)


def show(content: bytes | str) -> str:
    """The first 200 characters, with what a terminal could obey written as escapes."""
    text = content[: 4 * RAW_CHARACTERS].decode("utf-8", "backslashreplace") if isinstance(content, bytes) else content
    if text.isprintable():
        return text[:RAW_CHARACTERS]
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )[:RAW_CHARACTERS]
