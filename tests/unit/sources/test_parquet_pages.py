"""Pages of Parquet files that say how large they are: honest ones of every writer pass, one that lies is told."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.parquet_pages import expect_honest_pages
from routeproof.sources.streams import DamagedFileError
from routeproof.sources.thrift_compact import struct_at

FRAME = pl.DataFrame(
    {"symbol": ["KESTR", None, "AB"] * 5_000, "price": [10.25, 10.5, None] * 5_000, "size": range(15_000)}
)


def _varint(value: int) -> bytes:
    sign_last = value << 1 ^ (value >> 63)
    found = bytearray()
    while sign_last > 0x7F:
        found.append(sign_last & 0x7F | 0x80)
        sign_last >>= 7
    return bytes([*found, sign_last])


def _by_pyarrow(**options: object) -> bytes:
    file = io.BytesIO()
    pq.write_table(FRAME.to_arrow(), file, **options)
    return file.getvalue()


def _lying(path: Path, says: int) -> Path:
    """A file whose first data page says that it unpacks to so many bytes; all else is as it was written."""
    table = pa.table({"size": pa.array(range(50), pa.int64())})
    file = io.BytesIO()
    pq.write_table(table, file, compression="none", use_dictionary=False)
    content = file.getvalue()
    chunk = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).column(0)
    honest = b"\x15\x00\x15" + _varint(400)  # PageHeader: type DATA_PAGE, uncompressed_page_size
    at = content.index(b"\x15\x00\x15", chunk.data_page_offset)
    found, _ = struct_at(content[at:], 0)
    honest = b"\x15\x00\x15" + _varint(int(str(found[2])))
    assert content.startswith(honest, at)
    path.write_bytes(content[:at] + b"\x15\x00\x15" + _varint(says) + content[at + len(honest) :])
    return path


@pytest.mark.parametrize("compression", ["zstd", "snappy", "uncompressed", "gzip"])
def test_what_polars_writes_passes(tmp_path: Path, compression: str) -> None:
    """Several row groups and pages."""
    path = tmp_path / "file.parquet"
    FRAME.write_parquet(path, compression=compression, row_group_size=4_000, data_page_size=2_000)  # type: ignore[arg-type]
    expect_honest_pages(path, "file")


@pytest.mark.parametrize("options", [
    {"compression": "zstd"}, {"compression": "none", "data_page_version": "2.0"}, {"use_dictionary": False},
    {"row_group_size": 500, "write_page_index": True}, {"compression": "brotli", "data_page_size": 1_000},
])  # fmt: skip
def test_what_pyarrow_writes_passes(tmp_path: Path, options: dict[str, object]) -> None:
    """Another writer, pages of both versions, with and without dictionaries."""
    path = tmp_path / "file.parquet"
    path.write_bytes(_by_pyarrow(**options))
    expect_honest_pages(path, "file")


def test_a_page_that_says_far_more_than_its_column_is_told(tmp_path: Path) -> None:
    """Half a gigabyte in a small file; what is merely wrong is left to the parser."""
    with pytest.raises(DamagedFileError, match="found one that says 536871994") as told:
        expect_honest_pages(_lying(tmp_path / "large", 536_871_994), "quotes.parquet")
    assert told.value.where == "quotes.parquet"
    expect_honest_pages(_lying(tmp_path / "small", 64 << 20), "quotes.parquet")


@examples(300)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_bytes_that_are_no_parquet_are_left_to_the_parser(content: bytes, length: int) -> None:
    """Whatever stands between the magic bytes, and whatever length of a footer is claimed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(b"PAR1" + content + length.to_bytes(4, "little") + b"PAR1")
        expect_honest_pages(path, "file")


@pytest.mark.parametrize("footer", [b"\x19\xfc\xff\xff\xff\xff\x0f" * 1000, b"\x19\x19" * 300_000, b"\x1c" * 300_000])
def test_a_footer_without_end_is_given_up(tmp_path: Path, footer: bytes) -> None:
    """Lists of billions, lists in lists, structs in structs."""
    path = tmp_path / "file"
    path.write_bytes(b"PAR1" + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    expect_honest_pages(path, "file")
