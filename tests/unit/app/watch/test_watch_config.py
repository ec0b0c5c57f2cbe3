"""A wrong configuration of a watch is told before it serves: what was expected, what was found, where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routeproof.app.watch.config import load_watch_config
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

WRONG = {
    "tail = 5": "expected [[tail]] (two brackets: a list of tables), found tail = 5",
    '[tail]\npath = "a"': "expected [[tail]] (two brackets: a list of tables), found tail = {'path': 'a'}",
    "kafka = 1": "expected [[kafka]] (two brackets: a list of tables), found kafka = 1",
    '[[tail]]\npath = "."\nsource = "fix-log"': "expected a file in [[tail]] path, found a folder: use [[drop]]",
    '[[tail]]\npath = "q.parquet"\nsource = "parquet"\nmap = "m.toml"': "found 'parquet': use [[drop]]",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_watched_is_refused(tmp_path: Path, text: str) -> None:
    """Tables that are none, a folder that is to grow, a source that has no lines."""
    path = tmp_path / "watch.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        load_watch_config(path)
    assert WRONG[text] in refused.value.message
