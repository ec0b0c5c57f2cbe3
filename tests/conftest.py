"""Fixtures every test may use, where their folders stand, and which tests come first."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import a_server, own_schema

ROOT = Path(__file__).resolve().parent.parent
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # pytest makes a folder of its own in it
ROOM_BYTES = 2 << 30
LONG_FIRST = (
    *("e2e", "browser", "faults", "fix_session", "integration", "fuzz", "properties", "oracle", "tamper", "golden"),
    *("architecture", "cases", "unit"),
)


def pytest_configure() -> None:
    """Temporary folders stand in memory where there is room, because a disk takes milliseconds for each sync.

    The tests of `faults` that are about the disk ask for a folder on it.
    """
    if "TMPDIR" not in os.environ and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = str(IN_MEMORY)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole programs first, units last: workers that take a file at a time then end together."""
    place = {name: number for number, name in enumerate(LONG_FIRST)}
    items.sort(key=lambda item: place.get(item.path.relative_to(ROOT / "tests").parts[0], len(place)))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real market and regulatory files, which are not ours to publish; tests that need them skip without them."""
    declared = os.environ.get("ROUTEPROOF_SHARED_DATA")
    path = Path(declared) if declared else ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"no shared data: {path} is not a directory (set ROUTEPROOF_SHARED_DATA)")
    return path


@pytest.fixture(scope="session")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small filled demo, `web_demo` says what of; made once for all processes of a run. Not to be written to."""
    from web_demo import small_demo  # noqa: PLC0415  # few tests need the whole program

    own = tmp_path_factory.getbasetemp()
    return small_demo(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture
def own_demo(demo_workspace: Path, tmp_path: Path) -> Path:
    """A copy of the small filled demo that a test may write to."""
    copied = shutil.copytree(demo_workspace, tmp_path / "demo")
    return Path(copied)


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one person per role, each with an account; people may log in, all else is done in a copy."""
    from web_client import staffed_workspace  # noqa: PLC0415  # few tests need the web

    return staffed_workspace(tmp_path_factory.mktemp("staffed") / "w")


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """URL of a PostgreSQL server: the one that DATABASE_URL names, else one of our own."""
    with a_server() as url:
        yield url


@pytest.fixture
def database_url(database_server: str) -> Iterator[str]:
    """URL of a PostgreSQL database with an empty schema of the test's own."""
    with own_schema(database_server) as url:
        yield url
