"""Orders that rest, judged: answers and rows in shares that stayed unfilled, where those that take are in dollars."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from routeproof.app.analysis.conflict.report import losses_of, pull_answer, total, venue_rows
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from routeproof.app.analysis.conflict.judge import Case
    from routeproof.evidence.answer import Answer
    from routeproof.evidence.choice.loss import Loss
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
RESTING = "resting"
UNFILLED = {
    "best": "shares that stayed unfilled beyond those at the best venue within reach by predicted fills",
    "payment": "shares that stayed unfilled beyond those at the best venue within reach that pays less",
    "tie": "shares that stayed unfilled beyond those at the best venue within reach that is not under the provider's "
    "roof",
    "arrangement": "shares that stayed unfilled beyond those at the best venue within reach without an arrangement",
}
OF_FILLS = (
    "Within order class, spread and distance of the limit from the touch, orders would have filled as those did.",
    "A stand-in is picked from earlier weeks and valued by its own orders of the same week.",
    "An order counts as filled whatever the market did until then; what an unfilled share is worth is not said.",
)
NOT_PRICED = "orders that rest are judged by what stays unfilled, which no price is put on"


def resting_answers(case: Case, standards: EvidenceStandards) -> list[tuple[Answer, Row]]:
    """Answers of one provider's orders that rest, with `about, kind`, and for losses `order_class` and `bound`."""
    found: list[tuple[Answer, Row]] = [
        (pull_answer(case, judged.kind, judged.reason, standards), {"about": "pull", "kind": judged.kind})
        for judged in case.inducements
    ]
    for kind, loss in losses_of(case):
        group = case.study.group
        cuts = [("all", np.ones(len(group), dtype=bool))]
        cuts += [(name, group == number) for number, name in enumerate(case.study.classes)]
        for name, cells in cuts:
            answer = total(case, UNFILLED[kind], loss.loss, (cells, cells), loss, "", standards)
            about = {"about": "loss", "kind": kind, "order_class": name, "bound": "all sizes"}
            found.append((replace(answer, unit="shares", assumptions=OF_FILLS), about))
    return found


def resting_venues(case: Case, standards: EvidenceStandards) -> list[Row]:
    """Dose and response as for orders that take; quality is `predicted_unfilled_share`."""
    rows = venue_rows(case, standards)
    return [
        {"predicted_unfilled_share" if name == "predicted_cost_of_half_spread" else name: value
         for name, value in row.items()}
        for row in rows
    ]  # fmt: skip


def resting_money(case: Case) -> list[Row]:
    """Per order class that rests: shares, and those that stayed unfilled; or why nothing is told."""
    losses = losses_of(case)
    if not losses:
        reason = next((judged.reason for judged in case.inducements if judged.reason), NOT_PRICED)
        whole = case.study.base.sum(axis=0)
        return [
            _row("best", name, float(whole[case.study.group == number].sum()), None, None, reason)
            for number, name in enumerate(case.study.classes)
        ]
    return [_of_class(case, kind, loss, number) for kind, loss in losses for number in range(len(case.study.classes))]


def _of_class(case: Case, kind: str, loss: Loss, number: int) -> Row:
    cells = case.study.group == number
    ordered, moved, lost = (float(one[:, cells].sum()) for one in (loss.shares, loss.moved, loss.loss))
    return _row(kind, case.study.classes[number], ordered, moved, lost, NOT_PRICED)


def _row(kind: str, order_class: str, ordered: float, moved: float | None, lost: float | None, reason: str) -> Row:
    return {
        "kind": kind,
        "order_class": order_class,
        "executed_shares": None,
        "ordered_shares": settle(ordered),
        "shares_with_a_better_venue": None if moved is None else settle(moved),
        "lost_usd": None,
        "earned_usd": None,
        "unfilled_shares": None if lost is None else settle(lost),
        "reason": reason,
    }
