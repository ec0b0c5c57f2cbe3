"""Assertions of the modules beside the tests say what they found; workspaces stand on the disk."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("faults.commands", "faults.power_cut")

ON_DISK = Path("/var/tmp")  # noqa: S108  # the temporary folder that outlives a restart: never in memory


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on the disk, where other tests' folders are in memory: here the file system is part of the promise."""
    with tempfile.TemporaryDirectory(dir=ON_DISK if ON_DISK.is_dir() else None, prefix="faults-") as folder:
        yield Path(folder)
