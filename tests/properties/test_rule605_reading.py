"""Whatever a file looks like, it is read or refused; and both ways of reading a block say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from examples import examples
from routeproof.app.disclosure.validate_605 import validate_file
from routeproof.sources.rule605.read import read_file
from routeproof.sources.rule605.sniff import sniff
from routeproof.stores.shipped_disclosure import load_disclosure605
from routeproof.vocab.errors import DataRejectedError
from rule605_files import LEGACY_RESTING, LEGACY_ROW, detailed, summary

if TYPE_CHECKING:
    import pytest

RIGHT = ["\n".join([LEGACY_ROW, LEGACY_RESTING] * 3) + "\n", detailed({}, {"Symbol": "B"}), summary({}, {"Sp500": "N"})]
TEXTS = [
    "x" * 150_000,
    '"' + "x" * 150_000,
    "",
    "0",
    "-1",
    "x",
    "nan",
    "1e3",
    "0.1234567891234",
    "9" * 25,
    "1,000",
    "AB C",
    '"',
    "|",
    "\\",
    "é",
    "\x00",
]
fields = st.one_of(st.sampled_from(TEXTS), st.text(alphabet='0123456789.,-"| \tAé\n\r', max_size=6))


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Right files with some fields and some characters changed."""
    text = draw(st.sampled_from(RIGHT))
    lines = text.split("\n")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        cells = lines[at].split("|" if "|" in lines[at] else ",")
        cells[draw(st.integers(0, len(cells) - 1))] = draw(fields)
        lines[at] = ("|" if "|" in lines[at] else ",").join(cells)
    whole = "\n".join(lines)
    cut = draw(st.integers(0, len(whole)))
    return draw(st.sampled_from([whole, whole[:cut], whole[:cut] + draw(fields) + whole[cut:]]))


@given(content=st.one_of(damaged().map(str.encode), st.binary(max_size=400)))
@examples(25)
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """No other error; received = accepted + rejected; the validator counts as many records."""
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    checked = validate_file(path)
    try:
        sniffed = sniff(path)
        batches = list(read_file(path, sniffed, load_disclosure605()))
    except DataRejectedError:
        assert not checked.ok
        return
    rejected = [item["source_row"] for batch in batches for item in batch.remarks if item["kind"] == "rejected"]
    received = sum(batch.received for batch in batches)
    assert len(rejected) == len(set(rejected))
    assert received == sum(batch.rows.height for batch in batches) + len(rejected)
    assert checked.rows == received


@given(data=st.data())
@examples(15)
def test_both_ways_of_reading_agree(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """The same numbers, quoted or not: the quotes send a block the long way."""
    number = st.decimals(min_value=-9_000, max_value=9_000, places=4).map(str)
    count = st.integers(0, 10**9).map(str)
    lines = []
    for row in range(data.draw(st.integers(1, 8))):
        cells = ["T", "TXXXX", "201601", f"S{row}", "11", "21"]
        cells += [data.draw(count) for _ in range(10)] + [data.draw(number) for _ in range(2)]
        for place in range(8):
            cells.append(data.draw(count if place in {0, 3, 5} else number))
        lines.append(cells)
    folder = tmp_path_factory.mktemp("both")
    (folder / "plain").write_text("".join("|".join(cells) + "\n" for cells in lines))
    (folder / "quoted").write_text("".join("|".join(f'"{cell}"' for cell in cells) + "\n" for cells in lines))
    policy = load_disclosure605()
    plain, quoted = (list(read_file(folder / name, sniff(folder / name), policy)) for name in ("plain", "quoted"))
    assert_frame_equal(pl.concat([item.rows for item in plain]), pl.concat([item.rows for item in quoted]))
    assert [item.remarks for item in plain] == [item.remarks for item in quoted]
