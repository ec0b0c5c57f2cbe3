"""The product's session adapter with an application that sends each message back; for tests of the session layer.

python tests/fix_echo.py --config FILE.toml

Reads the `[[fix]]` tables of a `watch` configuration, prints the same ready line, and records nothing: its journal
stands in a folder that goes when it ends. An ExecutionReport (8) is answered as an unsupported type: that is how the
acceptance scenarios tell an application that takes orders from a session that takes anything.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from routeproof.sources.live.engine import session_engine
from routeproof.sources.live.framing import text_of
from routeproof.sources.live.journal import Journal
from routeproof.sources.live.session_config import load_fix_sessions
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from routeproof.sources.live.session import SessionEngine


class Echo:
    """Sends every accepted message back to who sent it, once per ClOrdID where it may be a resend."""

    def __init__(self) -> None:
        self.engine: SessionEngine | None = None
        self._seen: set[tuple[str, str]] = set()

    def logged_on(self, session: str) -> None:
        """A session begins: no order was seen on it."""
        self._seen = {(name, order) for name, order in self._seen if name != session}

    def accepted(self, session: str, message: bytes) -> bool:
        """Send it back, unless it is a PossResend of an order that was seen.

        Refused is what nobody sends to a market, and what cannot be sent back as it came.
        """
        if text_of(message, 35) == "8":
            return False
        order = (session, text_of(message, 11))
        if text_of(message, 97) == "Y" and order in self._seen:
            return True
        self._seen.add(order)
        return self.engine is None or self.engine.send(session, message)


def serve(config: Path, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    sessions = load_fix_sessions(config)
    echo = Echo()
    journal = Journal(folder / "journal", [session.name for session in sessions])
    engine = session_engine(sessions, journal=journal, state=folder / "state", clock=time.time_ns, application=echo)
    echo.engine = engine
    listening = engine.start()
    print(json.dumps({"event": "ready", "fix": [asdict(each) for each in listening]}), flush=True)  # noqa: T201
    while not ending.wait(0.05):
        while batch := engine.next_batch(0):
            for event in batch.events:
                print(f"{event.session}: {event.kind}: {event.text}", file=sys.stderr, flush=True)  # noqa: T201
    engine.stop()
    journal.close()


def main() -> int:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    with tempfile.TemporaryDirectory(prefix="fix-echo-") as folder:
        try:
            serve(parser.parse_args().config, Path(folder))
        except RouteproofError as error:
            print(f"{error.where}: {error.message}", file=sys.stderr)  # noqa: T201
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
