"""One ledger and its export for all tests of tampering; each works on a copy."""

from pathlib import Path
from typing import Any

import pytest

from tamper import desk

NOTES = 600


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with about 700 entries."""
    root: Path = tmp_path_factory.mktemp("tamper") / "workspace"
    desk.found_log(root, NOTES)
    return root


@pytest.fixture(scope="session")
def exported(log: Path, tmp_path_factory: pytest.TempPathFactory) -> desk.MemoryFiles:
    """Its export, in memory."""
    return desk.MemoryFiles.of(desk.export(log, tmp_path_factory.mktemp("export") / "export"))


@pytest.fixture(scope="session")
def verifier() -> Any:
    """The offline verifier."""
    return desk.offline()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> desk.MemoryFiles:
    """An export of about a dozen entries."""
    folder = tmp_path_factory.mktemp("small")
    desk.found_log(folder / "workspace", 4)
    return desk.MemoryFiles.of(desk.export(folder / "workspace", folder / "export"))
