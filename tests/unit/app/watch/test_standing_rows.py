"""Rows that stand: the latest of every group, whatever the pieces they came in and were asked for between."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.watch.windows.standing_rows import StandingRows

SCRATCH = Path(tempfile.gettempdir())
DAY, OTHER = date(2026, 7, 1), date(2026, 7, 2)
GROUP = 3
"""Messages of each group in this model: group n has the messages 3 n to 3 n + 2."""

PUTS = st.lists(st.tuples(st.sets(st.integers(0, 30), min_size=1, max_size=12), st.booleans()), max_size=25)


def _rows(groups: set[int]) -> np.ndarray:
    return np.concatenate([np.arange(GROUP * group, GROUP * group + GROUP) for group in sorted(groups)])


def _frame(groups: set[int], told: int) -> pl.DataFrame:
    """Two rows of each group, of its first message and its last; group 0 has none at odd tellings."""
    rows = [(GROUP * group + at, told, DAY if group % 2 else OTHER) for group in sorted(groups) for at in (0, 2)
            if group or told % 2 == 0]  # fmt: skip
    return pl.DataFrame(rows, schema={"source_row": pl.Int64, "told": pl.Int64, "trading_day": pl.Date}, orient="row")


def _expected(latest: dict[int, int]) -> list[tuple[int, int]]:
    return sorted(
        (GROUP * group + at, told) for group, told in latest.items() for at in (0, 2) if group or told % 2 == 0
    )


@examples(60)
@given(PUTS)
def test_the_latest_rows_of_every_group_stand(puts: list[tuple[set[int], bool]]) -> None:
    """By a dictionary of group to its last telling; asking in between changes nothing, and a row comes once.

    Frames of eight rows and more rest in files here.
    """
    standing, latest = StandingRows(SCRATCH, rests=8), dict[int, int]()
    for told, (groups, is_asked) in enumerate(puts):
        standing.put(_rows(groups), {"fills": _frame(groups, told)})
        latest |= dict.fromkeys(groups, told)
        if is_asked:
            standing.rows("fills")
    found = standing.rows("fills")
    assert standing.rows("orders") is None
    if found is not None:
        assert sorted(found.select("source_row", "told").rows()) == _expected(latest)
    else:
        assert not _expected(latest)


def test_a_name_that_has_no_rows_any_more_is_a_frame_without_rows() -> None:
    """Its only fill was taken back: it is asked for again, and its day goes."""
    standing = StandingRows(SCRATCH)
    standing.put(_rows({1}), {"fills": _frame({1}, 0)})
    standing.put(_rows({1}), {})
    for _ in range(3):
        found = standing.rows("fills")
        assert found is not None
        assert (found.height, found.columns) == (0, ["source_row", "told", "trading_day"])
    standing.keep(_rows({1}), {DAY})
    again = standing.rows("fills")
    assert again is not None
    assert again.is_empty()


def test_days_that_are_over_go_and_the_rest_is_numbered_anew() -> None:
    """Groups 1 and 2 stay as messages 0 to 5; the day of group 1 goes, a later telling replaces the rest."""
    standing = StandingRows(SCRATCH)
    standing.put(_rows({0, 1, 2}), {"fills": _frame({0, 1, 2}, 0)})
    standing.keep(_rows({1, 2}), {DAY})
    found = standing.rows("fills")
    assert found is not None
    assert found.select("source_row", "told").rows() == [(3, 0), (5, 0)]
    standing.put(np.array([3, 4, 5]), {"fills": _frame({1}, 7)})
    found = standing.rows("fills")
    assert found is not None
    assert found.select("source_row", "told").rows() == [(3, 7), (5, 7)]
