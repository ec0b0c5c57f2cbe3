"""The ledger over ingested data: every file that the record names is held to its hash."""

import json
import shutil
from pathlib import Path

import pytest

from e2e.desk import Desk
from routeproof.app.ledger.verify import verify_workspace


@pytest.fixture
def workspace(month: Desk, tmp_path: Path) -> Path:
    """A copy of the month's workspace, with quotes, orders, executions and a built pack."""
    return Path(shutil.copytree(month.folder / "workspace", tmp_path / "workspace"))


def test_a_workspace_with_data_and_a_pack_verifies(workspace: Path) -> None:
    """Ingest, commits and pack builds are under one tree, and what is shown equals the replay."""
    report = verify_workspace(workspace)
    assert report.ok, report.problems


@pytest.mark.parametrize("pattern", ["lake/**/*.parquet", "raw/*/*", "lake/commits/*.json"])
def test_a_changed_or_missing_file_is_named(pattern: str, workspace: Path) -> None:
    """One bit of a partition, of a raw file, of a commit document; then the file itself."""
    path = min(workspace.glob(pattern))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    name = path.relative_to(workspace).as_posix()
    assert ("altered", name) in {(problem.kind, problem.file) for problem in verify_workspace(workspace).problems}
    path.unlink()
    kinds = {problem.kind for problem in verify_workspace(workspace).problems}
    assert "deleted" in kinds


def test_evidence_of_commits_goes_into_the_export(month: Desk, tmp_path: Path) -> None:
    """Each commit document is in `evidence/` under its own hash."""
    month.run("ledger", "export", "--out", str(tmp_path / "export"))
    documents = [path.stem for path in (month.folder / "workspace/lake/commits").glob("*.json")]
    held = {path.name for path in (tmp_path / "export/evidence").iterdir()}
    assert set(documents) <= held
    assert "manifest" in json.loads((tmp_path / "export/evidence" / documents[0]).read_bytes())
