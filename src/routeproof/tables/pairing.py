"""Two accounts of the same events, row by row: by shared names first, then by equal terms near in time; one to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

PAIRS = pl.Schema({"theirs": pl.Int64(), "ours": pl.Int64(), "method": pl.String()})


def paired_by_name(theirs: pl.DataFrame, ours: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """`pairs` with those added whose names are equal, each row used once.

    A name of the same trading day comes first; then one that only one row of either side carries on any day.

    Args:
        theirs: `row, name, day`; a row may have several names.
        ours: `row, name, day, method`: what kind of name it is, which becomes the pair's method.
        pairs: of schema `PAIRS`.
    """
    for keys in (["name", "day"], ["name"]):
        left, right = _free(theirs, pairs, "theirs"), _free(ours, pairs, "ours")
        if keys == ["name"]:
            left, right = (side.filter(pl.col("row").n_unique().over("name") == 1) for side in (left, right))
        met = left.join(right, on=keys, suffix="_ours", maintain_order="left_right").select(
            pl.col("row").alias("theirs"), pl.col("row_ours").alias("ours"), "method"
        )
        pairs = pl.concat([pairs, _each_once(met)])
    return pairs


def paired_by_terms(
    theirs: pl.DataFrame, ours: pl.DataFrame, pairs: pl.DataFrame, keys: Sequence[str], window_ns: int
) -> pl.DataFrame:
    """`pairs` with those added whose `keys` are equal and whose times are at most `window_ns` apart.

    Among rows of equal keys as many pairs are made as can be: both sides are walked in time order, and a row that is
    too early for all that is left on the other side has none. Rows without a time pair where they are alone of their
    keys on their day.

    Args:
        theirs: `row, at` (UTC ns, nullable), `day`, and the keys.
        ours: the same.
        pairs: of schema `PAIRS`.
        keys: columns that must be equal; a null equals nothing.
        window_ns: largest distance in time.
    """
    left, right = _free(theirs, pairs, "theirs").drop_nulls(keys), _free(ours, pairs, "ours").drop_nulls(keys)
    both = left.select(keys).unique().join(right.select(keys).unique(), on=keys)
    left, right = (side.join(both, on=keys, how="semi") for side in (left, right))
    timed = _timed(left.drop_nulls("at"), right.drop_nulls("at"), list(keys), window_ns)
    alone = _alone(left, right, timed, [*keys, "day"])
    return pl.concat([pairs, timed, alone])


def _free(side: pl.DataFrame, pairs: pl.DataFrame, name: str) -> pl.DataFrame:
    return side.join(pairs.select(pl.col(name).alias("row")), on="row", how="anti")


def _each_once(met: pl.DataFrame) -> pl.DataFrame:
    """Pairs of rows that neither side used before: the first of each, again until nothing is left to pair."""
    found = [met.clear()]
    left = met
    while left.height:
        once = left.unique("theirs", keep="first", maintain_order=True)
        once = once.unique("ours", keep="first", maintain_order=True)
        found.append(once)
        left = left.join(once, on="theirs", how="anti").join(once, on="ours", how="anti")
    return pl.concat(found).cast(PAIRS)


def _timed(left: pl.DataFrame, right: pl.DataFrame, keys: list[str], window_ns: int) -> pl.DataFrame:
    by_keys = dict(_in_time(right, keys))
    found: list[tuple[int, int]] = []
    for key, (rows, times) in _in_time(left, keys):
        others, their_times = by_keys.get(key, ([], []))
        i = j = 0
        while i < len(rows) and j < len(others):
            apart = times[i] - their_times[j]
            if abs(apart) <= window_ns:
                found.append((rows[i], others[j]))
                i, j = i + 1, j + 1
            elif apart < 0:
                i += 1
            else:
                j += 1
    return pl.DataFrame(found, schema={"theirs": pl.Int64, "ours": pl.Int64}, orient="row").with_columns(
        pl.lit("terms").alias("method")
    )


def _in_time(side: pl.DataFrame, keys: list[str]) -> list[tuple[tuple[object, ...], tuple[list[int], list[int]]]]:
    grouped = side.sort(*keys, "at", "row").group_by(keys, maintain_order=True).agg("row", "at")
    return [(tuple(item[:-2]), (item[-2], item[-1])) for item in grouped.iter_rows()]


def _alone(left: pl.DataFrame, right: pl.DataFrame, timed: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Pairs without a time on at least one side, where each side has one such row that is left."""
    ones, others = (
        _free(side, timed, name).filter(pl.len().over(keys) == 1) for side, name in ((left, "theirs"), (right, "ours"))
    )
    met = ones.join(others, on=keys, suffix="_ours").filter(pl.col("at").is_null() | pl.col("at_ours").is_null())
    return met.select(
        pl.col("row").alias("theirs"), pl.col("row_ours").alias("ours"), pl.lit("terms without time").alias("method")
    ).cast(PAIRS)
