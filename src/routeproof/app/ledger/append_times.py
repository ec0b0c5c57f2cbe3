"""Whether the times of appends run forward, as those of one clock do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routeproof.ledger.entry import Recorded

CLOCK_STEP_S = 300
"""A machine's clock may be set back by so much; nobody takes that for another day."""


def backdated(entries: Iterable[Recorded]) -> Iterator[str]:
    """A remark where entries claim to be older than one that stands before them, by more than a clock is set back."""
    latest, first, count, most_s = 0, 0, 0, 0
    for entry in entries:
        behind_s = (latest - entry.appended_at) // NS_PER_S
        latest = max(latest, entry.appended_at)
        if behind_s > CLOCK_STEP_S:
            first, count, most_s = first if count else entry.index, count + 1, max(most_s, behind_s)
    if count:
        yield (
            f"Entry {first} says that it was appended before one that stands before it ({count} of such, up to "
            f"{most_s} seconds): the clock was set back, or they are not of their time."
        )
