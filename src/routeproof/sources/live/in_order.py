"""The messages of a session in the order of their numbers, each once, as an application of FIX sees them."""

from __future__ import annotations

import heapq

from routeproof.sources.fix.utc_timestamp import instant_of
from routeproof.sources.live.framing import number_of, text_of
from routeproof.vocab.times import NS_PER_S

NUMBERS_ANEW = b""
"""Stands where the numbers began anew: what was sent before and is missing will never come."""

WAITS_NS = 10 * NS_PER_S
"""Of sending time. What is asked for comes within a round trip; what is never sent again must not hold up a day."""


class InOrder:
    """One session.

    A message ahead of a missing one waits for it, at most so long. What comes later still, or is below the first number
    that was seen, is passed on as it comes, once. All of it follows from the messages alone, so that a second reading
    gives the same.

    Attributes:
        next: the number that is waited for; 0 before the first message.
    """

    def __init__(self, number: int = 0) -> None:
        """Begin at a number; 0 = at whatever comes first."""
        self._begin(number)

    def _begin(self, number: int) -> None:
        self.next, self._passed_on = number, number - 1
        self._missed: list[range] = []
        self._late: set[int] = set()
        self._waiting: list[tuple[int, bytes]] = []
        self._waits_since: int | None = None

    def take(self, raw: bytes) -> list[bytes]:
        """What can be passed on now that this message has arrived; `NUMBERS_ANEW` where the numbers began anew."""
        kind, number = text_of(raw, 35), number_of(raw, 34)
        if number is None:
            return []
        if kind == "4" and text_of(raw, 123) != "Y":
            return self._anew(number_of(raw, 36) or self.next)
        anew = self._anew(1) if kind == "A" and number == 1 and self.next > 1 else []
        if not self.next:
            self._go_on_at(number)
        if any(number in missed for missed in self._missed):
            is_new = number not in self._late
            self._late.add(number)
            return [raw] if is_new else []
        if number > self._passed_on:
            heapq.heappush(self._waiting, (number, raw))
        return anew + self._passing(instant_of(text_of(raw, 52)))

    def _passing(self, sent_at: int | None) -> list[bytes]:
        passing = self._in_turn()
        if passing or not self._waiting or self._waits_since is None:
            self._waits_since = sent_at if self._waiting else None
        elif sent_at is not None and sent_at - self._waits_since > WAITS_NS:
            self._go_on_at(self._waiting[0][0])
            passing = self._in_turn()
            self._waits_since = sent_at if self._waiting else None
        return passing

    def _in_turn(self) -> list[bytes]:
        passing = []
        while self._waiting and self._waiting[0][0] <= self.next:
            number, raw = heapq.heappop(self._waiting)
            if number > self._passed_on:
                passing.append(raw)
                self._passed_on = number
                self.next = max(self.next, _following(raw, number))
        return passing

    def _go_on_at(self, number: int) -> None:
        """Wait no longer for what is below a number."""
        self._missed.append(range(self.next, number))
        self.next = number

    def _anew(self, number: int) -> list[bytes]:
        """All that waited, and then the numbers from this one on."""
        left = [raw for _, raw in sorted(dict(self._waiting).items())]
        self._begin(number)
        return [*left, NUMBERS_ANEW]


def _following(raw: bytes, number: int) -> int:
    """The number behind a message; a gap fill (35=4 with 123=Y) names it."""
    return (number_of(raw, 36) or number + 1) if text_of(raw, 35) == "4" else number + 1
