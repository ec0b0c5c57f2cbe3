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
"""How long the lake is waited for before others are looked after."""

EVIDENCE_AT_LAST_NS = 120 * NS_PER_S
"""After this long a case is opened with what the lake has."""

CASES_AT_ONCE = 5
"""Cases opened in one transaction: a finding that is to be recorded waits for no more than that."""

ESCALATE_EVERY_NS = 60 * NS_PER_S


class CaseWorker:
    """A thread with its own connection.

    The pinned evidence is what the lake has by then: what was held back from it is asked for first, and days whose
    messages it has not yet wait.
    """

    def __init__(self, root: Path, news: Callable[[], set[date]], say: Callable[[str], None]) -> None:
        """`news` gives the days with new final findings, each once."""
        self._root, self._news, self._say = root, news, say
        self._stopping = threading.Event()
        self._escalated_at = 0
        self._waiting: set[date] = set()
        self._waits_since = 0
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
        for day in sorted(self._due(context.clock())):
            manifest = context.lake.manifest().id
            work_findings(context, day, partial(pinner_of, context, day, manifest), at_once=CASES_AT_ONCE)
        if context.clock() - self._escalated_at > ESCALATE_EVERY_NS:
            self._escalated_at = context.clock()
            escalate(context)

    def _due(self, now: int) -> set[date]:
        """Days with new findings, once the lake has what was held back."""
        news = self._news()
        self._waits_since = self._waits_since if self._waiting else now
        self._waiting |= news
        if not self._waiting:
            return set()
        has_all = ask(self._root, EVIDENCE_WITHIN_S)
        is_long = now - self._waits_since > EVIDENCE_AT_LAST_NS
        if is_long and not has_all:
            self._say(
                "cases: expected the lake to have what came, found that it takes too long: opened with what it has"
            )
        if not (has_all or is_long or self._stopping.is_set()):
            return set()
        due, self._waiting = self._waiting, set()
        return due
