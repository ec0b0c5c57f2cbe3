"""Broken Parquet files: refused or read right, never wrong numbers."""

from pathlib import Path

import polars as pl
import pytest

from routeproof.sources.map_file import parse_map
from routeproof.sources.sandbox import Job, read_in_child
from routeproof.sources.source import ReadContext
from routeproof.vocab.errors import MapError

READABLE = {"ARROW-GH-43605.parquet"}
"""The one file of the collection that is valid and that readers once refused."""


def test_published_broken_files_are_refused(shared_data: Path, tmp_path: Path) -> None:
    """The collection's README says what is wrong with each; one column stands for a price."""
    files = sorted((shared_data / "robustness" / "parquet" / "bad_data").glob("*.parquet"))
    assert len(files) == 8
    outcomes = {path.name: _outcome(path, tmp_path / path.name) for path in files}
    assert {name for name, outcome in outcomes.items() if outcome == "read"} <= READABLE, outcomes


def _outcome(path: Path, folder: Path) -> str:
    folder.mkdir()
    try:
        names = pl.scan_parquet(path, glob=False).collect_schema().names()
    except BaseException:  # noqa: BLE001  # the parser panics on some of them, which is what the child is for
        names = ["x"]
    column = "nation_key" if "nation_key" in names else names[0]
    document = {"table": "trades", "columns": {"price": column}, "constants": {"symbol": "A", "quantity": 1,
                "at": "2026-07-01T13:30:00Z"}}  # fmt: skip
    try:
        (pieces,) = read_in_child("parquet", [Job(path, ReadContext(path.name, "ab"))], parse_map(document), folder)
    except MapError as error:
        return f"refused: {error.message}"
    return "read" if any(piece.accepted for piece in pieces) else str(pieces[-1].rejects["reason"].to_list()[:1])


def test_a_nested_column_is_refused_by_name(tmp_path: Path) -> None:
    """Nested levels are where readers go wrong."""
    path = tmp_path / "nested.parquet"
    pl.DataFrame(
        {"symbol": ["A"], "at": [1_782_912_600_000_000_000], "price": [[1.0, 2.0]], "quantity": [1]}
    ).write_parquet(path)
    with pytest.raises(MapError, match="price"):
        read_in_child("parquet", [Job(path, ReadContext("n", "ab"))], parse_map({"table": "trades"}), tmp_path / "out")
