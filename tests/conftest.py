"""Fixtures every test may use."""

import os
from pathlib import Path

import pytest

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
