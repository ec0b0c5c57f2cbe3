"""A report value refuses what cannot be printed honestly."""

import pytest

from routeproof.reports.document import Cell, Column, Row, Table, missing, words


def test_a_null_without_a_reason_is_refused() -> None:
    """A null without a reason is refused."""
    with pytest.raises(ValueError, match="needs a reason"):
        Cell(value=None)


def test_a_null_prints_a_dash_and_keeps_its_reason() -> None:
    """A null prints a dash and keeps its reason."""
    cell = missing("no control flow")
    assert (cell.printed, cell.reason) == ("—", "no control flow")


def test_a_row_must_have_one_cell_per_column() -> None:
    """A row must have one cell per column."""
    columns = (Column(id="a", title="A"), Column(id="b", title="B"))
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        Table(id="t", columns=columns, rows=(Row(id="r", cells=(words("x"),)),), caption="T")
