"""Read an experiment: what the treatment does, whether it was run as planned, and a record of every look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.comparison.features import DIMENSIONS
from routeproof.app.analysis.experiment.figures import sequence_figure
from routeproof.app.analysis.experiment.measured import orders_of
from routeproof.app.analysis.experiment.planned import experiment_of, sessions_of
from routeproof.app.analysis.experiment.unread import DESIGN
from routeproof.app.analysis.ground import Ground, Span, ground_of, plain
from routeproof.app.analysis.headline import headline_of
from routeproof.app.objects.act import act
from routeproof.evidence.answer import Answer, refused
from routeproof.evidence.experiment.balance import balance, ratio_p
from routeproof.evidence.experiment.randomisation import Units, effect
from routeproof.evidence.experiment.sequence import Sequence, sequence
from routeproof.evidence.quantiles import settle
from routeproof.governance.decider import refuse
from routeproof.governance.experiment import EXPERIMENT, Experiment
from routeproof.metrics.registry import BY_NAME

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.policy.analysis.experiment import ExperimentPolicy

CONSTANT = "the interval holds for an effect that is the same for every order; the p-value needs nothing"
DAILY = "each day's difference is about normal, with one variance, and days are independent given the assignment"
INTENTION = "by intention to treat: orders count where they were assigned, wherever they went"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The orders as units of the design, with what was known of them before."""

    units: Units
    day: np.ndarray
    covariates: np.ndarray
    names: tuple[str, ...]
    orders: pl.DataFrame


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
    days = [day for day in sessions_of(plan, ground.policy.whole.calendar) if day in ground.days]
    read = _read(plan, orders_of(ground, plan, days, ground.policy.whole.compare.on(plan.first_on).value))
    found = _found(ground, plan, policy, read, days)
    look = {
        "through": ground.days[-1].isoformat(),
        "days": len(days),
        "manifest": ground.source.manifest,
        "orders": read.orders.height,
        **{member: found[member] for member in ("estimate", "lower", "upper", "reason")},
    }
    state = act(context, EXPERIMENT, name, "look", look)
    return {**found, "looks": len(state["looks"]), "ledger_index": state["ledger_index"]}


def _read(plan: Experiment, orders: pl.DataFrame) -> _Read:
    """By order each order is a unit of its day; by block each day and security is one."""
    levels = [(name, word) for name in DIMENSIONS for word in orders[name].unique().sort().to_list()]
    marked = orders.with_columns(
        (pl.col(name) == word).cast(pl.Float64).alias(f"{name}: {word}") for name, word in levels
    )
    names = tuple(f"{name}: {word}" for name, word in levels)
    if plan.unit == "day_symbol":
        marked = (
            marked.group_by("trading_day", "symbol", "treated")
            .agg(pl.col("numerator", "denominator", *names).sum(), pl.len().cast(pl.Float64).alias("orders"))
            .sort("trading_day", "symbol")
        )
        names = ("orders", *names)
    day = marked["trading_day"].cast(pl.Int32).cast(pl.Int64).to_numpy()
    units = Units(
        block=day,
        treated=marked["treated"].to_numpy().astype(np.bool_),
        numerator=marked["numerator"].to_numpy(),
        denominator=marked["denominator"].to_numpy(),
        share=float(plan.share),
        fixed=plan.unit == "day_symbol",
    )
    return _Read(units=units, day=day, covariates=marked.select(names).to_numpy(), names=names, orders=orders)


def _found(ground: Ground, plan: Experiment, policy: ExperimentPolicy, read: _Read, days: list[date]) -> dict[str, Any]:
    unit = BY_NAME[plan.metric].unit
    standing = _standing(plan, policy, read, len(days))
    confidence = ground.policy.whole.book.evidence.on(plan.first_on).value.confidence
    drawn, test = _by_draws(plan, policy, read, confidence, unit)
    told = sequence(read.units, read.day, confidence, policy.tightest_days, policy.burn_in_days)
    running = _by_sequence(told, read, unit)
    by_rule = running if plan.rule == "sequence" or standing["peeks"] else drawn
    broken = standing["broken"]
    headline = _refused(by_rule, f"the experiment is broken: {'; '.join(broken)}") if broken else by_rule
    if not broken and plan.rule == "fixed" and len(days) < plan.days:
        headline = _refused(
            headline, f"{len(days)} of {plan.days} days are over, and the rule is to read once, after all"
        )
    answers = [plain(drawn) | {"reading": "randomisation"} | test, plain(running) | {"reading": "sequence"}]
    return {
        **ground.stamp(plan.seed),
        **headline_of(plain(headline)),
        "experiment": plan.id,
        "metric": plan.metric,
        "treatment": plan.treatment,
        "control": plan.control,
        "planned_days": plan.days,
        "rule": plan.rule,
        "read_by": "sequence" if by_rule is running else "randomisation",
        **standing,
        "answers": answers,
        "sequence": [
            {"day": _iso(day), "mean": mean, "lower": low, "upper": high}
            for day, mean, low, high in zip(told.day, told.mean, told.lower, told.upper, strict=True)
        ],
        "first_clear": None if told.first_clear is None else _iso(told.first_clear),
        "figures": {"sequence": sequence_figure(told, unit)},
    }


def _iso(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _by_draws(
    plan: Experiment, policy: ExperimentPolicy, read: _Read, confidence: float, unit: str
) -> tuple[Answer, dict[str, Any]]:
    estimand = f"{plan.treatment} less {plan.control} within days, by assignment"
    found = effect(read.units, confidence, policy.draws, policy.most_enumerated, plan.seed)
    nothing = {"p_value": None, "assignments": 0, "exhaustive": False}
    if found is None:
        reason = "no day has measured orders of both arms"
        answer = refused(estimand, unit, reason, n=read.orders.height, counted="eligible orders", assumptions=(DESIGN,))
        return answer, nothing
    test = {"p_value": found.p_value, "assignments": found.assignments, "exhaustive": found.exhaustive}
    assumptions = (DESIGN, CONSTANT, INTENTION)
    if found.lower is None or found.upper is None:
        reason = f"too few assignments are possible ({found.assignments}) for any of them to be rare"
        counted = "eligible orders"
        return refused(estimand, unit, reason, n=read.orders.height, counted=counted, assumptions=assumptions), test
    ends = {"estimate": found.estimate, "lower": found.lower, "upper": found.upper}
    return _answer(estimand, unit, read, assumptions, ends), test


def _by_sequence(told: Sequence, read: _Read, unit: str) -> Answer:
    estimand = "treatment less control within days, by an interval that may be looked at every day"
    assumptions = (DESIGN, DAILY, INTENTION)
    if not told.day or told.lower[-1] is None:
        reason = f"{len(told.day)} days with both arms are too few to say anything yet"
        return refused(estimand, unit, reason, n=read.orders.height, counted="eligible orders", assumptions=assumptions)
    ends = {"estimate": told.mean[-1], "lower": told.lower[-1], "upper": told.upper[-1]}
    return _answer(estimand, unit, read, assumptions, ends)


def _answer(estimand: str, unit: str, read: _Read, assumptions: tuple[str, ...], ends: dict[str, Any]) -> Answer:
    n = read.orders.height
    return Answer(estimand=estimand, unit=unit, n=n, counted="eligible orders", assumptions=assumptions, **ends)


def _refused(answer: Answer, reason: str) -> Answer:
    return refused(
        answer.estimand, answer.unit, reason, n=answer.n, counted=answer.counted, assumptions=answer.assumptions
    )


def _standing(plan: Experiment, policy: ExperimentPolicy, read: _Read, days: int) -> dict[str, Any]:
    """Whether it was run as planned: sample ratio, balance, compliance, looks; each problem as a sentence."""
    treated = read.orders["treated"].to_numpy().astype(np.bool_)
    n, count = len(treated), int(treated.sum())
    ratio = None if read.units.fixed else ratio_p(count, n, float(plan.share))
    alike = balance(read.units, read.covariates)
    arms = _compliance(plan, read.orders)
    peeks = plan.peeks + (plan.rule == "fixed" and days < plan.days)
    broken = _late(plan)
    if ratio is not None and ratio < policy.broken_chance:
        broken.append(
            f"{count} of {n} eligible orders are assigned to the treatment, "
            f"where {plan.share} was planned (p = {ratio:.2g})"
        )
    if alike.p_value < policy.broken_chance:
        worst = read.names[int(np.argmax(np.abs(alike.z)))]
        broken.append(f"the arms differ in what came before (p = {alike.p_value:.2g}), most in {worst}")
    complied = sum(arm["complied"] for arm in arms) / n if n else 0.0
    warnings = []
    if n and complied < policy.least_complied:
        warnings.append(
            f"only {complied:.1%} of the orders went where they were assigned: the effect of going there is larger"
        )
    if peeks:
        warnings.append(f"looks before the planned days were over: {peeks}; only the sequence holds")
    return {
        "assigned": {"treatment": count, "control": n - count, "share": str(plan.share), "ratio_p": ratio},
        "balance": {
            "chi_square": alike.chi_square,
            "df": alike.df,
            "p_value": alike.p_value,
            "covariates": [{"covariate": name, "z": z} for name, z in zip(read.names, alike.z, strict=True)],
        },
        "compliance": {"share": settle(complied), "arms": arms},
        "peeks": peeks,
        "broken": broken,
        "warnings": warnings,
    }


def _late(plan: Experiment) -> list[str]:
    """A plan counts from when it was written down, whatever day it is dated."""
    if plan.registered_on is None or plan.registered_on < plan.first_on:
        return []
    return [f"it was registered on {plan.registered_on}, when it had begun ({plan.first_on})"]


def _compliance(plan: Experiment, orders: pl.DataFrame) -> list[dict[str, Any]]:
    rows = []
    for name, treated, provider in (("treatment", True, plan.treatment), ("control", False, plan.control)):
        arm = orders.filter(pl.col("treated") == treated)
        went = int((arm["provider"] == provider).sum())
        rows.append(
            {"arm": name, "assigned": arm.height, "complied": went, "share": went / arm.height if arm.height else None}
        )
    return rows
