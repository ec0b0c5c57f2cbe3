"""What happened to a sequence: entries altered, deleted, inserted, reordered, cut off at the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
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
    later_found, later_wanted = Counter(found), Counter(wanted)
    here = there = 0
    while here < len(found) and there < len(wanted):
        longer = (len(found) - here) - (len(wanted) - there)
        kind = _kind(found[here], wanted[there], later_found, later_wanted, longer)
        if kind is not None:
            yield Difference(kind, low + here, low + there)
        if kind != "deleted":
            later_found[found[here]] -= 1
            here += 1
        if kind != "inserted":
            later_wanted[wanted[there]] -= 1
            there += 1
    for place in range(here, len(found)):
        yield Difference("inserted", low + place, low + there)
    for place in range(there, len(wanted)):
        yield Difference(missing, low + here, low + place)


def _kind(
    mine: Hashable, theirs: Hashable, later_found: Counter[Hashable], later_wanted: Counter[Hashable], longer: int
) -> Kind | None:
    """What one item is to the one that should stand there.

    The counters count what is left of each sequence; `longer` is by how much more is left of what was found.
    """
    if _alike(mine, theirs):
        return None
    if not later_wanted[mine]:
        return "inserted" if later_found[theirs] else "altered"
    if not later_found[theirs]:
        return "deleted"
    # Both stand elsewhere. Where one side has more left, the shift comes from there.
    if not longer:
        return "reordered"
    return "inserted" if longer > 0 else "deleted"


def _alike(mine: Hashable, theirs: Hashable) -> bool:
    return mine is None or theirs is None or mine == theirs
