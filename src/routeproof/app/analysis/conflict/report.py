"""A judged case as answers and rows: pulls, losses by order class, dose and response by venue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from routeproof.app.analysis.choices.venue_routes import WITHIN
from routeproof.app.analysis.conflict.judge import per_share_of, unknown_pay
from routeproof.app.analysis.conflict.pull import UNITS
from routeproof.evidence.answer import Answer, refused
from routeproof.evidence.compare import estimate_mean
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle, student_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.conflict.judge import Case, Judged
    from routeproof.evidence.choice.loss import Loss
    from routeproof.evidence.partials import Floats
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
POWER = 0.8
PULLED = {
    "payment": "log odds of being tried first that a cent per 100 shares of net payment adds, predicted quality being "
    "equal",
    "tie": "log odds of being tried first that common ownership adds, payment and predicted quality being equal",
    "arrangement": "log odds of being tried first that another declared arrangement adds, payment and predicted "
    "quality being equal",
}
LOST = {
    "best": "customers' cost beyond that of the best venue within reach by predicted quality",
    "payment": "customers' cost beyond that of the best venue within reach that pays less",
    "tie": "customers' cost beyond that of the best venue within reach that is not under the provider's roof",
    "arrangement": "customers' cost beyond that of the best venue within reach without an arrangement",
}
OF_CHOICE = (
    "The venue tried first is the choice; orders of one day hang together, days do not.",
    "Quality that matters to the router and is not in cost, fill and who shows the best price is unrelated to payment.",
    "Venues within reach are those that the provider used for the order class lately.",
)
OF_LOSS = (
    "Within order class, spread and size against displayed, orders would have fared elsewhere as those there did.",
    "A stand-in is picked from earlier weeks and valued by its own fills of the same week.",
    "Cost is against the midpoint when the first route was sent; shares that stayed unfilled carry no cost.",
)
DISPLAYED_ONLY = "Bound: only orders within the displayed size could have been filled at the stand-in's usual cost."
ALL_SIZES = "Bound: a stand-in could have taken every order of the cell at its usual cost, displayed or not."


def provider_answers(case: Case, standards: EvidenceStandards) -> list[tuple[Answer, Row]]:
    """Answers of one provider, each with `about` (`pull`, `loss`, `earned`), `kind`, and for money `order_class`."""
    found: list[tuple[Answer, Row]] = [
        (pull_answer(case, judged.kind, judged.reason, standards), {"about": "pull", "kind": judged.kind})
        for judged in case.inducements
    ]
    for kind, loss in losses_of(case):
        found += _loss_answers(case, kind, loss, standards)
    return found


def losses_of(case: Case) -> list[tuple[str, Loss]]:
    """Losses that could be valued, by the kind of stand-in: the best venue, and those with less of an inducement."""
    named = [("best", case.best), *((judged.kind, judged.loss) for judged in case.inducements)]
    return [(kind, loss) for kind, loss in named if loss is not None]


def pull_answer(case: Case, kind: str, reason: str | None, standards: EvidenceStandards) -> Answer:
    """The pull of an inducement, or the reason why nothing is told."""
    n = case.pull.choices.n if case.pull else 0
    if case.pull is None or reason is not None:
        return refused(PULLED[kind], UNITS[kind], reason or "", n=n, counted="orders", assumptions=OF_CHOICE)
    place = case.pull.names.index(kind)
    estimate, lower, upper = case.pull.fit.interval(place, standards.confidence)
    error = float(np.sqrt(case.pull.fit.covariance[place, place]))
    reach = student_quantile(0.5 + standards.confidence / 2, case.pull.fit.df) + student_quantile(
        POWER, case.pull.fit.df
    )
    return Answer(
        estimand=PULLED[kind], unit=UNITS[kind], n=n, counted="orders", assumptions=OF_CHOICE,
        estimate=estimate, lower=lower, upper=upper, detectable=settle(reach * error),
    )  # fmt: skip


def _loss_answers(case: Case, kind: str, loss: Loss, standards: EvidenceStandards) -> list[tuple[Answer, Row]]:
    found = []
    group, within = case.study.group, np.array([cell[2] == WITHIN for cell in case.study.cells])
    cuts: list[tuple[str, Floats]] = [("all", np.ones(len(group), dtype=bool))]
    cuts += [(name, group == number) for number, name in enumerate(case.study.classes)]
    for name, cells in cuts:
        for bound, chosen, said in (
            ("displayed only", cells & within, DISPLAYED_ONLY),
            ("all sizes", cells, ALL_SIZES),
        ):
            about = {"kind": kind, "order_class": name, "bound": bound}
            found.append(
                (total(case, LOST[kind], loss.loss, (chosen, cells), loss, said, standards), {"about": "loss"} | about)
            )
        earned = "what the router earned more than the stand-ins would have paid"
        answer = (
            refused(earned, "USD", unknown_pay(case.untold), counted="orders", assumptions=(*OF_LOSS, ALL_SIZES))
            if case.untold
            else total(case, earned, loss.earned, (cells, cells), loss, ALL_SIZES, standards)
        )
        found.append((answer, {"about": "earned", "kind": kind, "order_class": name, "bound": "all sizes"}))
    return found


def total(
    case: Case,
    estimand: str,
    values: Floats,
    cells: tuple[Floats, Floats],
    loss: Loss,
    bound: str,
    standards: EvidenceStandards,
) -> Answer:
    """A total, in USD: the daily sums of some cells over the shares of all of them, times those shares."""
    summed, of_all = cells
    top, shares = values[:, summed].sum(axis=1), loss.shares[:, of_all].sum(axis=1)
    n = round(float(case.study.n[case.days][:, of_all].sum()))
    assumptions = (*OF_LOSS, bound)
    if not top.any():
        reason = "for no order was something better to be expected"
        return refused(estimand, "USD", reason, n=n, counted="orders", assumptions=assumptions)
    per_share = per_share_of(case.study, case.days, top, shares, standards)
    if per_share.interval is None or per_share.value is None:
        return refused(estimand, "USD", per_share.reason or "", n=n, counted="orders", assumptions=assumptions)
    total = float(shares.sum())
    return Answer(
        estimand=estimand, unit="USD", n=n, counted="orders", assumptions=assumptions,
        estimate=settle(per_share.value * total), lower=settle(per_share.interval.lower * total),
        upper=settle(per_share.interval.upper * total), detectable=settle(per_share.interval.detectable * total),
    )  # fmt: skip


def provider_row(case: Case, said: Sequence[tuple[str, float | None]], standards: EvidenceStandards) -> Row:
    """`findings`, `venues` and `money` of one provider."""
    findings = [
        {
            "kind": judged.kind,
            "verdict": verdict,
            "p": adjusted,
            "pull_p": judged.pull_p,
            "loss_p": judged.loss_p,
            "loss_usd_per_share": None if case.study.rests else _per_share(judged),
            "loss_share_unfilled": _per_share(judged) if case.study.rests else None,
            "reason": judged.reason,
        }
        for judged, (verdict, adjusted) in zip(case.inducements, said, strict=True)
    ]
    if case.study.rests:
        return {"findings": findings}
    return {"findings": findings, "venues": venue_rows(case, standards), "money": _money(case)}


def _per_share(judged: Judged) -> float | None:
    return judged.per_share.value if judged.per_share else None


def venue_rows(case: Case, standards: EvidenceStandards) -> list[Row]:
    """Each venue's dose (net payment) and response: orders it got over orders that quality alone would have given."""
    if case.pull is None:
        return []
    choices = case.pull.choices
    made = np.bincount(choices.group, weights=choices.count)[choices.group]
    expected = made * case.pull.without
    rows = []
    for number, name in enumerate(case.study.venues):
        at = case.pull.venue == number
        if not at.any():
            continue
        parts = Partials.of(
            day=choices.day[choices.group[at]], numerator=choices.count[at], denominator=expected[at],
            largest=np.minimum(expected[at], 1.0),
        )  # fmt: skip
        ratio = estimate_mean(parts, standards, serial=False)
        seen = case.study.n[case.days][:, :, number].sum(axis=0)
        quality = case.weeks[-1].predicted.ratio[:, number]
        rows.append(
            {
                "venue": name,
                "net_payment_cents_per_hundred_shares": None
                if name in case.untold
                else settle(float(np.mean(case.pull.cash[at]))),
                "orders": round(float(choices.count[at].sum())),
                "expected_orders": settle(float(expected[at].sum())),
                "response": ratio.value,
                "lower": ratio.interval.lower if ratio.interval else None,
                "upper": ratio.interval.upper if ratio.interval else None,
                "reason": ratio.reason,
                "predicted_cost_of_half_spread": settle(float((quality * seen).sum() / seen.sum()))
                if seen.any()
                else None,
            }
        )
    return rows


def _money(case: Case) -> list[Row]:
    """Per order class: shares, customers' loss and the router's extra earning, for each kind of stand-in."""
    rows = []
    for kind, loss in losses_of(case):
        for number, name in enumerate(case.study.classes):
            cells = case.study.group == number
            rows.append(
                {
                    "kind": kind,
                    "order_class": name,
                    "executed_shares": settle(float(loss.shares[:, cells].sum())),
                    "ordered_shares": settle(float(case.study.ordered[case.days][:, cells].sum())),
                    "shares_with_a_better_venue": settle(float(loss.moved[:, cells].sum())),
                    "lost_usd": settle(float(loss.loss[:, cells].sum())),
                    "earned_usd": None if case.untold else settle(float(loss.earned[:, cells].sum())),
                    "unfilled_shares": None,
                    "reason": None,
                }
            )
    return rows
