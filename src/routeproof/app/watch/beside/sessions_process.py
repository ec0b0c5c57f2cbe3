"""The process that keeps the FIX sessions of a watch."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from routeproof.app.context import wall_clock
from routeproof.sources.live.apart import keep_sessions
from routeproof.sources.live.child import leave_signals_to_parent, start_child
from routeproof.sources.live.engine import session_engine
from routeproof.sources.live.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from routeproof.sources.live.session import Listening, SessionEngine
    from routeproof.sources.live.session_config import FixSession


def launch(ends: Sequence[Connection]) -> Callable[[], object]:
    """Start it at the other ends of two pipes: see `SessionsApart`."""
    return start_child(__name__, ends).wait


def begin(sessions: Sequence[FixSession], journal: Path, state: Path) -> tuple[SessionEngine, tuple[Listening, ...]]:
    """The engine of the extra `fix`, over the journal of this workspace, started.

    Raises:
        UsageError: the extra is not installed, an address cannot be listened on, a dictionary cannot be read.
    """
    kept = Journal(journal, [session.name for session in sessions])
    engine = session_engine(sessions, journal=kept, state=state, clock=wall_clock)
    return engine, engine.start()


def main() -> None:
    """Run as `python -m routeproof.app.watch.beside.sessions_process CONTENT QUESTIONS`; a watch starts it."""
    leave_signals_to_parent()
    content, questions = (Connection(int(number)) for number in sys.argv[1:3])
    keep_sessions(content, questions, begin)
    os._exit(0)  # a thread of the engine may stay idle for ever


if __name__ == "__main__":
    main()
