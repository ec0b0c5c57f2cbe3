"""The article's case, and its first month, taken in and built once for all tests that only read them."""

from pathlib import Path

import pytest

from e2e.article_case import MONTH, Flow, tables, write_files
from e2e.desk import Desk


@pytest.fixture(scope="session")
def article(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The case of the article, taken in, with its pack in `pack`; tests leave it as it is."""
    return _built(tmp_path_factory.mktemp("article"), Flow())


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A third of it, for tests about what is done with a pack; they leave it as it is, or copy it."""
    return _built(tmp_path_factory.mktemp("month"), MONTH)


def _built(folder: Path, flow: Flow) -> Desk:
    desk = Desk(folder)
    write_files(desk.folder, tables(flow))
    desk.take_in("quotes", "orders", "executions")
    desk.build("pack")
    return desk
