"""Takes final findings into cases beside the judging, and raises cases whose clock has run out."""

from __future__ import annotations

import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from routeproof.app.cases.case_pins import pinner_of
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.cases.work_cases import escalate
from routeproof.app.context import of_today, open_context
from routeproof.stores.held_back import Question
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

ENDS_WITHIN_S = 5.0
"""Whoever ends a watch waits no longer than that for its cases."""

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
        self._stop_by = math.inf
        self._escalated_at = 0
        self._waiting: set[date] = set()
        self._later: set[date] = set()
        self._question: Question | None = None
        self._waits_since = 0
        self._thread = threading.Thread(target=self._run, name="case-worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Work what is left within a while, then end: the next watch works what then still waits."""
        self._stop_by = time.monotonic() + ENDS_WITHIN_S
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
            pinned = partial(pinner_of, context, day, manifest)
            work_findings(context, day, pinned, at_once=CASES_AT_ONCE, goes_on=self._goes_on)
        if context.clock() - self._escalated_at > ESCALATE_EVERY_NS:
            self._escalated_at = context.clock()
            escalate(context)

    def _goes_on(self) -> bool:
        return time.monotonic() < self._stop_by

    def _due(self, now: int) -> set[date]:
        """Days with new findings, once the lake has what was held back when they were told.

        What is told meanwhile waits for a question of its own: to ask anew for each would never be answered.
        """
        self._later |= self._news()
        if not self._waiting:
            self._waiting, self._later = self._later, set()
            self._waits_since, self._question = now, None
        if not self._waiting:
            return set()
        if self._question is None:
            self._question = Question(self._root)
        has_all = self._question.is_answered(EVIDENCE_WITHIN_S)
        is_long = now - self._waits_since > EVIDENCE_AT_LAST_NS
        if is_long and not has_all:
            self._say(
                "cases: expected the lake to have what came, found that it takes too long: opened with what it has"
            )
        if not (has_all or is_long or self._stopping.is_set()):
            return set()
        due = self._waiting | (self._later if self._stopping.is_set() else set())
        self._waiting = set()
        return due
