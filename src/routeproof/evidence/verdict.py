"""From an interval and a margin to a word: better, worse, no material difference, cannot tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date

    from routeproof.evidence.compare import Difference
    from routeproof.policy.dated import Dated

Word = Literal["better", "worse", "no_material_difference", "cannot_tell"]
Better = Literal["higher", "lower", "nearer_zero", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A word and what it rests on. margin and detectable are in the metric's unit.

    reason: why it cannot be told, else "". detectable: smallest difference that could have been found, None where
    there is no interval. margin_after_start: the margin took effect only after the period had begun.
    """

    word: Word
    reason: str
    margin: float
    detectable: float | None
    margin_after_start: bool


def verdict(difference: Difference, margin: Dated[float], better: Better, period_start: date) -> Verdict:
    """Judge `difference` (subject minus benchmark) by the margin.

    No material difference iff the interval lies strictly inside (-margin, margin). Better or worse iff the interval
    excludes 0 and |estimate| > margin; which of the two follows `better`. Everything else cannot be told.
    For `nearer_zero` the difference must be one of magnitudes (`compare(..., nearer_zero=True)`), lower is better.
    """
    word, reason = _word(difference, margin.value, better)
    return Verdict(
        word=word,
        reason=reason,
        margin=margin.value,
        detectable=difference.interval.detectable if difference.interval else None,
        margin_after_start=margin.effective_from > period_start,
    )


def _word(difference: Difference, margin: float, better: Better) -> tuple[Word, str]:
    found, estimate = difference.interval, difference.estimate
    if found is None or estimate is None:
        return "cannot_tell", difference.reason or "no interval"
    return word_of(estimate, (found.lower, found.upper), margin, better)


def word_of(estimate: float, interval: tuple[float, float], margin: float, better: Better) -> tuple[Word, str]:
    """The word of a difference with its interval, and why it cannot be told; see `verdict`."""
    lower, upper = interval
    if -margin < lower and upper < margin:
        return "no_material_difference", ""
    if lower <= 0.0 <= upper:
        return "cannot_tell", "the interval includes zero"
    if abs(estimate) <= margin:
        return "cannot_tell", "there is a difference, but not clearly one beyond the margin"
    if better == "none":
        return "cannot_tell", "there is a difference, but neither direction of this metric is better"
    good = estimate > 0.0 if better == "higher" else estimate < 0.0
    return ("better" if good else "worse"), ""


AMONG_MANY = "unclear among many tests"


def withdrawn(judged: Verdict) -> Verdict:
    """Return the verdict of a grid cell that its family's false-discovery control did not let stand."""
    if judged.word not in {"better", "worse"}:
        return judged
    return replace(judged, word="cannot_tell", reason=AMONG_MANY)
