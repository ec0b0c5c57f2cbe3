"""What happened to a sequence: entries altered, deleted, inserted, reordered, cut off at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

BLOCK = 1_024
Kind = Literal["altered", "deleted", "inserted", "reordered", "truncated"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between what is there and what was appended.

    Attributes:
        kind: what happened.
        found: place in the sequence that is there.
        wanted: place in the sequence that was appended.
    """

    kind: Kind
    found: int
    wanted: int

    @property
    def index(self) -> int:
        """First entry affected: where a foreign one stands now, else where the right one stood."""
        return self.found if self.kind == "inserted" else self.wanted


def differences(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> list[Difference]:
    """Differences in order; None in either sequence is unknown and matches anything.

    What is alike at both ends is left out; of what remains, an item without counterpart was altered, inserted or
    deleted, and one that stands elsewhere was reordered. One pass, so a hundred thousand shifted entries cost no more
    than their number.
    """
    low = _alike_at_start(found, wanted)
    high = min(_alike_at_start(found[::-1], wanted[::-1]), min(len(found), len(wanted)) - low)
    missing: Kind = "deleted" if high else "truncated"
    return list(_walk(found[low : len(found) - high], wanted[low : len(wanted) - high], low, missing))


def _alike_at_start(found: Sequence[Hashable], wanted: Sequence[Hashable]) -> int:
    """How many items are alike from the start on; whole blocks at a time, since almost all of them are."""
    shortest = min(len(found), len(wanted))
    for start in range(0, shortest, BLOCK):
        stop = min(start + BLOCK, shortest)
        if found[start:stop] == wanted[start:stop]:
            continue
        for place in range(start, stop):
            if not _alike(found[place], wanted[place]):
                return place
    return shortest


def _walk(found: Sequence[Hashable], wanted: Sequence[Hashable], low: int, missing: Kind) -> Iterator[Difference]:
    rest = _Rest(Counter(found), Counter(wanted))
    here = there = 0
    while here < len(found) and there < len(wanted):
        longer = (len(found) - here) - (len(wanted) - there)
        kind = rest.kind(found[here], wanted[there], longer)
        if kind is not None:
            yield Difference(kind, low + here, low + there)
        if kind != "deleted":
            rest.found[found[here]] -= 1
            here += 1
        if kind != "inserted":
            rest.wanted[wanted[there]] -= 1
            there += 1
    # What is left of one of them is one run, told at its first place.
    if here < len(found):
        yield Difference("inserted", low + here, low + there)
    if there < len(wanted):
        yield Difference(missing, low + here, low + there)


@dataclass(slots=True)
class _Rest:
    """What is left of both sequences, and what was met at another place than its own.

    Attributes:
        found: counts of what is left of the sequence that is there.
        wanted: counts of what is left of the sequence that was appended.
        early: met before its place.
        late: its place was passed without it.
    """

    found: Counter[Hashable]
    wanted: Counter[Hashable]
    early: Counter[Hashable] = field(default_factory=Counter)
    late: Counter[Hashable] = field(default_factory=Counter)

    def kind(self, mine: Hashable, theirs: Hashable, longer: int) -> Kind | None:
        """What the item that is there is to the one that should be; `longer` is by how much more is left of it."""
        if _alike(mine, theirs):
            return None
        stays = self.found[theirs] > 0 or self.early[theirs] > 0
        if not self.wanted[mine] and not self.late[mine]:
            return "inserted" if stays else "altered"
        if not stays:
            return "deleted"
        if longer:
            # Both stand elsewhere. Where one side has more left, the shift comes from there.
            return "inserted" if longer > 0 else "deleted"
        self._swap(mine, self.late, self.early)
        self._swap(theirs, self.early, self.late)
        return "reordered"

    @staticmethod
    def _swap(item: Hashable, awaited: Counter[Hashable], instead: Counter[Hashable]) -> None:
        """One that was awaited has come; one that was not is out of its place."""
        if awaited[item] > 0:
            awaited[item] -= 1
        else:
            instead[item] += 1


def _alike(mine: Hashable, theirs: Hashable) -> bool:
    return mine is None or theirs is None or mine == theirs
