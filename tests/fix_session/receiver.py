"""A drop copy without a workspace: keeps the sessions of a configuration and prints each event as a line of JSON.

python tests/fix_session/receiver.py --config FILE.toml --folder FOLDER
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.sources.live.engine import session_engine
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.session_config import load_fix_sessions

if TYPE_CHECKING:
    from routeproof.sources.live.session import SessionEngine


def serve(config: Path, folder: Path) -> None:
    """Serve until SIGTERM; the journal stays in `folder`."""
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    sessions = load_fix_sessions(config)
    journal = Journal(folder / "journal", [session.name for session in sessions])
    engine = session_engine(sessions, journal=journal, state=folder / "state", clock=time.time_ns)
    tell({"event": "ready", "fix": [asdict(each) for each in engine.start()]})
    while not ending.is_set():
        tell_batch(engine, 0.1)
    engine.stop()
    while tell_batch(engine, 0):
        pass
    tell({"event": "stopped", "messages": journal.messages, "status": [asdict(each) for each in engine.status()]})
    journal.close()


def tell_batch(engine: SessionEngine, timeout_s: float) -> bool:
    """Print the events of one batch; whether there was one."""
    batch = engine.next_batch(timeout_s)
    for event in batch.events if batch else ():
        tell(
            {"event": event.kind, "session": event.session, "begin": event.begin, "end": event.end, "text": event.text}
        )
    return batch is not None


def tell(line: dict[str, object]) -> None:
    """Print one line, at once."""
    print(json.dumps(line), flush=True)  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    arguments = parser.parse_args()
    serve(arguments.config, arguments.folder)
