"""One provider while the day goes on: its messages, what was found in which of them, and when to look again."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from routeproof.app.watch.flow import Flow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path
    from typing import Any

    from routeproof.app.watch.held_messages import Rows


class Timers:
    """Instants, each with the number of a message whose group is to be looked at again then."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int]] = []

    def set(self, timers: Iterable[tuple[int, int]]) -> None:
        """Set timers."""
        for timer in timers:
            heapq.heappush(self._heap, timer)

    def run_out(self, until: int) -> Rows:
        """Numbers of the messages whose timers ran out; each runs out once."""
        found = []
        while self._heap and self._heap[0][0] <= until:
            found.append(heapq.heappop(self._heap)[1])
        return np.unique(np.array(found, dtype=np.int64))

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """Old number of a message to its new one; timers of messages that are not among them are let go."""
        self._heap = [(at, numbers[row]) for at, row in self._heap if row in numbers]
        heapq.heapify(self._heap)


class LiveProvider:
    """State of one provider.

    Attributes:
        flow: its messages.
        timers: in event time.
        for_quotes: fills whose quotes were not seen yet, by the time up to which quotes are needed.
    """

    def __init__(self, provider_id: str, sections: Mapping[str, Any], firm_id: str, scratch: Path) -> None:
        self.flow = Flow(provider_id, sections, firm_id, scratch)
        self.timers, self.for_quotes = Timers(), Timers()
        self._findings: dict[int, set[str]] = {}

    def let_go(self, over: set[date]) -> Rows:
        """Let go of messages of days that are over, but for orders that may still be filled: numbers of what stays."""
        rows = self.flow.open_rows(over)
        self.flow.keep(rows)
        numbers = {row: number for number, row in enumerate(rows.tolist())}
        self.timers.renumber(numbers)
        self.for_quotes.renumber(numbers)
        self._findings = {numbers[row]: found for row, found in self._findings.items() if row in numbers}
        return rows

    def found_before(self, rows: Rows) -> set[str]:
        """Findings that were made in these messages, which are about to be judged again."""
        found: set[str] = set()
        for row in rows.tolist():
            if row in self._findings:  # most have none, and this is asked of each message
                found |= self._findings.pop(row)
        return found

    def found(self) -> set[str]:
        """Findings that were made in all messages."""
        return set().union(*self._findings.values())

    def found_now(self, findings: Iterable[tuple[int, str]]) -> None:
        """Findings by the number of a message of their group."""
        for row, finding in findings:
            self._findings.setdefault(row, set()).add(finding)
