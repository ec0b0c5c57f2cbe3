"""Families of tests: comparisons judged together, and what of them stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.reports.pack.inputs import VerdictFamily

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.review.judge import Judge, Judged


def controlled(
    judge: Judge, name: str, scope: str, alone: Sequence[Judged | None]
) -> tuple[list[Judged | None], VerdictFamily]:
    """The comparisons after the family's error control, and the family's counts; see `VerdictFamily`."""
    kept, family = judge.control(name, alone)
    words = [item.verdict.word for item in kept if item is not None]
    unguarded = [item.verdict.word for item in alone if item is not None]
    return kept, VerdictFamily(
        name=name,
        scope=scope,
        tested=len(family.adjusted),
        better=words.count("better"),
        worse=words.count("worse"),
        level=family.rate,
        expected_false=family.expected_false,
        alone=unguarded.count("better") + unguarded.count("worse"),
        by_chance=family.expected_false_unadjusted,
    )
