"""One browser a run, one server over a copy of the small filled demo: what is slow to start is started once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from browser_desk import Desk, a_browser, a_server
from web_demo import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium; without one, tests are skipped with the reason, and fail on a build server."""
    with a_browser() as found:
        yield found


@pytest.fixture(scope="session")
def desk(browser: Any, demo_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:  # noqa: ANN401
    """The filled demo, served; what one test does there the next one finds."""
    root = shutil.copytree(demo_workspace, tmp_path_factory.mktemp("desk") / "demo")
    with a_server(root) as address:
        yield Desk(browser, address, root, PASSWORD)
