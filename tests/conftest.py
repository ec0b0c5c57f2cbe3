"""Fixtures every test may use."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import a_server, own_schema

ROOT = Path(__file__).resolve().parent.parent


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
def database_server() -> Iterator[str]:
    """URL of a PostgreSQL server: the one that DATABASE_URL names, else one of our own."""
    with a_server() as url:
        yield url


@pytest.fixture
def database_url(database_server: str) -> Iterator[str]:
    """URL of a PostgreSQL database with an empty schema of the test's own."""
    with own_schema(database_server) as url:
        yield url
