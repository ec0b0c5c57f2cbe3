"""Merging a day range by range on disk gives what merging it at once in memory gives."""

import tempfile
from datetime import date
from itertools import count, pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.intake import series_merge
from routeproof.app.intake.series_merge import SeriesPart, merge_series
from routeproof.sources import runs
from routeproof.sources.runs import Run, write_run
from routeproof.stores.lake import Lake
from routeproof.stores.records import Records
from routeproof.tables.intake.key_ranges import KeyRange, key_ranges
from routeproof.tables.intake.merge import merge, ordered
from routeproof.tables.registry import TABLES

QUOTES = TABLES["quotes"]
DAY, OTHER_DAY = date(2026, 7, 1), date(2026, 7, 2)
ROW = st.tuples(st.sampled_from("ABC"), st.integers(1, 12), st.integers(1, 2), st.sampled_from([DAY, DAY, OTHER_DAY]))
FILES = st.lists(st.tuples(st.lists(ROW, min_size=1, max_size=25), st.booleans()), min_size=1, max_size=3)


@pytest.fixture(autouse=True)
def tight_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four rows at a time, two to a block: nearly every symbol's day is cut."""
    monkeypatch.setattr(series_merge, "RANGE_ROWS", 4)
    monkeypatch.setattr(runs, "BLOCK_ROWS", 2)


def delivered(rows: list[tuple[str, int, int, date]], source: str, *, is_sequenced: bool) -> pl.DataFrame:
    """Quotes of one file; a sequence of its own restarts at every third row."""
    schema = {"symbol": pl.String, "at": pl.Int64, "bid": pl.Int64, "trading_day": pl.Date}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    row = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    sequence = row % 3 if is_sequenced else row
    venue = pl.when(pl.col("at") % 2 == 0).then(pl.lit("XNAS"))
    return QUOTES.conform(
        frame.with_columns(bid_venue=venue, source_row=row, sequence=sequence, source_id=pl.lit(source))
    )


def as_runs(frame: pl.DataFrame, folder: Path, name: str, piece: int) -> list[Run]:
    """The file in pieces, as a child leaves it."""
    return [
        write_run("quotes", part, folder / f"{name}.{number}.arrow")
        for number, part in enumerate(frame.iter_slices(piece))
    ]


@examples(40)
@given(FILES, FILES, st.integers(1, 9))
def test_ranges_on_disk_are_the_whole_in_memory(
    first: list[tuple[list[tuple[str, int, int, date]], bool]],
    second: list[tuple[list[tuple[str, int, int, date]], bool]],
    piece: int,
) -> None:
    """Rows, order, provenance, what was known, the index, and the content hash; the files overlap by chance."""
    numbers = count()
    earlier, later = (
        [delivered(rows, f"source{next(numbers)}", is_sequenced=own) for rows, own in files]
        for files in (first, second)
    )

    def of_day(frames: list[pl.DataFrame]) -> pl.DataFrame:
        return pl.concat([QUOTES.empty(), *frames]).filter(pl.col("trading_day") == DAY)

    sequenced = {f"source{number}": own for number, (_, own) in enumerate([*first, *second])}
    own_ones = [source for source, own in sequenced.items() if own]
    known = merge(QUOTES, QUOTES.empty(), of_day(earlier), own_ones).frame
    expected = merge(QUOTES, known, of_day(later), own_ones)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = Records(folder / "records.sqlite", lambda: 1)
        lake = Lake(folder / "lake", records)
        held = lake.write("quotes", DAY.isoformat(), known)
        pieces = [run for at, frame in enumerate(later) for run in as_runs(frame, folder, f"f{at}", piece)]
        item = SeriesPart("quotes", DAY.isoformat(), pieces, held, frozenset(), sequenced)
        merged: list[int] = []
        written, repeated = merge_series(lake, item, folder, merged.append)
        again = lake.write("quotes", "again", expected.frame)
        if written is None:
            assert held.content == again.content
            records.close()
            return
        assert written.content == again.content
        assert lake.read_partition(written).rows() == expected.frame.rows()
        assert pl.read_parquet_metadata(folder / "lake" / written.path) == pl.read_parquet_metadata(
            folder / "lake" / again.path
        )
        assert repeated == dict(expected.known.value_counts().iter_rows())
        assert sum(merged) == of_day(later).height
        records.close()


@examples(40)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 9)), min_size=1, max_size=40), st.integers(1, 12))
def test_ranges_hold_every_row_once_and_in_order(rows: list[tuple[str, int]], limit: int) -> None:
    """Blocks of two rows, as several unordered files would give them."""
    frame = pl.DataFrame(rows, schema={"symbol": pl.String, "at": pl.Int64}, orient="row").with_row_index("row")
    blocks = pl.concat(
        part.sort("at")
        .group_by("symbol", pl.int_range(pl.len()).over("symbol") // 2, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("rows"), pl.col("at").min().alias("first_at"),
            pl.col("at").max().alias("last_at"), pl.col("row"),
        )
        .select("symbol", "rows", "first_at", "last_at", "row")
        for part in frame.iter_slices(7)
    )  # fmt: skip
    found = [rows_in(item, frame) for item in key_ranges(blocks, limit)]
    keys = [row[:2] for part in found for row in part.sort("symbol", "at").select("symbol", "at", "row").rows()]
    assert keys == sorted(keys)
    assert sorted(row for part in found for row in part["row"]) == list(range(len(rows)))
    for before, after in pairwise(found):
        assert before.select("symbol", "at").join(after, on=["symbol", "at"], how="semi").is_empty()


def rows_in(item: KeyRange, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that its blocks name and its instants admit."""
    named = item.blocks.get_column("row").explode()
    return item.rows_of(frame.filter(pl.col("row").is_in(named.implode())))


def test_a_range_is_cut_where_it_is_full() -> None:
    """Worked by hand: A and B fit together, C is cut at 30 because its first two blocks already hold four rows."""
    blocks = pl.DataFrame(
        [("A", 1, 5, 5), ("B", 2, 7, 9), ("C", 2, 10, 20), ("C", 2, 15, 40), ("C", 2, 30, 50)],
        schema=["symbol", "rows", "first_at", "last_at"],
        orient="row",
    )
    found = [
        (item.blocks["symbol"].to_list(), item.blocks["first_at"].to_list(), item.from_at, item.until_at)
        for item in key_ranges(blocks, 4)
    ]
    assert found == [
        (["A", "B"], [5, 7], None, None),
        (["C", "C"], [10, 15], None, 30),
        (["C", "C"], [15, 30], 30, None),
    ]


def test_equal_keys_of_one_file_stay_as_they_stand() -> None:
    """A mapped sequence that repeats: the file's order decides, until another file speaks of the same instant."""
    rows = delivered([("A", 1, bid, DAY) for bid in (2, 1)], "one", is_sequenced=False).with_columns(
        sequence=pl.lit(5, dtype=pl.Int64)
    )
    assert ordered(QUOTES, rows)["bid"].to_list() == [2, 1]
    elsewhere = delivered([("A", 2, 9, DAY)], "two", is_sequenced=False)
    assert ordered(QUOTES, pl.concat([rows, elsewhere]))["bid"].to_list() == [2, 1, 9]
    same_instant = delivered([("A", 1, 0, DAY)], "two", is_sequenced=False).with_columns(
        sequence=pl.lit(5, dtype=pl.Int64)
    )
    assert ordered(QUOTES, pl.concat([rows, same_instant]))["bid"].to_list() == [0, 1, 2]
