"""Compare two flows: raw and adjusted side by side, what has no counterpart, what it would take to explain it away."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from routeproof.app.analysis.comparison.figures import balance_figure, balance_rows, interval_figure, overlap_figure
from routeproof.app.analysis.comparison.margins import Margin, margin_of
from routeproof.app.analysis.comparison.sides import pair_of, within
from routeproof.app.analysis.comparison.sums import Wanted, cells_shown, flow_of, metric_of, sums_of
from routeproof.app.analysis.ground import Span, ground_of, plain
from routeproof.app.analysis.headline import headline_of
from routeproof.app.measuring.row_filter import RowFilter, parse_filters
from routeproof.evidence.adjust.side_by_side import side_by_side, word_together
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.evidence.adjust.flow import Flow
    from routeproof.evidence.adjust.side_by_side import SideBySide
    from routeproof.evidence.answer import Answer
    from routeproof.policy.analysis.compare import ComparePolicy

READINGS = (("raw", "as they are"), ("cells", "exact cells"), ("robust", "doubly robust"))
SHOWN = 50
"""Cells without a counterpart that are listed; their number is always told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What is asked: a metric, two sides as they are written, filters of both."""

    metric: str
    subject: str
    against: str
    where: tuple[str, ...] = ()
    span: Span = field(default_factory=Span)

    @property
    def filters(self) -> tuple[RowFilter, ...]:
        """Filters of both sides, that of the provider with them."""
        own = () if self.span.provider is None else (RowFilter("provider", "=", (self.span.provider,)),)
        return (*parse_filters(self.where), *own)


def compare(context: Context, asked: Comparison) -> dict[str, Any]:
    """The comparison as JSON values.

    The headline is the exact one; the word is one that the doubly robust one says too.

    Raises:
        UsageError: a metric that is no mean, sides that are none or overlap, no flow in the span.
    """
    metric, sides = metric_of(asked.metric), pair_of(asked.subject, asked.against)
    ground = within(ground_of(context, asked.span), sides)
    policy = ground.policy.whole.compare.on(ground.days[0]).value
    seed = policy.seed if asked.span.seed is None else asked.span.seed
    standards = replace(ground.policy.whole.book.evidence.on(ground.days[0]).value, bootstrap_seed=seed)
    sums, notes = sums_of(ground, Wanted(metric=metric, sides=sides, where=asked.filters), policy)
    flow = flow_of(sums)
    found = side_by_side(flow, standards, policy, metric.unit)
    answers = [plain(getattr(found, name).answer) | {"reading": words} for name, words in READINGS]
    balanced = balance_rows(flow, found)
    return {
        **ground.stamp(seed),
        **headline_of(answers[1]),
        "metric": metric.name,
        "subject": asked.subject,
        "against": asked.against,
        "where": list(asked.where),
        **_verdict(found, margin_of(ground, metric)),
        "answers": answers,
        "sides": _sides(flow, found),
        "overlap": _overlap(found, policy),
        "lacking": cells_shown(found.lacking[:SHOWN]),
        "lacking_total": len(found.lacking),
        "balance": balanced,
        "sensitivity": None if found.sensitivity is None else asdict(found.sensitivity),
        "strengths": strengths(found),
        "sentences": sentences(found, metric.unit),
        "notes": notes,
        "figures": {
            "difference": interval_figure(answers, metric.unit.replace("_", " ")),
            "overlap": overlap_figure(flow, found, policy.greatest_propensity),
            "balance": balance_figure(balanced),
        },
    }


def _verdict(found: SideBySide, margin: Margin) -> dict[str, Any]:
    """The word at the policy's margin; without a margin nothing is judged."""
    if margin.value is None or margin.better is None:
        return {"verdict": "cannot_tell", "verdict_reason": margin.reason, "margin": margin.value}
    word, reason = word_together(found.cells, found.robust, margin.value, margin.better)
    return {"verdict": word, "verdict_reason": reason, "margin": margin.value}


def _sides(flow: Flow, found: SideBySide) -> list[dict[str, Any]]:
    rows = []
    for subject, name in ((True, "subject"), (False, "benchmark")):
        side = flow.side(subject=subject)
        adjusted = {
            key: None
            if (one := getattr(found, key).found) is None
            else settle(one.subject if subject else one.benchmark)
            for key, _ in READINGS
        }
        rows.append(
            {
                "side": name,
                "orders": int(side.orders.sum()),
                "days": len(set(side.day.tolist())),
                "value": side.value,
                **adjusted,
            }
        )
    return rows


def _overlap(found: SideBySide, policy: ComparePolicy) -> dict[str, Any]:
    cells, robust = found.cells.found, found.robust.found
    return {
        "cells": None if cells is None else settle(cells.overlap),
        "cells_compared": None if cells is None else int(cells.kept.sum()),
        "propensity": None if robust is None else settle(robust.overlap),
        "greatest_propensity": policy.greatest_propensity,
    }


def strengths(found: SideBySide) -> list[dict[str, Any]]:
    """What something unmeasured would have to be, beside what each measured dimension is; nothing without an answer.

    `what`; `of_values` and `of_choice`, the shares of what is left of either that it explains; `moves`, how far that
    could move the difference, in the metric's unit (null for the interval's end, which has no one distance).
    """
    known, estimate = found.sensitivity, found.cells.answer.estimate
    if known is None or estimate is None:
        return []
    asked: list[tuple[str, float, float | None]] = [
        ("unmeasured, for the difference to be zero", known.robustness, abs(estimate))
    ]
    if known.of_interval is not None:
        asked.append(("unmeasured, for the interval to reach zero", known.of_interval, None))
    measured = sorted(known.benchmarks, key=lambda one: -one.bias)
    return [
        *({"what": what, "of_values": share, "of_choice": share, "moves": moves} for what, share, moves in asked),
        *(
            {
                "what": one.dimension.replace("_", " "),
                "of_values": one.outcome,
                "of_choice": one.choice,
                "moves": one.bias,
            }
            for one in measured
        ),
    ]


def sentences(found: SideBySide, unit: str) -> list[str]:
    """What a reader should know, in sentences made from the numbers."""
    said = []
    shown = unit.replace("_", " ")
    raw, cells = found.raw.answer, found.cells.answer
    if raw.estimate is not None and cells.estimate is not None:
        said.append(
            f"As they are the flows differ by {raw.estimate:+.4g} {shown}; like with like by {cells.estimate:+.4g}."
        )
        if _sign(raw) * _sign(cells) < 0:
            said.append("The sign turns, beyond chance: the flows are of different kinds (Simpson's paradox).")
    if found.cells.found is not None:
        said.append(f"{found.cells.found.overlap:.0%} of the subject's volume has a counterpart.")
    if found.sensitivity is not None:
        said.append(_strength(found))
    return said


def _sign(answer: Answer) -> int:
    """The sign that the interval establishes; 0 where it includes zero or there is none."""
    if answer.lower is None or answer.upper is None:
        return 0
    return int(answer.lower > 0.0) - int(answer.upper < 0.0)


def _strength(found: SideBySide) -> str:
    known = found.sensitivity
    if known is None:
        return ""
    said = (
        f"Something unmeasured that explains {known.robustness:.1%} of what is left of both the values and the choice "
        "of flow would bring the difference to zero"
    )
    strongest = max(known.benchmarks, key=lambda one: one.bias, default=None)
    if strongest is None:
        return f"{said}."
    return (
        f"{said}; the strongest measured dimension, {strongest.dimension.replace('_', ' ')}, explains "
        f"{strongest.outcome:.1%} of the values and {strongest.choice:.1%} of the choice."
    )
