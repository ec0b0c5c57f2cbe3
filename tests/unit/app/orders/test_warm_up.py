"""A server that begins measures an order for nobody: it is whole work, and leaves nothing behind."""

import json
from pathlib import Path

import pytest

from measured_desk import measured_workspace
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.orders.warm_up import warm_up
from routeproof.web.settings import Settings
from routeproof.web.warm import _warm_up


def test_nothing_is_kept_or_recorded(tmp_path: Path) -> None:
    """Neither a replay nor an entry; a workspace without orders is nothing to measure."""
    full = measured_workspace(tmp_path / "full", tmp_path / "files")
    init_workspace(tmp_path / "bare")
    for root in (full, tmp_path / "bare"):
        with open_context(root) as context:
            size = context.records.size()
            warm_up(context)
            assert context.records.size() == size
        assert not (root / "cache" / "replays").exists()


def test_a_workspace_that_cannot_be_read_is_told_of_and_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line of the log, with the reason."""
    _warm_up(Settings(workspace=tmp_path / "nowhere", log_level="info"))
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "nothing_loaded_ahead"
    assert "workspace" in json.loads(line)["why"]
