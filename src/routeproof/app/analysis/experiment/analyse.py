"""Read an experiment: what the treatment does, whether it was run as planned, and a record of every look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from routeproof.app.analysis.experiment.figures import sequence_figure
from routeproof.app.analysis.experiment.measured import orders_of
from routeproof.app.analysis.experiment.planned import experiment_of, sessions_of
from routeproof.app.analysis.experiment.standing import Days, standing
from routeproof.app.analysis.experiment.units import Read, read_of
from routeproof.app.analysis.experiment.unread import DESIGN
from routeproof.app.analysis.ground import Ground, Span, ground_of, plain
from routeproof.app.analysis.headline import headline_of
from routeproof.app.objects.act import act
from routeproof.evidence.answer import Answer, refused
from routeproof.evidence.experiment.randomisation import effect
from routeproof.evidence.experiment.sequence import Sequence, sequence
from routeproof.governance.decider import refuse
from routeproof.governance.experiment import EXPERIMENT, Experiment
from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.policy.analysis.experiment import ExperimentPolicy

CONSTANT = "the interval holds for an effect that is the same for every order; the p-value needs nothing"
DAILY = "each day's difference is about normal, with one variance, and days are independent given the assignment"
BY_SEQUENCE = "it may be looked at early, or was, so that only the sequence holds"
NO_TEST = {"p_value": None, "assignments": 0, "exhaustive": False}
UNTOLD = Sequence(day=(), mean=(), lower=(), upper=())
INTENTION = "by intention to treat: orders count where they were assigned, wherever they went"


def analyse(context: Context, name: str, last: date | None = None) -> dict[str, Any]:
    """Read the experiment up to a day, or the newest; the look is recorded.

    Raises:
        UsageError: no such experiment, or no flow in its days.
        RefusalError: it is not assigned yet, or the person may not look.
    """
    plan = experiment_of(context, name)
    if plan.assignment is None:
        refuse("wrong_state", f"expected {name} to be assigned, found it {plan.state}: `routeproof experiment assign`")
    ground = ground_of(
        context, Span(first=plan.first_on, last=min(last or plan.assignment.last_on, plan.assignment.last_on))
    )
    policy = ground.policy.whole.experiment.on(plan.first_on).value
    days = _days(ground, plan, last)
    seen = [day for day in days.over if day not in days.missing]
    read = read_of(plan, orders_of(ground, plan, seen, ground.policy.whole.compare.on(plan.first_on).value))
    found = _found(ground, plan, policy, read, days)
    look = {
        "through": ground.days[-1].isoformat(),
        "days": len(days.over),
        "manifest": ground.source.manifest,
        "orders": read.orders.height,
        **{member: found[member] for member in ("estimate", "lower", "upper", "reason")},
    }
    state = act(context, EXPERIMENT, name, "look", look)
    return {**found, "looks": len(state["looks"]), "ledger_index": state["ledger_index"]}


def _days(ground: Ground, plan: Experiment, last: date | None) -> Days:
    """A session is over if it is not after the newest day on record, whether or not orders of it are."""
    sessions = sessions_of(plan, ground.policy.whole.calendar)
    newest = ground.source.days()[-1]
    over = tuple(day for day in sessions if day <= min(last or newest, newest))
    return Days(planned=plan.days, over=over, missing=tuple(day for day in over if day not in ground.days))


def _found(ground: Ground, plan: Experiment, policy: ExperimentPolicy, read: Read, days: Days) -> dict[str, Any]:
    unit = BY_NAME[plan.metric].unit
    stands = standing(plan, policy, read, days)
    confidence = ground.policy.whole.book.evidence.on(plan.first_on).value.confidence
    drawn, test = _by_draws(plan, policy, read, confidence, unit)
    told = sequence(read.units, read.day, confidence, policy.tightest_days, policy.burn_in_days)
    running = _by_sequence(told, read, unit)
    silent = _silent(plan, stands["broken"], days)
    by_sequence = plan.rule == "sequence" or bool(stands["peeks"])
    apart = silent or (BY_SEQUENCE if by_sequence else None)
    if apart:
        drawn, test = _refused(drawn, apart), NO_TEST
    if silent:
        running, told = _refused(running, silent), UNTOLD
    return {
        **ground.stamp(plan.seed),
        **headline_of(plain(running if by_sequence else drawn)),
        "experiment": plan.id,
        "metric": plan.metric,
        "treatment": plan.treatment,
        "control": plan.control,
        "planned_days": plan.days,
        "days_over": len(days.over),
        "rule": plan.rule,
        "read_by": "sequence" if by_sequence else "randomisation",
        **stands,
        "answers": [plain(drawn) | {"reading": "randomisation"} | test, plain(running) | {"reading": "sequence"}],
        "sequence": [
            {"day": _iso(day), "mean": mean, "lower": low, "upper": high}
            for day, mean, low, high in zip(told.day, told.mean, told.lower, told.upper, strict=True)
        ],
        "first_clear": None if told.first_clear is None else _iso(told.first_clear),
        "figures": {} if silent else {"sequence": sequence_figure(told, unit)},
    }


def _silent(plan: Experiment, broken: list[str], days: Days) -> str | None:
    """Why no reading may say anything: whoever sees a number of it has looked, whatever the headline says."""
    if broken:
        return f"the experiment is broken: {'; '.join(broken)}"
    if plan.rule == "fixed" and not days.all_over:
        return f"{len(days.over)} of {plan.days} days are over, and the rule is to read once, after all"
    return None


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _by_draws(
    plan: Experiment, policy: ExperimentPolicy, read: Read, confidence: float, unit: str
) -> tuple[Answer, dict[str, Any]]:
    estimand = f"{plan.treatment} less {plan.control} within days, by assignment"
    found = effect(read.units, confidence, policy.draws, policy.most_enumerated, plan.seed)
    if found is None:
        reason = "no day has measured orders of both arms"
        answer = refused(estimand, unit, reason, n=read.orders.height, counted="eligible orders", assumptions=(DESIGN,))
        return answer, NO_TEST
    test = {"p_value": found.p_value, "assignments": found.assignments, "exhaustive": found.exhaustive}
    assumptions = (DESIGN, CONSTANT, INTENTION)
    if found.lower is None or found.upper is None:
        reason = f"too few assignments are possible ({found.assignments}) for any of them to be rare"
        counted = "eligible orders"
        return refused(estimand, unit, reason, n=read.orders.height, counted=counted, assumptions=assumptions), test
    ends = {"estimate": found.estimate, "lower": found.lower, "upper": found.upper}
    return _answer(estimand, unit, read, assumptions, ends), test


def _by_sequence(told: Sequence, read: Read, unit: str) -> Answer:
    estimand = "treatment less control within days, by an interval that may be looked at every day"
    assumptions = (DESIGN, DAILY, INTENTION)
    if not told.day or told.lower[-1] is None:
        reason = f"{len(told.day)} days with both arms are too few to say anything yet"
        return refused(estimand, unit, reason, n=read.orders.height, counted="eligible orders", assumptions=assumptions)
    ends = {"estimate": told.mean[-1], "lower": told.lower[-1], "upper": told.upper[-1]}
    return _answer(estimand, unit, read, assumptions, ends)


def _answer(estimand: str, unit: str, read: Read, assumptions: tuple[str, ...], ends: dict[str, Any]) -> Answer:
    n = read.orders.height
    return Answer(estimand=estimand, unit=unit, n=n, counted="eligible orders", assumptions=assumptions, **ends)


def _refused(answer: Answer, reason: str) -> Answer:
    return refused(
        answer.estimand, answer.unit, reason, n=answer.n, counted=answer.counted, assumptions=answer.assumptions
    )
