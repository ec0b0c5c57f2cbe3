"""Delimited text: every byte ends in a row, a reject or noise."""

import gzip
import io
import json
import tempfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.streams import DamagedFileError
from routeproof.sources.text_frames import HeaderError, text_frames
from routeproof.sources.text_records import MAX_PIECE_RECORDS

POSITION = ("__row", "__byte", "__raw")


def read(path: Path) -> tuple[list[dict[str, str]], list[tuple[int, int, str]], int]:
    """Rows, refused lines as (row, byte, reason), blank lines."""
    rows, refused, noise = [], [], 0
    for piece in text_frames(path, ","):
        rows += piece.frame.drop(POSITION).to_dicts()
        refused += [(row["row"], row["byte"], row["reason"]) for row in piece.refused]
        noise += piece.noise
    return rows, refused, noise


def written(tmp_path: Path, content: bytes) -> Path:
    """A file of these bytes."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    return path


def test_lines_that_end_with_a_return_alone_are_lines(tmp_path: Path) -> None:
    """The file of an old system is read like any other, and places in it stay true."""
    rows, refused, _ = read(written(tmp_path, b'a,b\r1,2\r"x\ry",3\r4\r'))
    assert rows == [{"a": "1", "b": "2"}, {"a": "x\ny", "b": "3"}]
    assert refused == [(4, 16, "wrong_field_count")]


def test_csv_spectrum(shared_data: Path) -> None:
    """Expected values are the collection's own."""
    folder = shared_data / "robustness" / "csv"
    files = sorted((folder / "csv-spectrum").glob("*.csv"))
    assert len(files) == 11
    for path in files:
        expected = json.loads((folder / "csv-spectrum-expected" / f"{path.stem}.json").read_text(encoding="utf-8"))
        rows = [{name: value or "" for name, value in row.items()} for row in read(path)[0]]
        assert rows == expected, path.name


def test_bad_lines_are_refused_where_they_stand(tmp_path: Path) -> None:
    """Row 1 is the header; bytes are counted by hand."""
    path = written(tmp_path, b"a,b\n1,2\n1,2,3\n\n4\x00,5\n\xff,6\n7,8\n")
    rows, refused, noise = read(path)
    assert rows == [{"a": "1", "b": "2"}, {"a": "7", "b": "8"}]
    assert sorted(refused) == [(3, 8, "wrong_field_count"), (5, 15, "nul_byte"), (6, 20, "not_utf8")]
    assert noise == 1


@examples(150)
@given(st.lists(st.binary(max_size=6), max_size=12))
def test_lines_that_are_no_utf8_are_refused_one_by_one(lines: list[bytes]) -> None:
    """By decoding each line by itself; half a character at a line's end does not spoil the next line."""
    cells = [bytes(byte for byte in line if byte not in b'\n\r\x00",') or b"x" for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        rows, refused, _ = read(written(Path(folder), b"a,b\n" + b"".join(b"1," + cell + b"\n" for cell in cells)))
    bad = {row for row, cell in enumerate(cells, 2) if cell.decode("utf-8", "replace").encode() != cell}
    assert {(row, reason) for row, _, reason in refused} == {(row, "not_utf8") for row in bad}
    assert [row["b"] for row in rows] == [cell.decode() for row, cell in enumerate(cells, 2) if row not in bad]


def test_a_quote_that_never_closes_spoils_one_line(tmp_path: Path) -> None:
    """The rest of the file is still read."""
    rows, refused, _ = read(written(tmp_path, b'a,b\n1,"2\n3,4\n5,6\n'))
    assert rows == [{"a": "3", "b": "4"}, {"a": "5", "b": "6"}]
    assert [reason for _, _, reason in refused] == ["unbalanced_quote"]


def test_two_stray_quotes_do_not_swallow_what_lies_between(tmp_path: Path) -> None:
    """Lines that a stray quote had joined are looked at one by one."""
    rows, refused, _ = read(written(tmp_path, b'a,b\n1,5"\n3,4\n5,6\n7,8"\n9,10\n'))
    assert rows[-1] == {"a": "9", "b": "10"}
    assert {"a": "3", "b": "4"} in rows
    assert {"a": "5", "b": "6"} in rows
    assert len(rows) + len(refused) == 5


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """Forty megabytes of one line, then a good one."""
    path = written(tmp_path, b"a,b\n" + b"x" * 40_000_000 + b"\n1,2\n")
    rows, refused, _ = read(path)
    assert rows == [{"a": "1", "b": "2"}]
    assert refused == [(2, 4, "line_too_long")]


def test_the_last_line_needs_no_line_end(tmp_path: Path) -> None:
    """Nor does it gain one."""
    assert read(written(tmp_path, b"\xef\xbb\xbfa,b\r\n1,2"))[0] == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_files_read_the_same(tmp_path: Path, pack: object) -> None:
    """By their first bytes, not by their name."""
    assert callable(pack)
    assert read(written(tmp_path, pack(b"a,b\n1,2\n")))[0] == [{"a": "1", "b": "2"}]


def test_a_cut_gzip_gives_what_came_before_and_says_so(tmp_path: Path) -> None:
    """Half a file must not look like a whole one."""
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (at, at * 7919 % 10007) for at in range(20_000))
    packed = gzip.compress(content)
    rows, refused, _ = read(written(tmp_path, packed[: len(packed) // 2]))
    assert 1_000 < len(rows) < 20_000
    assert refused[-1][2] == "truncated_file"


@pytest.mark.parametrize("kept", [4, 5, 6])
def test_a_zstandard_file_cut_in_its_head_is_damaged(tmp_path: Path, kept: int) -> None:
    """The magic number is there, the frame's own head is not whole: nothing can be read, which is said."""
    whole = zstandard.ZstdCompressor().compress(b"a,b\n" + b"1,2\n" * 5_000)
    rows, refused, _ = read(written(tmp_path, whole[:kept]))
    assert (rows, refused) == ([], [(1, 0, "truncated_file")])


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    """And no header either."""
    assert read(written(tmp_path, b"")) == ([], [], 0)


@pytest.mark.parametrize("header", [b"a\x00,b", b"a\xff,b"])
def test_damage_of_the_header_is_not_the_first_row_s(tmp_path: Path, header: bytes) -> None:
    """A row is refused for its own bytes; with no row there is nothing to refuse."""
    rows, refused, _ = read(written(tmp_path, header + b"\n1,2\n3,4\n"))
    assert [row["b"] for row in rows] == ["2", "4"]
    assert refused == []
    assert read(written(tmp_path, header + b"\n")) == ([], [], 0)


def test_what_is_no_header_is_said(tmp_path: Path) -> None:
    """A blank line names no columns, nor does one of a million commas, nor a field of 200,000 characters."""
    for line in (b"", b"," * 1_000_000, b"a," + b"x" * 200_000):
        with pytest.raises(HeaderError):
            read(written(tmp_path, line + b"\n1,2\n"))


def test_very_many_tiny_records_come_in_several_pieces(tmp_path: Path) -> None:
    """Each keeps its row and byte: the header takes 4 bytes and row 1, every other line 2 bytes."""
    count = 2 * MAX_PIECE_RECORDS + 5
    pieces = list(text_frames(written(tmp_path, b"a,b\n" + b"x\n" * count), ","))
    assert max(len(piece.refused) for piece in pieces) <= MAX_PIECE_RECORDS
    places = [(row["row"], row["byte"]) for piece in pieces for row in piece.refused]
    assert places == [(2 + at, 4 + 2 * at) for at in range(count)]


def test_blank_lines_are_noise_however_they_end(tmp_path: Path) -> None:
    """Three of them; a line of one letter is none."""
    rows, refused, noise = read(written(tmp_path, b"a\n\n1\n\r\n\n2\n"))
    assert ([row["a"] for row in rows], refused, noise) == (["1", "2"], [], 3)


def archive(method: int) -> bytes:
    """A zip archive of one small file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("data.csv", b"a,b\n1,2\n", method)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        archive(zipfile.ZIP_BZIP2),
        archive(zipfile.ZIP_LZMA),
        archive(zipfile.ZIP_STORED).replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"),
        archive(zipfile.ZIP_STORED).replace(b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\xff"),
        b"PK\x03\x04" + archive(zipfile.ZIP_STORED)[8:],
        archive(zipfile.ZIP_STORED)[:-3],
    ],
    ids=["bzip2", "lzma", "password", "version", "no local header", "no end"],
)
def test_an_archive_that_cannot_be_opened_is_a_damaged_file(tmp_path: Path, content: bytes) -> None:
    """Methods that nobody uses for such files, passwords, versions to come, places that are wrong."""
    with pytest.raises(DamagedFileError):
        read(written(tmp_path, content))
