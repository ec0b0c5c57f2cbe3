"""The lake: what is committed is visible, by manifest, and nothing else."""

import itertools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from routeproof.ledger.entry import Fact
from routeproof.stores.commits import Actor, SourceOutcome, commit, source_outcomes
from routeproof.stores.content import content_hash
from routeproof.stores.lake import Lake
from routeproof.stores.lake_file import SYMBOL_INDEX
from routeproof.stores.raw import RawStore
from routeproof.stores.records import Records
from routeproof.stores.records_database import Database
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import LedgerBrokenError, UsageError

ACTOR = Actor("os:ann", "operator", "s1", "2026-07-02")
FACT = Fact("s", "note", {}, "2026-07-02", "a", "r", "s")
DAY = date(2026, 7, 1)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """A records database whose clock ticks by one."""
    ticks = itertools.count(1_000)
    store = Records(tmp_path / "records.sqlite", lambda: next(ticks))
    yield store
    store.close()


@pytest.fixture
def lake(tmp_path: Path, records: Records) -> Lake:
    """An empty lake."""
    return Lake(tmp_path / "lake", records)


def quotes(*rows: tuple[str, int, int | None]) -> pl.DataFrame:
    """Quotes of symbol, instant, bid."""
    frame = pl.DataFrame(rows, schema={"symbol": pl.String, "at": pl.Int64, "bid": pl.Int64}, orient="row")
    return TABLES["quotes"].conform(frame.with_columns(pl.lit(DAY).alias("trading_day")))


def put(lake: Lake, records: Records, tmp_path: Path, frame: pl.DataFrame) -> str:
    """Write and commit one day of quotes; returns the manifest id."""
    partition = lake.write("quotes", DAY.isoformat(), frame)
    return commit(tmp_path / "lake", lake, records, [partition], [SourceOutcome("ab", "r", {"n": 1})], ACTOR)


def test_written_files_are_invisible_until_they_are_committed(lake: Lake) -> None:
    """A crash between file and event leaves the lake as it was."""
    lake.write("quotes", DAY.isoformat(), quotes(("IBM", 1, 10)))
    assert lake.days("quotes") == []
    assert lake.read("quotes").height == 0


def test_every_earlier_state_stays_readable(lake: Lake, records: Records, tmp_path: Path) -> None:
    """Time travel by manifest id, also by a prefix of it."""
    first = put(lake, records, tmp_path, quotes(("IBM", 1, 10)))
    second = put(lake, records, tmp_path, quotes(("IBM", 1, 10), ("IBM", 2, 11)))
    assert first != second
    assert lake.read("quotes", manifest=first).height == 1
    assert lake.read("quotes", manifest=second[:12]).height == 2
    assert lake.read("quotes").height == 2


def test_an_unknown_manifest_is_refused(lake: Lake) -> None:
    """Not silently the newest one."""
    with pytest.raises(UsageError, match="found 0 commits"):
        lake.manifest("feed")


def test_equal_content_has_an_equal_manifest_id(lake: Lake, records: Records, tmp_path: Path) -> None:
    """Provenance and tie-breakers do not change what the lake says."""
    frame = quotes(("IBM", 1, 10), ("XOM", 1, None))
    first = put(lake, records, tmp_path, frame)
    second = put(lake, records, tmp_path, frame.with_columns(pl.lit("other").alias("source_id"), sequence=pl.lit(7)))
    assert first == second


def test_a_null_is_not_a_zero(lake: Lake, records: Records, tmp_path: Path) -> None:
    """Content hashes tell them apart."""
    assert put(lake, records, tmp_path, quotes(("A", 1, None))) != put(lake, records, tmp_path, quotes(("A", 1, 0)))


def test_readers_learn_where_a_symbol_lies(lake: Lake, records: Records, tmp_path: Path) -> None:
    """Worked by hand: two rows of A, then one of B."""
    put(lake, records, tmp_path, quotes(("A", 5, 1), ("A", 9, 2), ("B", 3, 3)))
    ranges = lake.symbol_ranges("quotes", DAY)
    assert {name: (item.start, item.rows, item.first_at, item.last_at) for name, item in ranges.items()} == {
        "A": (0, 2, 5, 9),
        "B": (2, 1, 3, 3),
    }


def test_rows_handed_in_frame_by_frame_are_one_file(lake: Lake, tmp_path: Path) -> None:
    """What one frame would give; texts that came as codes are strings to every reader; B goes on in the second."""
    rows = [("A", 5, 1), ("A", 9, 2), ("B", 3, 3), ("B", 4, None)]
    whole = quotes(*rows)
    codes = {"symbol": pl.Enum(["A", "B"]), "kind": pl.Enum(["nbbo"]), "stamper": pl.Enum([])}
    written = lake.write_frames("quotes", "codes", [whole[:3].cast(codes), whole[3:].cast(codes)])
    plain = lake.write("quotes", "strings", whole)
    assert written is not None
    assert (written.rows, written.content) == (plain.rows, plain.content)
    path = tmp_path / "lake" / written.path
    assert pl.read_parquet(path).equals(whole)
    assert pl.read_parquet_schema(path) == whole.schema
    assert pq.read_schema(path).field("symbol").type == "large_string"
    assert json.loads(pl.read_parquet_metadata(path)[SYMBOL_INDEX]) == {"A": [0, 2, 5, 9], "B": [2, 2, 3, 4]}


def test_row_groups_do_not_follow_the_frames(lake: Lake, tmp_path: Path) -> None:
    """A hundred thousand rows each, as readers expect, however they were handed in."""
    frame = quotes(*[("A", at, 1) for at in range(30_000)])
    written = lake.write_frames("quotes", DAY.isoformat(), [frame] * 7)
    assert written is not None
    groups = pq.ParquetFile(tmp_path / "lake" / written.path).metadata
    assert [groups.row_group(at).num_rows for at in range(groups.num_row_groups)] == [100_000, 100_000, 10_000]


def test_the_part_in_force_is_not_written_again(lake: Lake) -> None:
    """What says the same is no new partition, and leaves no file."""
    held = lake.write("quotes", DAY.isoformat(), quotes(("A", 5, 1)))
    assert lake.write_frames("quotes", DAY.isoformat(), [quotes(("A", 5, 1))], held) is None
    assert lake.write_frames("quotes", DAY.isoformat(), [quotes(("A", 5, 2))], held) is not None


def test_a_changed_byte_in_a_file_is_found(lake: Lake, records: Records, tmp_path: Path) -> None:
    """The manifest holds the hash of every file."""
    put(lake, records, tmp_path, quotes(("A", 5, 1)))
    assert lake.verify() == []
    path = lake.files("quotes")[0]
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(bytes(content))
    assert [item.path for item in lake.verify()] == [path.relative_to(tmp_path / "lake").as_posix()]


def test_source_outcomes_are_kept_with_the_commit(lake: Lake, records: Records, tmp_path: Path) -> None:
    """Quality reads them back."""
    put(lake, records, tmp_path, quotes(("A", 5, 1)))
    assert source_outcomes(records) == [SourceOutcome("ab", "r", {"n": 1})]


@pytest.mark.parametrize("statement", ["UPDATE ledger_entries SET entry = x'00'", "DELETE FROM ledger_entries"])
def test_entries_cannot_be_changed_or_deleted(records: Records, statement: str) -> None:
    """Triggers refuse it, whoever asks through this database."""
    records.append([FACT])
    with pytest.raises(LedgerBrokenError, match="append-only"):
        records.query(statement)


def test_indexes_are_dense_from_zero(records: Records) -> None:
    """Across appends."""
    assert records.append([FACT, FACT]) == [0, 1]
    assert records.append([FACT]) == [2]


def test_a_failing_projection_leaves_no_entry(records: Records) -> None:
    """Event and projection are one transaction."""

    def fails(database: Database, indexes: list[int]) -> None:
        raise RuntimeError(len(indexes), database.dialect)

    with pytest.raises(RuntimeError):
        records.append([FACT], fails)
    assert records.entries() == []


def test_raw_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    """The hash of `abc` is the one in FIPS 180-4."""
    source = tmp_path / "a.csv"
    source.write_bytes(b"abc")
    store = RawStore(tmp_path / "raw")
    kept = store.keep(source)
    assert kept.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert kept.path.read_bytes() == b"abc"
    assert store.keep(source) == kept
    assert sum(path.is_file() for path in (tmp_path / "raw").rglob("*")) == 1


def test_a_missing_file_is_the_callers_mistake(tmp_path: Path) -> None:
    """Nothing is left behind."""
    with pytest.raises(UsageError, match=r"nothing\.csv"):
        RawStore(tmp_path / "raw").keep(tmp_path / "nothing.csv")
    assert not any((tmp_path / "raw").iterdir())


def test_texts_that_all_rows_share_read_back_as_texts(lake: Lake) -> None:
    """Many rows with one word, none, and two: what was written is what is read, and its hash is that of the texts."""
    rows = 60_000
    frame = pl.DataFrame(
        {"one": ["FIX.4.4"] * rows, "none": [None] * rows, "two": ["a", None] * (rows // 2), "row": range(rows)},
        schema={"one": pl.String, "none": pl.String, "two": pl.String, "row": pl.Int64},
    )
    written = lake.write("rejects", "all", frame)
    assert lake.read_partition(written).equals(frame)
    assert lake.read_partition(written).schema == frame.schema
    assert written.content == content_hash(frame, frame.columns)
    assert lake.write_if_changed("rejects", "all", frame, written) is None
    other = frame.with_columns(pl.lit("FIX.4.2").alias("one"))
    changed = lake.write_if_changed("rejects", "all", other, written)
    assert changed is not None
    assert changed.content == content_hash(other, other.columns)


def test_files_older_than_a_column_have_nothing_in_it(lake: Lake, records: Records, tmp_path: Path) -> None:
    """The column is null in what was written before it was there, alone or beside newer files."""
    new = quotes(("IBM", 1, 10))
    old = new.with_columns(pl.lit(date(2026, 6, 30)).alias("trading_day")).drop("bid")
    parts = [lake.write("quotes", day, frame) for day, frame in ((DAY.isoformat(), new), ("2026-06-30", old))]
    commit(tmp_path / "lake", lake, records, parts, [SourceOutcome("ab", "r", {"n": 1})], ACTOR)
    assert lake.read("quotes", columns=["bid"])["bid"].to_list() == [None, 10]
    assert lake.read("quotes", [date(2026, 6, 30)], ["symbol", "bid"]).rows() == [("IBM", None)]
