"""Rules of windows find in a running watch every column that they speak of."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from routeproof import rules
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest
from routeproof.app.measuring.compile_ahead import example_log
from routeproof.app.monitoring.run_day import gather
from routeproof.app.watch.windows.columns import COLUMNS, narrowed
from routeproof.app.watch.windows.judge import OF_ORDERS, OF_WINDOWS

if TYPE_CHECKING:
    import polars as pl

ELSEWHERE = {"fade_base", "faded", "source_row"}
"""Columns that only quotes of single venues give, and the message of an order's row, which a watch knows."""


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Rows of an order and its fill with all columns that a day is judged with."""
    folder = tmp_path_factory.mktemp("columns")
    init_workspace(folder / "ws")
    (folder / "day.log").write_bytes(example_log())
    with open_context(folder / "ws") as context:
        ingest(context, "fix-log", [folder / "day.log"], provider_id="P")
        day = context.lake.days("executions")[0]
        facts = gather(context, day, context.lake.manifest().id)
    return {name: facts.need(name) for name in OF_ORDERS}


def _spoken_of() -> set[str]:
    """Every text in the modules of rules of windows, and in those that all rules share."""
    folder = Path(inspect.getfile(rules)).parent
    paths = [*(folder / "catalog" / f"{rule.name}.py" for rule in OF_WINDOWS), *folder.glob("*.py")]
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_no_column_that_a_rule_of_windows_names_is_left_out(frames: dict[str, pl.DataFrame]) -> None:
    """A name that stands in a rule and is a column of the rows is kept."""
    texts = _spoken_of()
    missing = {name: sorted((texts & set(frame.columns)) - set(COLUMNS[name])) for name, frame in frames.items()}
    assert {name: columns for name, columns in missing.items() if columns} == {}


def test_nothing_is_named_that_is_no_column(frames: dict[str, pl.DataFrame]) -> None:
    """But for what a day of the lake does not give; the day of a row and its provider are kept of every frame."""
    assert set(COLUMNS) == set(frames)
    for name, frame in frames.items():
        assert set(COLUMNS[name]) - set(frame.columns) <= ELSEWHERE, name
        assert {"trading_day", "provider"} <= set(narrowed(frame, name).columns) <= set(COLUMNS[name])
