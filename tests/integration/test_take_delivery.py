"""A delivery is taken in step by step, whatever is read ahead."""

import json
from pathlib import Path

import pytest

from governance_desk import new_desk
from routeproof.app.intake.take_delivery import LIST, take_delivery
from routeproof.stores.commits import source_outcomes
from routeproof.vocab.errors import MapError

MAP = 'table = "quotes"\n[constants]\nkind = "nbbo"\n[time.at]\nunit = "iso"\n'
QUOTES = "symbol,at,bid,ask,bid_size,ask_size\n{},2026-07-01T13:30:00Z,10.00,10.04,500,500\n"


def delivered(folder: Path, files: list[str]) -> Path:
    """A delivery of one step a file; each holds one quote of the symbol that it is named after."""
    folder.mkdir()
    (folder / "map.toml").write_text(MAP)
    for name in files:
        (folder / name).write_text(QUOTES.format(name))
    steps = [{"source": "csv", "table": "quotes", "paths": [name], "map": "map.toml"} for name in files]
    (folder / LIST).write_text(json.dumps({"steps": steps}))
    return folder


def test_steps_are_committed_in_order_and_a_file_that_comes_again_is_not_read_again(tmp_path: Path) -> None:
    """A comes once more before its first reading is committed."""
    folder = delivered(tmp_path / "delivery", ["A", "A", "B"])
    with new_desk(tmp_path / "workspace").context() as context:
        taken = take_delivery(context, folder)
        assert [(step["files"], step["refused"]) for step in taken] == [(1, {})] * 3
        assert [item.outcome["file"] for item in source_outcomes(context.records)] == ["A", "B"]
        assert context.lake.read("quotes")["symbol"].to_list() == ["A", "B"]
        assert list(context.workspace.scratch_folder.iterdir()) == []


def test_a_step_that_cannot_be_read_stops_the_delivery_after_those_before_it(tmp_path: Path) -> None:
    """B's file has other columns than its map says."""
    folder = delivered(tmp_path / "delivery", ["A", "B"])
    (folder / "B").write_text("nothing,of,this\n1,2,3\n")
    with new_desk(tmp_path / "workspace").context() as context:
        with pytest.raises(MapError):
            take_delivery(context, folder)
        assert context.lake.read("quotes")["symbol"].to_list() == ["A"]
