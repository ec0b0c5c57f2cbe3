"""Takes final findings into cases beside the judging, and raises cases whose clock has run out."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from routeproof.app.cases.case_pins import pinner_of
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.cases.work_cases import escalate
from routeproof.app.context import of_today, open_context
from routeproof.stores.held_back import ask
from routeproof.vocab.errors import RouteproofError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from routeproof.app.context import Context

EVERY_S = 0.5
EVIDENCE_WITHIN_S = 2.0
"""How long a case waits for the lake at most; of a large day it may then have less than the finding rests on."""

CASES_AT_ONCE = 5
"""Cases opened in one transaction: a finding that is to be recorded waits for no more than that."""

ESCALATE_EVERY_NS = 60 * NS_PER_S


class CaseWorker:
    """A thread with its own connection.

    The pinned evidence is what the lake has by then: what was held back from it is asked for first.
    """

    def __init__(self, root: Path, news: Callable[[], set[date]], say: Callable[[str], None]) -> None:
        """`news` gives the days with new final findings, each once."""
        self._root, self._news, self._say = root, news, say
        self._stopping = threading.Event()
        self._escalated_at = 0
        self._thread = threading.Thread(target=self._run, name="case-worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Work what is left, then end."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        with open_context(self._root, role="watch") as context:
            while True:
                last = self._stopping.wait(EVERY_S)
                try:
                    self._work(of_today(context))
                except RouteproofError as error:
                    self._say(f"cases: {error.message} [{error.where}]")
                if last:
                    return

    def _work(self, context: Context) -> None:
        news = sorted(self._news())
        if news:
            ask(self._root, EVIDENCE_WITHIN_S)
        manifest = context.lake.manifest().id
        for day in news:
            work_findings(context, day, partial(pinner_of, context, day, manifest), at_once=CASES_AT_ONCE)
        if context.clock() - self._escalated_at > ESCALATE_EVERY_NS:
            self._escalated_at = context.clock()
            escalate(context)
