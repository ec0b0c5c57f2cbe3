"""Windows judged in a process of their own: they look at whole days, and no finding of an order waits for that.

It has its own copy of what windows look at. It ends when the watch does, and the watch when it ends.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from routeproof.app.context import open_context
from routeproof.app.facts.log_facts import MESSAGE_COLUMNS
from routeproof.app.watch.windows.judge import Windows
from routeproof.sources.live.child import YIELDS, leave_signals_to_parent, start_child
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import polars as pl

    from routeproof.app.watch.held_messages import Rows
    from routeproof.app.watch.windows.judge import Outcome, Seen

TOLD_COLUMNS = ("trading_day", "firm_id", *MESSAGE_COLUMNS)


class WindowsApart:
    """The other process, as a `WindowJudge`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._to_send: SimpleQueue[bytes | None] = SimpleQueue()

    def start(self) -> None:
        """Begin."""
        self._connection, theirs = Pipe()
        self._process = start_child(__name__, [theirs], str(self._root))
        self._sender = threading.Thread(target=self._send, name="windows-send", daemon=True)
        self._sender.start()

    @property
    def pid(self) -> int:
        """Of the other process."""
        return self._process.pid

    def stop(self) -> None:
        """Let it finish, then end."""
        self._to_send.put(None)
        self._sender.join()
        self._connection.close()
        self._process.wait()

    def told(self, provider_id: str, messages: pl.DataFrame, ranges: pl.DataFrame | None) -> None:
        """See `WindowJudge`."""
        self._ask("told", provider_id, messages.select(TOLD_COLUMNS), ranges)

    def put(self, provider_id: str, rows: Rows, frames: dict[str, pl.DataFrame]) -> None:
        """See `WindowJudge`."""
        self._ask("put", provider_id, rows, frames)

    def let_go(self, rows: Mapping[str, Rows], over: set[date]) -> None:
        """See `WindowJudge`."""
        self._ask("let_go", rows, over)

    def judge(self, days: Sequence[date], seen: Seen) -> None:
        """See `WindowJudge`."""
        self._ask("judge", days, seen)

    def outcome(self, *, wait: bool) -> Outcome | None:
        """See `WindowJudge`."""
        try:
            told = self._connection.recv() if wait or self._connection.poll(0) else None
        except (EOFError, OSError) as error:
            message = (
                "expected the process that judges windows to run, found: it ended; "
                "what sessions sent is journaled: start the watch again"
            )
            raise RouteproofError(message, where=str(self._root)) from error
        if isinstance(told, RouteproofError):
            raise told
        outcome: Outcome | None = told
        return outcome

    def _ask(self, what: str, *given: object) -> None:
        self._to_send.put(pickle.dumps((what, given), pickle.HIGHEST_PROTOCOL))

    def _send(self) -> None:
        while (told := self._to_send.get()) is not None:
            try:
                self._connection.send_bytes(told)
            except OSError:
                return  # whoever waits for an outcome is told


def work(connection: Connection, windows: Windows) -> None:
    """Do what is asked, in its order, until nobody asks any more."""
    while True:
        try:
            what, given = pickle.loads(connection.recv_bytes())  # noqa: S301  # our own words, over our own pipe
            getattr(windows, what)(*given)
            if what == "judge":
                connection.send(windows.outcome(wait=False))
        except RouteproofError as error:
            connection.send(error)
        except (EOFError, OSError):
            return


def main() -> None:
    """Run as `python -m routeproof.app.watch.windows.process DESCRIPTOR ROOT`; a watch starts it."""
    leave_signals_to_parent()
    os.nice(YIELDS)
    with open_context(Path(sys.argv[2]), role="watch") as context:
        work(Connection(int(sys.argv[1])), Windows(context))


if __name__ == "__main__":
    main()
