"""The article's case, taken in and built once for all tests that only read it."""

import pytest

from e2e.article_case import tables, write_files
from e2e.desk import Desk


@pytest.fixture(scope="session")
def article(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The case of the article, taken in, with its pack in `pack`; tests leave it as it is."""
    desk = Desk(tmp_path_factory.mktemp("article"))
    write_files(desk.folder, tables())
    desk.take_in("quotes", "orders", "executions")
    desk.build("pack")
    return desk
