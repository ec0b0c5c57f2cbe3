"""Fixtures every test may use."""

import os
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
def database_server() -> Iterator[str]:
    """URL of a PostgreSQL server: the one that DATABASE_URL names, else one of our own."""
    with a_server() as url:
        yield url


@pytest.fixture
def database_url(database_server: str) -> Iterator[str]:
    """URL of a PostgreSQL database with an empty schema of the test's own."""
    with own_schema(database_server) as url:
        yield url
