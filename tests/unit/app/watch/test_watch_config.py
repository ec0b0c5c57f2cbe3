"""A wrong configuration of a watch is told before it serves: what was expected, what was found, where."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from routeproof.app.init_workspace import init_workspace
from routeproof.app.watch.config import load_watch_config
from routeproof.app.watch.serve import Talk, serve
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.journal_format import Kind
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


def test_a_session_that_nobody_configures_any_more_is_not_lost(tmp_path: Path) -> None:
    """Renamed or removed before the lake had what it journaled: a watch does not start, and says which it was."""
    root = init_workspace(tmp_path / "ws").root
    journal = Journal(root / "live" / "fix" / "journal", ["one", "two"])
    journal.append(Kind.MESSAGE_IN, "one", b"8=FIX.4.4", 1)
    journal.commit()
    journal.close()
    (tmp_path / "watch.toml").write_text('[[drop]]\npath = "in"\nsource = "fix-log"\nprovider = "P"\n')
    talk = Talk(ready=lambda told: pytest.fail(f"ready: {told}"), say=pytest.fail)
    with pytest.raises(UsageError, match="found none named one"):
        serve(root, load_watch_config(tmp_path / "watch.toml"), talk, threading.Event())
