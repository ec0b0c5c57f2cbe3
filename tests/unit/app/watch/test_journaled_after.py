"""After a restart the same messages count as did when they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.watch.catch_up import journaled_after
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.journal_format import Kind

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_only_seen_is_not_taken_in(tmp_path: Path) -> None:
    """A Logon before its answer, a stranger's message and noise are in the journal, and are not received."""
    journal = Journal(tmp_path, ["dropcopy"])
    for kind, raw in ((Kind.SEEN_IN, b"logon"), (Kind.MESSAGE_IN, b"logon"), (Kind.MESSAGE_OUT, b"answer")):
        journal.append(kind, "dropcopy", raw, 1)
    for kind, raw in ((Kind.SEEN_IN, b"stranger"), (Kind.NOISE_IN, b"noise"), (Kind.MESSAGE_IN, b"fill")):
        journal.append(kind, "dropcopy", raw, 2)
    end = journal.commit()
    journal.close()
    assert journaled_after(tmp_path, None) == ({"dropcopy": [b"logon", b"fill"]}, end)
