"""The process beside a watch: it takes content into the lake and works cases; judging has its interpreter alone.

A judgement is hundreds of short table operations. Each lets the interpreter's lock go and must get it back, which takes
ten to twenty times as long beside another busy thread (ADR 0047). Nothing is kept here that the journal does not have:
if either process ends, the next watch begins where the lake stands.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from dataclasses import replace
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from routeproof.app.watch.beside.case_worker import CaseWorker
from routeproof.app.watch.beside.lake_writer import FIX_LOG, LakeWriter
from routeproof.sources.live.child import YIELDS, leave_signals_to_parent, start_child
from routeproof.vocab.errors import RouteproofError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from routeproof.app.watch.beside.lake_writer import Portion

OTHERS = "others"
"""The writer of all that is no FIX log: files that are slow to read hold up no message."""


class Beside:
    """The other process, as the watch sees it."""

    def __init__(self, root: Path, say: Callable[[str], None]) -> None:
        self._root, self._say = root, say
        self._done: dict[int, list[Callable[[], None]]] = {}
        self._number = 0
        self._over: frozenset[date] = frozenset()
        self._to_send: SimpleQueue[tuple[str, Any] | None] = SimpleQueue()
        self._has_ended = False

    def start(self) -> None:
        """Begin."""
        ours, theirs = Pipe()
        self._process = start_child(__name__, [theirs], str(self._root))
        self._connection = ours
        self._sender = threading.Thread(target=self._send, name="beside-send", daemon=True)
        self._hearer = threading.Thread(target=self._hear, name="beside-hear", daemon=True)
        self._sender.start()
        self._hearer.start()

    @property
    def pid(self) -> int:
        """Of the other process."""
        return self._process.pid

    def offer(self, portion: Portion) -> None:
        """Hand over content; its `done` is called once the lake has it."""
        self._number += 1
        self._done[self._number] = portion.done
        self._to_send.put(("portion", (self._number, replace(portion, done=[]))))

    def judge(self, days: set[date]) -> None:
        """Have these days judged from the lake."""
        self._to_send.put(("judge", days))

    def tell(self, days_over: frozenset[date], news: set[date]) -> None:
        """Tell which days are judged from the lake, and which days have new final findings.

        Raises:
            RouteproofError: the other process has ended.
        """
        if self._has_ended:
            message = (
                "expected the process that takes in the lake to run, found: it ended; "
                "what sessions sent is journaled: start the watch again"
            )
            raise RouteproofError(message, where=str(self._root))
        if days_over != self._over:
            self._over = days_over
            self._to_send.put(("over", days_over))
        if news:
            self._to_send.put(("news", news))

    def stop(self) -> None:
        """Take in and work what still waits, then end."""
        self._to_send.put(("stop", None))
        self._hearer.join()
        self._to_send.put(None)
        self._sender.join()
        self._process.wait()

    def _send(self) -> None:
        while (told := self._to_send.get()) is not None:
            try:
                self._connection.send(told)
            except OSError:
                self._has_ended = True
                return

    def _hear(self) -> None:
        while True:
            try:
                kind, told = self._connection.recv()
            except (EOFError, OSError):
                self._has_ended = True
                return
            if kind == "say":
                self._say(told)
            else:
                for done in self._done.pop(told):
                    self._call(done)

    def _call(self, done: Callable[[], None]) -> None:
        try:
            done()
        except Exception as error:  # noqa: BLE001  # whoever hears must go on: what was not noted comes again
            self._say(f"expected to note how far the lake is, found: {error}")


class _News:
    """Days with new final findings, each given once."""

    def __init__(self) -> None:
        self._days: deque[date] = deque()

    def add(self, days: set[date]) -> None:
        self._days.extend(days)

    def take(self) -> set[date]:
        return {self._days.popleft() for _ in range(len(self._days))}


def work(connection: Connection, root: Path) -> None:
    """Do what the watch asks until it says stop; end at once when it is gone."""
    sending = threading.Lock()

    def tell(kind: str, told: object) -> None:
        with sending:
            try:
                connection.send((kind, told))
            except OSError:
                os._exit(1)

    say = partial(tell, "say")
    over: list[frozenset[date]] = [frozenset()]

    def are_over(days: frozenset[date]) -> None:
        over[0] = days

    news = _News()
    logs, others = _writers(root, say, lambda: over[0])
    cases = CaseWorker(root, news.take, say)
    workers: tuple[LakeWriter | CaseWorker, ...] = (others, logs, cases)  # in the order in which they end
    heed: dict[str, Callable[[Any], None]] = {"over": are_over, "news": news.add, "judge": logs.judge}
    for worker in workers:
        worker.start()
    while True:
        try:
            kind, told = connection.recv()
        except (EOFError, OSError):
            os._exit(1)
        if kind == "stop":
            break
        if kind == "portion":
            number, portion = told
            portion.done.append(lambda number=number: tell("done", number))
            (logs if portion.source == FIX_LOG else others).offer(portion)
        else:
            heed[kind](told)
    threading.Thread(target=_end_with, args=(connection,), name="end-with-watch", daemon=True).start()
    for worker in workers:
        worker.stop()


def _end_with(connection: Connection) -> None:
    """End at once if the watch does while what waits is taken in: the next watch takes it in."""
    try:
        while True:
            connection.recv()
    except (EOFError, OSError):
        os._exit(1)


def _writers(
    root: Path, say: Callable[[str], None], days_over: Callable[[], frozenset[date]]
) -> tuple[LakeWriter, LakeWriter]:
    """The writer of FIX logs, which judges days too, and that of all else."""
    try:
        logs = LakeWriter(root, say, days_over, name=FIX_LOG)
        return logs, LakeWriter(root, say, days_over, name=OTHERS, hand_over=logs.judge)
    except RouteproofError as error:
        say(f"{error.message} [{error.where}]")
        os._exit(1)


def main() -> None:
    """Run as `python -m routeproof.app.watch.beside.process DESCRIPTOR ROOT`; a watch starts it."""
    leave_signals_to_parent()
    os.nice(YIELDS)
    work(Connection(int(sys.argv[1])), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
