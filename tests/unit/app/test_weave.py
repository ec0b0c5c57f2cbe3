"""Rows woven into a part, row group by row group, are the rows that all would be ordered into at once."""

import random
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from routeproof.app.context import Context, open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.weave import Weave
from routeproof.tables.intake.merge import merge
from routeproof.tables.registry import TABLES

LINKS, EXECUTIONS = TABLES["links"], TABLES["executions"]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A new workspace."""
    init_workspace(tmp_path / "ws")
    with open_context(tmp_path / "ws") as opened:
        yield opened


def fills(rows: list[tuple[str, int, str, str, int]]) -> pl.DataFrame:
    """Symbol, instant, execution, log and row in it."""
    names = ("symbol", "executed_at", "execution_id", "source_id", "source_row")
    made = pl.DataFrame(rows, schema=names, orient="row").with_columns(sequence=pl.lit(1), status=pl.lit("new"))
    return EXECUTIONS.conform(made)


@pytest.mark.parametrize("seed", range(20))
def test_woven_is_merged(context: Context, seed: int) -> None:
    """Some rows go, some come, before, between and after, alike in what orders them, of one log or several."""
    chance = random.Random(seed)  # noqa: S311 nothing secret
    logs = ("a", "b")[: chance.choice((1, 2))]
    every = [
        (chance.choice(("F", "GE")), chance.randrange(6), f"e{number % 25:02d}", chance.choice(logs), number)
        for number in range(25)
    ]
    comes = chance.randrange(26)
    held = context.lake.write("executions", "2026-07-01", merge(EXECUTIONS, fills([]), fills(every[comes:])).frame)
    was = fills(chance.sample(every[comes:], min(3, 25 - comes))).select("source_id", "source_row")
    weave = Weave(context.lake, EXECUTIONS, held, was, fills(every[:comes]), group_rows=4)
    stays = fills(every).join(was, on=["source_id", "source_row"], how="anti")
    assert weave.is_plain
    assert pl.concat(weave.frames()).equals(merge(EXECUTIONS, fills([]), stays).frame)


def test_rows_alike_in_what_orders_them_are_settled_together(context: Context) -> None:
    """Links of one child have one order but for their content, on whichever side of a row group's end they lie."""
    rows = [("route", f"r{number // 3}", f"p{number % 3}") for number in range(12)]
    made = pl.DataFrame(rows, schema=("child_kind", "child_id", "parent_id"), orient="row")
    frame = LINKS.conform(made.with_columns(source_id=pl.lit("a"), source_row=pl.int_range(12).reverse()))
    ordered = LINKS.sort(frame)
    held = context.lake.write("links", "2026-07-01", ordered)
    nothing = frame.clear()
    woven = Weave(context.lake, LINKS, held, nothing.select("source_id", "source_row"), nothing, group_rows=4)
    assert pl.concat(woven.frames()).equals(ordered)


def test_a_row_that_stays_is_not_woven_in_again(context: Context) -> None:
    """Nor are two new ones of one identity: which of them counts is for others to say."""
    held = context.lake.write("executions", "2026-07-01", fills([("F", 1, "e1", "a", 1)]))
    nothing = fills([]).select("source_id", "source_row")
    for new in ([("F", 2, "e1", "b", 1)], [("F", 2, "e2", "b", 1), ("F", 3, "e2", "b", 2)]):
        assert not Weave(context.lake, EXECUTIONS, held, nothing, fills(new)).is_plain
    gone = fills([("F", 1, "e1", "a", 1)]).select("source_id", "source_row")
    assert Weave(context.lake, EXECUTIONS, held, gone, fills([("F", 2, "e1", "b", 1)])).is_plain
