"""What was observed, for people: as much of it as they read, however much a provider sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_NAMED = 5
LONGEST = 120
"""Characters of one text of a provider's that are shown."""


def some(found: Sequence[str], separator: str = "; ", most: int = MOST_NAMED) -> str:
    """The first of what was found, each cut to a readable length, and how many more there are."""
    shown = [brief(text) for text in found[:most]]
    return separator.join([*shown, *([f"and {len(found) - most} more"] if len(found) > most else [])])


def brief(text: str) -> str:
    """A text, or the beginning of it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
