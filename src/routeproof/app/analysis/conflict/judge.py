"""One provider judged: the pull of each inducement, what it cost, and whether both together are more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from routeproof.app.analysis.conflict.by_week import pull_p_by_week
from routeproof.app.analysis.conflict.pull import KINDS, Pull, pull_of
from routeproof.app.analysis.conflict.study import Inducements, Study, Week, judged_weeks, loss_of
from routeproof.evidence.compare import Estimate, estimate_mean
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import rounded_down, settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.evidence.choice.loss import Loss
    from routeproof.evidence.partials import Floats, Ints
    from routeproof.policy.analysis.conflicts import ConflictsPolicy
    from routeproof.policy.thresholds import EvidenceStandards

AT_COST, NO_COST, NO_PULL, CANNOT_TELL = (
    "pulls at customers' cost", "pulls, no cost shown", "no pull shown", "cannot tell",
)  # fmt: skip
NO_VENUES = "no week of orders with earlier ones to predict quality from, or no venue to choose from"
NO_VARIATION = {
    "payment": "all venues within reach pay alike",
    "tie": "neither conflicts register nor table of venues has a venue within reach under one roof with the provider",
    "arrangement": "no venue within reach is named by another arrangement in the conflicts register",
}


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What was found of one inducement.

    Attributes:
        kind: `payment`, `tie` or `arrangement`.
        loss: by day and cell, against venues with less of it; `None` where it does not vary.
        per_share: customers' loss per share routed, USD; of orders that rest, share of them unfilled.
        pull_p, loss_p: one-sided chances of each part without it; `p` the larger, so that both have to show.
        reason: why nothing can be told.
    """

    kind: str
    loss: Loss | None
    per_share: Estimate | None
    pull_p: float | None
    loss_p: float | None
    p: float | None
    reason: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A provider's study with all that was found.

    Attributes:
        study: the choices.
        weeks: those that are judged.
        days: places of the judged days in the study.
        pull: the fitted model, `None` where there is no choice.
        best: loss against the best venue within reach, whatever it pays.
        inducements: each kind.
        untold: venues within reach of which nobody said what they pay.
    """

    study: Study
    weeks: tuple[Week, ...]
    days: Ints
    pull: Pull | None
    best: Loss | None
    inducements: tuple[Judged, ...]
    untold: tuple[str, ...] = ()


def case_of(study: Study, money: Inducements, policy: ConflictsPolicy, standards: EvidenceStandards) -> Case:
    """Judge a study; nothing is compared between providers here."""
    weeks = tuple(judged_weeks(study, policy))
    nothing = np.zeros(0, dtype=np.int64)
    pull = pull_of(study, weeks, money, policy) if weeks else None
    if pull is None:
        refused = tuple(Judged(kind, None, None, None, None, None, NO_VENUES) for kind in KINDS)
        return Case(study, weeks, nothing, None, None, refused)
    days = np.concatenate([week.days for week in weeks])
    best = loss_of(study, weeks, money.net, None, policy)
    p = {name: test.p_above for name, test in pull.tests.items()}
    if study.rests:
        p = {name: max(p[name], by_week) for name, by_week in pull_p_by_week(study, pull, money, policy).items()}
    untold = _untold(study, weeks, money)
    judged = tuple(
        Judged(kind, None, None, None, None, None, unknown_pay(untold))
        if kind == "payment" and untold
        else _judged(kind, study, weeks, days, pull, p, money, policy, standards)
        for kind in KINDS
    )
    return Case(study, weeks, days, pull, best, judged, untold)


def unknown_pay(venues: Sequence[str]) -> str:
    """Why nothing is said of payment: a venue that nobody stated anything of may pay as well as any."""
    return f"neither a fee schedule nor a payment for this flow is on record of {', '.join(venues)}"


def _untold(study: Study, weeks: Sequence[Week], money: Inducements) -> tuple[str, ...]:
    """Venues within reach in a week on whose days their pay is not known."""
    unknown = np.zeros(len(study.venues), dtype=np.bool_)
    for week in weeks:
        unknown |= week.reachable.any(axis=0) & money.untold[week.days].any(axis=0)
    return tuple(study.venues[place] for place in np.flatnonzero(unknown))


def _judged(
    kind: str,
    study: Study,
    weeks: Sequence[Week],
    days: Ints,
    pull: Pull,
    p: Mapping[str, float],
    money: Inducements,
    policy: ConflictsPolicy,
    standards: EvidenceStandards,
) -> Judged:
    if kind not in pull.names:
        return Judged(kind, None, None, None, None, None, NO_VARIATION[kind])
    if pull.fit.effective_days < standards.least_effective_days:
        needed = f"at least {standards.least_effective_days:g} are needed"
        found = f"{rounded_down(pull.fit.effective_days):.1f} effective days; {needed}"
        return Judged(kind, None, None, None, None, None, found)
    loss = loss_of(study, weeks, money.net, money.of(kind), policy)
    pull_p = p[kind]
    if not loss.moved.any():
        return Judged(kind, loss, None, pull_p, 1.0, 1.0, None)
    per_share = per_share_of(study, days, loss.loss.sum(axis=1), loss.shares.sum(axis=1), standards)
    if per_share.interval is None:
        return Judged(kind, loss, per_share, pull_p, None, None, per_share.reason)
    two_sided = per_share.interval.p_value
    loss_p = settle(two_sided / 2.0 if (per_share.value or 0.0) > 0 else 1.0 - two_sided / 2.0)
    return Judged(kind, loss, per_share, pull_p, loss_p, max(pull_p, loss_p), None)


def per_share_of(study: Study, days: Ints, top: Floats, shares: Floats, standards: EvidenceStandards) -> Estimate:
    """A sum of USD over executed shares with the interval of its days, which are clusters as in the model of choice.

    What moves the market on a day is in a venue's cost and in its stand-in's alike: no further allowance is made for
    days that hang together, but of orders that rest, which are few at a venue and wait for hours.
    """
    ordinal = np.array([study.days[day].toordinal() for day in days], dtype=np.int64)
    parts = Partials.of(day=ordinal, numerator=top, denominator=shares, largest=np.minimum(study.largest[days], shares))
    return estimate_mean(parts, standards, serial=study.rests)


def verdicts(cases: Sequence[Case], policy: ConflictsPolicy) -> list[list[tuple[str, float | None]]]:
    """`(verdict, adjusted p)` of each case's inducements, in their order.

    All inducements of all providers are one family (Holm 1979): the chance of any false accusation is at most `error`,
    and so is that of any pull that is none.
    """
    every = _all(cases)
    adjusted = _adjusted([judged.p for judged in every])
    pulls = _adjusted([None if judged.p is None else judged.pull_p for judged in every])
    least = [_least(case, policy) for case in cases for _ in case.inducements]
    words = [
        _word(judged, adjusted.get(place), pulls.get(place), least[place], policy) for place, judged in enumerate(every)
    ]
    return [words[begin : begin + len(KINDS)] for begin in range(0, len(words), len(KINDS))]


def _adjusted(p_values: Sequence[float | None]) -> dict[int, float]:
    """Adjusted p-values by place, of those that are known."""
    known = [(place, p) for place, p in enumerate(p_values) if p is not None]
    return dict(zip((place for place, _ in known), holm([p for _, p in known]), strict=True))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values in the order given."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    found, reached = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        reached = max(reached, min(1.0, p_values[place] * (len(p_values) - rank)))
        found[place] = settle(reached)
    return found


def _all(cases: Sequence[Case]) -> list[Judged]:
    return [judged for case in cases for judged in case.inducements]


def _least(case: Case, policy: ConflictsPolicy) -> float:
    """Loss per share below which nobody is accused: dollars, or of orders that rest the share unfilled."""
    return policy.least_lost_share if case.study.rests else policy.least_loss_usd_per_share


def _word(
    judged: Judged, adjusted: float | None, pull: float | None, least: float, policy: ConflictsPolicy
) -> tuple[str, float | None]:
    if adjusted is None:
        return CANNOT_TELL, None
    lost = judged.per_share.value if judged.per_share is not None else None
    if adjusted <= policy.error and lost is not None and lost >= least:
        return AT_COST, adjusted
    pulled = pull is not None and pull <= policy.error
    return (NO_COST if pulled else NO_PULL), adjusted
