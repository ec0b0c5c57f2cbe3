"""Changes of choices as they are found day by day: each is told once, on the first day whose look finds it.

A look sees the last `window` days up to its own. Whether a change is new is asked of the looks before, each with the
days that it could see, so the answer rests on the counts alone and not on what was told. Two changes nearer than the
days that each side of one needs cannot be told apart, and are one. A change that is dated to the last day that a look
can date one to may have come later still: the next look tells it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from routeproof.evidence.choice.changes import Counts, Scan, ScanRules, change_places


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRules:
    """How choices are watched.

    Attributes:
        scan: of each look; its error is that of one look.
        window: days that a look sees.
        told: a change is told only while it began no more than so many days ago.
    """

    scan: ScanRules
    window: int
    told: int


@dataclass(frozen=True, slots=True)
class Change:
    """A change between numbered days: it is compared from `begin` to `place`, and from there to before `end`.

    Attributes:
        begin: first day of the comparison: the change before, or where the window begins.
        place: first day after the change.
        end: day after the last one compared.
        first, last: see `changes.Scan`.
        p_value: see `changes.Scan`.
    """

    begin: int
    place: int
    end: int
    first: int
    last: int
    p_value: float


def new_changes(counts: Counts, rules: WatchRules, is_telling: Callable[[Change], bool]) -> list[Change]:
    """Changes that the look of the last day finds and none before it found, earliest first.

    Args:
        counts: (days, situations, alternatives), the window and `told` days before it if there are so many.
        rules: how to look.
        is_telling: whether a change is large enough to be one; a look counts as having found only such ones.
    """

    @cache
    def found(end: int) -> tuple[Change, ...]:
        return tuple(one for one in _look(counts, end, rules) if is_telling(one))

    days = len(counts)
    recent = [one for one in found(days) if days - one.place <= rules.told]
    return [one for one in recent if not any(_same(one, other, rules) for end in _looks(one, days)
                                             for other in found(end))]  # fmt: skip


def _look(counts: Counts, end: int, rules: WatchRules) -> list[Change]:
    begin = max(0, end - rules.window)
    part = counts[begin:end]
    scans: list[Scan] = change_places(part, rules.scan)
    edges = [0, *(one.place for one in scans), len(part)]
    last = len(part) - rules.scan.least_days
    return [
        Change(begin + edges[number], begin + one.place, begin + edges[number + 2], begin + one.first,
               begin + one.last, one.p_value)
        for number, one in enumerate(scans)
        if one.place < last
    ]  # fmt: skip


def _looks(one: Change, days: int) -> range:
    """Ends of the earlier looks that could have found a change, if dated somewhat sooner; the newest first."""
    return range(days - 1, one.first, -1)


def _same(one: Change, other: Change, rules: WatchRules) -> bool:
    apart = max(one.first - other.last, other.first - one.last, 0)
    return apart < rules.scan.least_days
