"""Rows that rest in a file are the rows that were given."""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.watch.resting import rested

SCRATCH = Path(tempfile.gettempdir())

TEXTS = st.none() | st.text(st.characters(blacklist_categories=["Cs"]), max_size=40)
NUMBERS = st.none() | st.integers(-(2**63), 2**63 - 1)
ROWS = st.lists(st.tuples(NUMBERS, TEXTS, TEXTS, st.none() | st.booleans()), max_size=40)
SCHEMA = {"number": pl.Int64, "text": pl.String, "other": pl.String, "flag": pl.Boolean}


@examples(60)
@given(ROWS, st.integers(1, 7))
def test_rested_rows_are_those_given(rows: list[tuple[object, ...]], step: int) -> None:
    """Whole, in part, after the frame that they came from is gone, and beside rows in memory."""
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    expected, schema = frame.rows(), frame.schema
    found = rested(frame, SCRATCH)
    del frame
    gc.collect(0)
    assert (found.rows(), found.schema) == (expected, schema)
    places = list(range(0, len(rows), step))
    assert found[places].rows() == [expected[place] for place in places]
    assert pl.concat([found, found[places]]).rechunk().rows() == [*expected, *(expected[place] for place in places)]


@pytest.mark.parametrize("length", [0, 1, 4, 11, 12, 13, 16, 5_000])
def test_texts_of_every_length_come_back(length: int) -> None:
    """Around the twelve bytes that a view holds by itself, and far beyond; slices of a column begin anywhere."""
    texts = [chr(65 + row % 26) * length + ("é" if row % 3 else "") for row in range(300)]
    column = pl.Series("text", ["before", *texts])[1:]
    assert rested(column.to_frame(), SCRATCH)["text"].to_list() == texts


def test_rows_stay_in_memory_where_there_is_no_room_for_a_file(tmp_path: Path) -> None:
    """The folder is a file here, so none can be made in it."""
    (tmp_path / "taken").write_bytes(b"")
    frame = pl.DataFrame({"a": range(1_000)})
    assert rested(frame, tmp_path / "taken") is frame


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    """The file has no name while its rows are in use, either."""
    found = rested(pl.DataFrame({"a": range(1_000)}), tmp_path / "scratch")
    assert list((tmp_path / "scratch").iterdir()) == []
    assert found["a"].sum() == 499_500
