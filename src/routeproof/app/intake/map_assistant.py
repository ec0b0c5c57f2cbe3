"""Help with a map: the head of a delimited file, a first guess, and what the file's first rows become under it."""

from __future__ import annotations

import csv
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.sources.map_file import parse_map, writable_columns
from routeproof.sources.map_guess import guessed_map
from routeproof.sources.map_text import map_text
from routeproof.sources.sandbox import Job, Limits, read_in_child
from routeproof.sources.source import ReadContext
from routeproof.sources.spare_child import SPARE
from routeproof.sources.streams import DamagedFileError, blocks, open_stream
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import MapError, UsageError
from routeproof.vocab.fixed import to_decimal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.sources.source import SourceResult

HEAD_BYTES = 256 << 10
LONGEST_HEADER_BYTES = 64 << 10
SAMPLED = 200
SHOWN = 12
MOST_RECODINGS = 20
"""More different texts than that are no words of a vocabulary."""
DELIMITERS = (",", "|", "\t", ";")
LIMITS = Limits(memory_bytes=4 << 30, cpu_seconds=20)
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a delimited file.

    Attributes:
        content: whole lines, at most `HEAD_BYTES`, the header first.
        delimiter: what seems to part its fields.
        names: columns.
        rows: at most `SAMPLED` rows, source column to text.
    """

    content: bytes
    delimiter: str
    names: list[str]
    rows: list[dict[str, str]]


def head_of(path: Path, delimiter: str = "") -> Head:
    """The beginning of a file, plain or packed; no more of it is unpacked than is looked at.

    Raises:
        UsageError: if it has no line of names.
    """
    content = _whole_lines(path)
    lines = content.removeprefix(_MARK).decode("utf-8", "replace").splitlines()[: SAMPLED + 1]
    if not lines or not _is_header(lines[0]):
        message = "expected delimited text with a line of column names, found no such line"
        raise UsageError(message, where=path.name)
    by = delimiter or max(DELIMITERS, key=lines[0].count)
    try:
        records = list(csv.reader(lines, delimiter=by))
    except csv.Error as error:
        message = f"expected delimited text, found: {error}"
        raise UsageError(message, where=path.name) from error
    names = [name.strip() for name in records[0]]
    return Head(content, by, names, [dict(zip(names, record, strict=False)) for record in records[1:] if record])


def _is_header(line: str) -> bool:
    is_text = "\N{REPLACEMENT CHARACTER}" not in line and line.replace("\t", "").isprintable()
    return bool(line.strip()) and is_text and len(line) <= LONGEST_HEADER_BYTES


def _whole_lines(path: Path) -> bytes:
    content = b""
    with suppress(DamagedFileError), open_stream(path) as stream:
        content = next(blocks(stream, path), b"")[: HEAD_BYTES + 1]
    if len(content) <= HEAD_BYTES:
        return content
    return content[: content.rfind(b"\n", 0, HEAD_BYTES) + 1]


def expect_file() -> None:
    """Have a reading child ready, as somebody is about to send a file or to try another map of it."""
    SPARE.prepare()


def assisted(context: Context, path: Path, table: str, document: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a map's author looks at.

    Args:
        context: workspace, for scratch space.
        path: delimited text, plain or packed.
        table: canonical table that it is to be.
        document: the map as it stands; null asks for a first guess.

    Returns:
        Of the file `file`, `names` (its columns) and `source_rows`. Of the table `table`, `kinds` and `columns` (`name,
        kind, meaning, required, words`, and `likely`: it is required, or something is said of it). Of the map `map`
        (document), `map_text` (TOML) and `recodings` (`of, old, new, words`: texts of the sample that are no words of a
        fixed vocabulary, and what the map makes of them). Of the first rows under it `received`, `accepted`, `rejected`
        (reason to count), `refused_rows`, `rows` (canonical), `shown` (their columns that have a value), and `problem`
        (why the map does not fit, or null).

    Raises:
        MapError: for an unknown table.
        UsageError: for a file that is no delimited text.
    """
    parse_map({"table": table}, where="table")
    head = head_of(path, str((document or {}).get("delimiter", "")))
    whole = dict(document) if document is not None else _guess(table, head)
    return {
        "file": path.name,
        "table": table,
        "names": head.names,
        "source_rows": head.rows[:SHOWN],
        "columns": [{**column, "likely": _is_likely(column, whole)} for column in _columns(table)],
        "kinds": {column.name: column.kind for column in TABLES[table].all_columns},
        "recodings": _recodings(head, whole),
        "map": whole,
        "map_text": map_text(whole),
        **_tried(context, path, head, whole),
    }


def map_file(document: Mapping[str, Any]) -> str:
    """The map as the file that `--map` reads.

    Raises:
        MapError: if it says what no map can.
    """
    parse_map(document)
    return map_text(document)


def mapped_tables() -> dict[str, str]:
    """Canonical tables that a map may name, in reading order, each in words."""
    return {name: name.replace("_", " ") for name in TABLES}


def _guess(table: str, head: Head) -> dict[str, Any]:
    guess = guessed_map(table, head.names, head.rows)
    return guess if head.delimiter == "," else {"table": table, "delimiter": head.delimiter, **guess}


def _columns(table: str) -> list[dict[str, Any]]:
    known = {column.name: column for column in TABLES[table].all_columns}
    terms = {column.name: column for name in ("parent_orders", "order_versions") for column in TABLES[name].all_columns}
    found = []
    for name in writable_columns(table):
        column = known.get(name) or terms.get(name)
        found.append(
            {
                "name": name,
                "kind": column.kind if column else "quantity",
                "meaning": column.meaning if column else "shares of the order",
                "required": name in known and known[name].required,
                "words": list(column.words) if column else [],
            }
        )
    return found


def _is_likely(column: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether an author has to look at the column: it is required, or the map says something of it."""
    return column["required"] or any(column["name"] in document.get(name, {}) for name in ("columns", "constants"))


def _recodings(head: Head, document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Texts of the sample in columns with a fixed vocabulary that are not its words."""
    found: list[dict[str, Any]] = []
    for column in _columns(str(document["table"])):
        source = document.get("columns", {}).get(column["name"])
        if not column["words"] or not source:
            continue
        known = document.get("values", {}).get(column["name"], {})
        met = dict.fromkeys(row.get(source, "").strip() for row in head.rows)
        odd = [text for text in (*met, *known) if text and text.lower() not in column["words"]]
        found += [
            {"of": column["name"], "old": text, "new": known.get(text, ""), "words": column["words"]}
            for text in list(dict.fromkeys(odd))[:MOST_RECODINGS]
        ]
    return found


def _tried(context: Context, path: Path, head: Head, document: Mapping[str, Any]) -> dict[str, Any]:
    nothing = {"received": 0, "accepted": 0, "rejected": {}, "refused_rows": [], "rows": [], "shown": []}
    try:
        file_map = parse_map(document)
        scratch = context.workspace.scratch_folder
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="map-", dir=scratch) as folder:
            sample = Path(folder) / "head.csv"
            sample.write_bytes(head.content)
            jobs = [Job(sample, ReadContext(path.name, "0" * 16, context.workspace.firm_id))]
            pieces = read_in_child("csv", jobs, file_map, Path(folder) / "read", limits=LIMITS)[0]
            return {**_shown(file_map.table, pieces), "problem": None}
    except MapError as error:
        return {**nothing, "problem": {"message": error.message, "where": error.where}}


def _shown(table: str, pieces: list[SourceResult]) -> dict[str, Any]:
    rejected: dict[str, int] = {}
    refused: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for piece in pieces:
        for row in piece.rejects.select("row", "reason", "detail", "raw").iter_rows(named=True):
            rejected[row["reason"]] = rejected.get(row["reason"], 0) + 1
            refused.append(row)
        rows += _rows(table, _canonical(table, piece))
    told = [name for name in TABLES[table].names if any(row[name] is not None for row in rows)]
    return {
        "received": sum(piece.received for piece in pieces),
        "accepted": sum(piece.accepted for piece in pieces),
        "rejected": rejected,
        "refused_rows": refused[:SHOWN],
        "rows": rows[:SHOWN],
        "shown": [name for name in told if name not in _OURS],
    }


_OURS = ("firm_id", "source_id", "sequence")


def _canonical(table: str, piece: SourceResult) -> list[pl.DataFrame]:
    run = piece.runs.get(table)
    if run is not None:
        return [run.read(0, min(run.index.height, SHOWN))] if run.index.height else []
    return [piece.tables[table]] if table in piece.tables else []


def _rows(table: str, frames: list[pl.DataFrame]) -> list[dict[str, Any]]:
    """Rows as people read them: decimal numbers as text, instants as nanoseconds, days as text."""
    kinds = {column.name: column.kind for column in TABLES[table].all_columns}
    return [
        {name: _plain(kinds[name], value) for name, value in row.items()}
        for frame in frames
        for row in frame.sort("source_row").head(SHOWN).iter_rows(named=True)
    ]


def _plain(kind: str, value: Any) -> Any:  # noqa: ANN401  # a cell
    if value is None or kind in {"text", "count", "flag", "instant"}:
        return value
    return value.isoformat() if kind == "day" else f"{to_decimal(value).normalize():f}"
