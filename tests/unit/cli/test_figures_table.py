"""A table fits the terminal: what has no room is named, what nobody has is not shown."""

import polars as pl
import pytest

from routeproof.cli.figures_table import figures_table

ROWS = pl.DataFrame(
    {
        "venue": ["XNAS", None],
        "orders": pl.Series([None, None], dtype=pl.Int64),
        "executions": [12_345, 3],
        "executed_shares": [1_000_000.0, 0.25],
        "e_over_q": [0.5, None],
        "markout_bps_1s": [-1.25, 10.0],
    }
)
FIGURES = ["orders", "executions", "executed_shares", "e_over_q", "markout_bps_1s"]


def test_all_columns_where_there_is_no_terminal() -> None:
    """Numbers stand right, each column with its decimals; shares with those they have."""
    table = figures_table(ROWS, ["venue"], FIGURES, None)
    assert table.lines == (
        "venue  executions     shares     E/Q  markout_bps_1s",
        "XNAS       12,345  1,000,000  0.5000          -1.250",
        "-               3       0.25       -          10.000",
    )
    assert table.left_out == ()


@pytest.mark.parametrize(("width", "left_out"), [(52, ()), (51, ("markout_bps_1s",)), (36, ("markout_bps_1s",))])
def test_what_has_no_room_is_named(width: int, left_out: tuple[str, ...]) -> None:
    """The last columns go first, down to three."""
    table = figures_table(ROWS, ["venue"], FIGURES, width)
    assert table.left_out == left_out
    assert len(table.lines[0].split()) == 5 - len(left_out)


def test_a_table_without_figures_keeps_its_head() -> None:
    """Where nothing could be computed, the first figures say so."""
    table = figures_table(ROWS.head(1).select("venue", "orders"), ["venue"], ["orders"], 80)
    assert table.lines == ("venue  orders", "XNAS        -")
