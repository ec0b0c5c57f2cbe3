"""Frames with empty columns hold, stacked, filtered and gathered, what they would hold in full."""

import polars as pl

from routeproof.tables.wide import gathered, kept, slim, stacked

FULL = pl.DataFrame(
    {"a": [3, None, 1], "b": [None, None, None], "c": ["x", "x", "x"], "d": [None, "y", None]},
    schema={"a": pl.Int64, "b": pl.String, "c": pl.String, "d": pl.String},
)


def test_stacked_is_concat_whatever_is_empty_in_which_frame() -> None:
    """A column that one frame states and the other does not; frames without rows; nothing stated at all."""
    other = FULL.with_columns(pl.lit(None, dtype=pl.Int64).alias("a"), pl.lit("z").alias("b"))
    nothing = FULL.clear()
    for frames in (
        [FULL],
        [FULL, other],
        [other, FULL, FULL],
        [nothing, FULL],
        [nothing, nothing],
        [FULL.select("b")] * 2,
    ):
        assert stacked(frames).equals(pl.concat(frames))
        assert stacked(frames).schema == frames[0].schema


def test_rows_kept_and_gathered() -> None:
    """All, some and none; null counts as no; constants of one value and of nothing."""
    assert slim(FULL).equals(FULL)
    assert kept(slim(FULL), pl.col("c") == "x").equals(FULL)
    assert kept(slim(FULL), pl.col("a") > 1).equals(FULL.head(1))
    assert kept(slim(FULL), pl.lit(value=False)).equals(FULL.clear())
    places = pl.Series([2, 0, 0, 1])
    assert gathered(slim(FULL), places).equals(FULL[[2, 0, 0, 1]])
    assert gathered(FULL.select("b", "c"), places).equals(FULL.select("b", "c")[[2, 0, 0, 1]])
