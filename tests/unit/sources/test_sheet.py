"""Sheets that others fill in come back as they went out, nothing in them runs, and what does not fit is named."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.renderers.sheet import render_sheet
from routeproof.sources.sheet import read_sheet
from routeproof.vocab.errors import UsageError
from routeproof.vocab.sheet_text import inert_cell, inert_text, original_text, would_run

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = (
    "=1+1",
    "+SUM(A1)",
    "-2+3+cmd|' /C calc'!A0",
    "@x",
    "\t=1",
    "\r\n=1",
    "\u00a0=1",
    "  -x",
    "'=1",
    "''=1",
    "=HYPERLINK(1)",
)
HARMLESS = ("-5", "+0.25", "-1e9", "5", "'tis", "a=b", "", "no - never", "'-5")
COLUMNS = ("question_id", "answer")


@pytest.mark.parametrize("text", HOSTILE)
def test_what_would_run_does_not_begin_a_cell(text: str) -> None:
    """Each is written with an apostrophe in front, and read back as it was."""
    assert inert_text(text).startswith("'")
    assert original_text(inert_text(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_plain_words_stay_as_they_are(text: str) -> None:
    """A negative number is no formula."""
    assert inert_text(text) == text == original_text(text)


@examples(200)
@given(st.text(alphabet="'=+-@\t\r\n \u00a015.eEa", max_size=8))
def test_any_text_is_inert_and_comes_back(text: str) -> None:
    """Whatever a provider writes, no CSV cell begins with a formula, and nothing is lost."""
    assert not would_run(inert_text(text))
    assert original_text(inert_text(text)) == text == original_text(inert_cell(text))


@pytest.mark.parametrize("suffix", [".csv", ".json", ".xlsx"])
def test_rows_come_back_as_they_went_out(tmp_path: Path, suffix: str) -> None:
    """In each of the three formats, hostile and harmless alike."""
    texts = [*HOSTILE, *(text for text in HARMLESS if text), "two\nlines", 'a "quoted", thing', "Straße, 東京"]
    rows = [{"question_id": f"Q{place}", "answer": text} for place, text in enumerate(texts)]
    path = tmp_path / f"sheet{suffix}"
    path.write_bytes(render_sheet(suffix, COLUMNS, rows))
    found = {row["question_id"]: row["answer"] for row in read_sheet(path, COLUMNS, ())}
    wanted = {row["question_id"]: row["answer"] for row in rows}
    if suffix == ".xlsx":  # a workbook has one kind of line break
        found, wanted = ({key: text.replace("\r\n", "\n") for key, text in each.items()} for each in (found, wanted))
    assert found == wanted


def test_a_workbook_has_no_formula_cell() -> None:
    """Read without our reader: the sheet's XML has no <f> element, and each cell is marked as quoted text."""
    rows = [{"question_id": "Q1", "answer": text} for text in HOSTILE]
    with zipfile.ZipFile(io.BytesIO(render_sheet(".xlsx", COLUMNS, rows))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles


def test_no_csv_field_begins_with_a_formula() -> None:
    """Read by the standard library: after blanks, no field begins with a character that starts a formula."""
    rows = [{"question_id": "Q1", "answer": text} for text in HOSTILE]
    lines = list(csv.reader(io.StringIO(render_sheet(".csv", COLUMNS, rows).decode(), newline="")))
    assert lines[0] == list(COLUMNS)
    assert [line[1] for line in lines[1:] if line[1].lstrip(" \u00a0\t\r\n")[0] in "=+-@"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"question_id,answr\nQ1,x\n", "answer"),
        (b"question_id,answer,more\nQ1,x,y\n", "'more'"),
        (b"question_id,answer,answer\nQ1,x,y\n", "twice"),
        (b"question_id,answer\nQ1\n", "line 2"),
        (b'question_id,answer\nQ1,"x\n', "CSV"),
        (b"question_id,answer\nQ1,\xff\n", "UTF-8"),
        (b"", "missing"),
        (b"[1, 2]", "objects"),
        (b'{"answer": 1}', "objects"),
        (b'[{"question_id": "Q1", "answer": ["x"]}]', "item 1"),
        (b"[{", "JSON"),
        (b"PK\x03\x04 not a workbook", "workbook"),
    ],
)
def test_a_sheet_that_does_not_fit_is_refused_with_its_reason(tmp_path: Path, content: bytes, said: str) -> None:
    """Other columns, other shapes, other bytes: the message says which, and names the file."""
    path = tmp_path / "sheet"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        read_sheet(path, COLUMNS, ())
    assert said in refused.value.message
    assert refused.value.where == str(path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """A workbook that unpacks to more than a person writes is no sheet of answers."""
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (101 << 20))
    with pytest.raises(UsageError, match="unpacked"):
        read_sheet(path, COLUMNS, ())


def test_what_spreadsheets_do_to_a_file_is_understood(tmp_path: Path) -> None:
    """A byte order mark, semicolons and blank lines are no error; JSON may name a yes as true."""
    path = tmp_path / "sheet"
    path.write_bytes(b"\xef\xbb\xbfquestion_id;answer\r\nQ1;a, b\r\n;\r\n\r\n")
    assert read_sheet(path, COLUMNS, ()) == [{"question_id": "Q1", "answer": "a, b", "row": "2"}]
    path.write_text(
        json.dumps({"answers": [{"question_id": "Q1", "answer": True}, {"question_id": "Q2", "answer": 5}]})
    )
    assert [row["answer"] for row in read_sheet(path, COLUMNS, ())] == ["yes", "5"]


def test_another_ending_is_a_usage_error() -> None:
    """Only the three formats are written."""
    with pytest.raises(UsageError, match="csv"):
        render_sheet(".ods", COLUMNS, [])
