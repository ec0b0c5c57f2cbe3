"""Raw and adjusted side by side, each as an answer, and the word that both adjusted ones carry together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.evidence.adjust.cells import post_stratified
from routeproof.evidence.adjust.doubly_robust import Fitted, cross_fitted, doubly_robust
from routeproof.evidence.adjust.overlap import Lacking, lacking_cells
from routeproof.evidence.adjust.sensitivity import Sensitivity, sensitivity
from routeproof.evidence.answer import Answer, refused
from routeproof.evidence.interval import Interval, interval, refusal
from routeproof.evidence.quantiles import rounded_down, settle
from routeproof.evidence.verdict import Better, Word, word_of

if TYPE_CHECKING:
    from routeproof.evidence.adjust.flow import Adjusted, Bools, Flow
    from routeproof.evidence.partials import Floats, Ints
    from routeproof.policy.analysis.compare import ComparePolicy
    from routeproof.policy.thresholds import EvidenceStandards

ANYTHING = 1.0
NAMED = 3
"""Cells without a counterpart that a refusal names."""
CELLS = "within a cell, who got an order has nothing to do with what the order would have got elsewhere"
MODELS = (
    "either the model of whose order it is or the model of what it gets is right, and nothing unmeasured decides both"
)
DAYS = "days are independent, or hang together no more than from day to day by half"
RAW = "both sides have the same kind of flow; the adjusted answers do not need this"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One comparison: the answer, and what it was made from."""

    answer: Answer
    found: Adjusted | None
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Three readings of one difference; `lacking` are the subject's cells without a counterpart."""

    raw: Judged
    cells: Judged
    robust: Judged
    lacking: list[Lacking]
    fitted: Fitted | None
    sensitivity: Sensitivity | None


def exact(flow: Flow, standards: EvidenceStandards, least_days: int, greatest: float, unit: str) -> Judged:
    """The post-stratified comparison alone, as a grid needs it."""
    found = post_stratified(flow, least_days, greatest)
    estimand = "subject minus benchmark, each cell against the same cell, at the subject's mix"
    return _judged(flow, found, standards, estimand, unit, (CELLS, DAYS))


def side_by_side(flow: Flow, standards: EvidenceStandards, policy: ComparePolicy, unit: str) -> SideBySide:
    """Raw, exact and doubly robust."""
    pooled = flow.pooled()
    raw = _judged(
        pooled,
        post_stratified(pooled, 1, ANYTHING),
        standards,
        "subject minus benchmark, as they are",
        unit,
        (RAW, DAYS),
    )
    cells = exact(flow, standards, policy.least_cell_days, policy.greatest_propensity, unit)
    fitted = cross_fitted(flow, policy.folds, policy.ridge) if 0 < flow.subject.sum() < len(flow.subject) else None
    found = None if fitted is None else doubly_robust(flow, fitted, policy.greatest_propensity)
    estimand = "subject minus what the benchmark's flow would have come to, had it been the subject's (doubly robust)"
    robust = _judged(flow, found, standards, estimand, unit, (MODELS, DAYS))
    ends = None if cells.interval is None else (cells.interval.lower, cells.interval.upper)
    return SideBySide(
        raw=raw,
        cells=cells,
        robust=robust,
        lacking=lacking_cells(flow, _kept(flow, cells.found)),
        fitted=fitted,
        sensitivity=None
        if cells.found is None or cells.answer.refused
        else sensitivity(flow, cells.found, ends, policy.least_cell_days, policy.greatest_propensity),
    )


def _judged(
    flow: Flow,
    found: Adjusted | None,
    standards: EvidenceStandards,
    estimand: str,
    unit: str,
    assumptions: tuple[str, ...],
) -> Judged:
    compared = flow.subject if found is None else flow.subject & found.kept[flow.cell]
    n = int(flow.orders[compared].sum())
    reason = _reason(flow, found, standards)
    if found is None or reason:
        answer = refused(estimand, unit, reason, n=n, counted="orders of the subject", assumptions=assumptions)
        return Judged(answer=answer, found=found, interval=None)
    drawn = interval(found.estimate, found.series, standards)
    answer = Answer(
        estimand=estimand,
        unit=unit,
        n=n,
        counted="orders of the subject",
        assumptions=assumptions,
        estimate=settle(found.estimate),
        lower=drawn.lower,
        upper=drawn.upper,
        detectable=drawn.detectable,
    )
    return Judged(answer=answer, found=found, interval=drawn)


def _reason(flow: Flow, found: Adjusted | None, standards: EvidenceStandards) -> str:
    for subject, name in ((True, "subject"), (False, "benchmark")):
        if not (flow.subject == subject).any():
            return f"nothing was measured on the {name}'s side"
    if found is None or settle(found.overlap) < standards.least_overlap:
        return _no_overlap(flow, found, standards.least_overlap)
    whole = next(filter(None, (refusal(one, found.largest, standards) for one in found.series)), None)
    return whole or _thin(flow, found, standards)


def _thin(flow: Flow, found: Adjusted, standards: EvidenceStandards) -> str:
    """Each side needs its days: the joint series of sides that share days counts both together."""
    for subject, name in ((True, "subject"), (False, "benchmark")):
        side = flow.only(found.kept[flow.cell]).side(subject=subject)
        weight = side.denominator * (1.0 if subject else found.odds[side.cell])
        days = _effective(side.day, weight)
        if settle(days) < standards.least_effective_days:
            needed = f"at least {standards.least_effective_days:g} are needed"
            return f"{rounded_down(days):.1f} effective days on the {name}'s side; {needed}"
    return ""


def _effective(day: Ints, weight: Floats) -> float:
    _, place = np.unique(day, return_inverse=True)
    daily = np.bincount(place, weights=weight)
    return float(daily.sum() ** 2 / np.square(daily).sum())


def _kept(flow: Flow, found: Adjusted | None) -> Bools:
    return np.zeros(flow.cells, dtype=np.bool_) if found is None else found.kept


def _no_overlap(flow: Flow, found: Adjusted | None, least: float) -> str:
    lacking = lacking_cells(flow, _kept(flow, found))
    named = "; ".join(
        f"{', '.join(f'{key} {value}' for key, value in one.cell.items())} ({one.share:.0%})" for one in lacking[:NAMED]
    )
    compared = 0.0 if found is None else found.overlap
    return (
        f"only {compared:.0%} of the subject's volume has a counterpart in the benchmark, at least {least:.0%} is "
        f"needed; without one are {len(lacking)} cells, first {named}"
    )


def word_together(cells: Judged, robust: Judged, margin: float, better: Better) -> tuple[Word, str]:
    """The word of both adjusted comparisons: one that only one of them says cannot be told."""
    words = []
    for judged, name in ((cells, "exact cells"), (robust, "the doubly robust estimate")):
        if judged.interval is None or judged.found is None:
            return "cannot_tell", judged.answer.reason or "no interval"
        ends = judged.interval.lower, judged.interval.upper
        word, why = word_of(judged.found.estimate, ends, margin, better)
        if word == "cannot_tell":
            return word, f"{name}: {why}"
        words.append(word)
    if words[0] != words[1]:
        return (
            "cannot_tell",
            f"exact cells say {words[0].replace('_', ' ')}, the doubly robust estimate {words[1].replace('_', ' ')}",
        )
    return words[0], ""
