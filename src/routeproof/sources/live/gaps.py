"""Which sequence numbers of a session have arrived, and which have not: seen from outside the engine.

The engine asks for what is missing. This only observes, so that no message is missed without a name for it even where
the engine is wrong. Source: FIX session layer, "Message sequence numbers" and "SequenceReset".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from routeproof.sources.live.framing import number_of, text_of


@dataclass(frozen=True, slots=True)
class Gap:
    """Sequence numbers `begin` to `end`, both included, that had not arrived when a later one did.

    Attributes:
        state: `open`; `closed` when all of them arrived or were filled; `abandoned` when the sequence was reset
            before that, so that they never will.
    """

    begin: int
    end: int
    state: Literal["open", "closed", "abandoned"]


@dataclass
class SequenceWatch:
    """One session's incoming sequence.

    Attributes:
        next_expected: lowest number above all that arrived.
        resets_on_logon: our side starts at 1 with each Logon.
    """

    next_expected: int = 1
    resets_on_logon: bool = False
    _open: list[Gap] = field(default_factory=list)
    _missing: list[tuple[int, int]] = field(default_factory=list)

    @property
    def expected(self) -> int:
        """Lowest number that has not arrived: what the engine expects next, if it took all that did."""
        return self._missing[0][0] if self._missing else self.next_expected

    @property
    def open_gaps(self) -> tuple[Gap, ...]:
        """Gaps that are neither filled nor given up."""
        return tuple(self._open)

    def arrived(self, kind: str, number: int | None, raw: bytes) -> list[Gap]:
        """Count one well-formed message of the session in; what it opens, closes or abandons, in order.

        Args:
            kind: its MsgType.
            number: its MsgSeqNum; null if it has none.
            raw: its bytes.
        """
        if kind == "4" and text_of(raw, 123) != "Y":
            return self._restart(number_of(raw, 36), lost=True)
        if number is None:
            return []
        changes = []
        if kind == "A" and (text_of(raw, 141) == "Y" or self.resets_on_logon):
            changes += self._restart(1, lost=False)
        last = (number_of(raw, 36) or number + 1) - 1 if kind == "4" else number
        return changes + self._cover(number, last)

    def begin_again(self, next_number: int) -> list[Gap]:
        """The engine has gone back to this number; what was open is given up."""
        return self._restart(next_number, lost=False)

    def _restart(self, next_number: int | None, *, lost: bool) -> list[Gap]:
        """The sequence goes on at `next_number`; `lost` if numbers up to it will never be sent."""
        if next_number is None or (lost and next_number < self.next_expected):
            return []
        changes = []
        if lost and next_number > self.next_expected:
            changes += self._cover(next_number, next_number)
        changes += [Gap(gap.begin, gap.end, "abandoned") for gap in self._open]
        self._open, self._missing, self.next_expected = [], [], next_number
        return changes

    def _cover(self, first: int, last: int) -> list[Gap]:
        changes = []
        if first > self.next_expected:
            gap = Gap(self.next_expected, first - 1, "open")
            self._open.append(gap)
            self._missing.append((gap.begin, gap.end))
            changes.append(gap)
        self.next_expected = max(self.next_expected, last + 1)
        if self._missing:
            self._missing = [part for hole in self._missing for part in _without(hole, first, last)]
            filled = [gap for gap in self._open if not any(_overlap(gap, hole) for hole in self._missing)]
            self._open = [gap for gap in self._open if gap not in filled]
            changes += [Gap(gap.begin, gap.end, "closed") for gap in filled]
        return changes


def _without(hole: tuple[int, int], first: int, last: int) -> list[tuple[int, int]]:
    """What of a hole is left when `first` to `last` have arrived."""
    begin, end = hole
    if first > end or last < begin:
        return [hole]
    return [(low, high) for low, high in ((begin, first - 1), (last + 1, end)) if low <= high]


def _overlap(gap: Gap, hole: tuple[int, int]) -> bool:
    return gap.begin <= hole[1] and hole[0] <= gap.end
