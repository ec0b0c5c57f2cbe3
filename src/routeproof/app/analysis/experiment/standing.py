"""Whether an experiment was run as planned: registration, sample ratio, balance, compliance, looks, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.evidence.experiment.balance import balance, ratio_p
from routeproof.evidence.experiment.randomisation import Units
from routeproof.evidence.quantiles import settle

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.analysis.experiment.units import Read
    from routeproof.governance.experiment import Experiment
    from routeproof.policy.analysis.experiment import ExperimentPolicy

FEWEST_ASTRAY = 10
"""Orders of an arm that went elsewhere, from which on the chi-square law can say whether chance chose them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Sessions of a plan: all `planned`, those `over` by what is on record, and those of them `missing` there."""

    planned: int
    over: tuple[date, ...]
    missing: tuple[date, ...]

    @property
    def all_over(self) -> bool:
        """Whether the last session is over."""
        return len(self.over) >= self.planned


def standing(plan: Experiment, policy: ExperimentPolicy, read: Read, days: Days) -> dict[str, Any]:
    """Whether it was run as planned: sample ratio, balance, compliance, looks; each problem as a sentence."""
    treated = read.orders["treated"].to_numpy().astype(np.bool_)
    n, count = len(treated), int(treated.sum())
    ratio = None if read.units.fixed else ratio_p(count, n, float(plan.share))
    alike = balance(read.units, read.covariates)
    arms = _compliance(plan, read.orders)
    peeks = plan.peeks + (plan.rule == "fixed" and not days.all_over)
    broken = _late(plan)
    if ratio is not None and ratio < policy.broken_chance:
        broken.append(
            f"{count} of {n} eligible orders are assigned to the treatment, "
            f"where {plan.share} was planned (p = {ratio:.2g})"
        )
    if alike.p_value < policy.broken_chance:
        worst = read.names[int(np.argmax(np.abs(alike.z)))]
        broken.append(f"the arms differ in what came before (p = {alike.p_value:.2g}), most in {worst}")
    broken += [
        f"none of the {arm['assigned']} orders assigned to the {arm['arm']} went to {arm['provider']}"
        for arm in arms
        if arm["assigned"] and not arm["complied"]
    ]
    return {
        "assigned": {"treatment": count, "control": n - count, "share": str(plan.share), "ratio_p": ratio},
        "balance": {
            "chi_square": alike.chi_square,
            "df": alike.df,
            "p_value": alike.p_value,
            "covariates": [{"covariate": name, "z": z} for name, z in zip(read.names, alike.z, strict=True)],
        },
        "compliance": {"share": settle(sum(arm["complied"] for arm in arms) / n) if n else 0.0, "arms": arms},
        "peeks": peeks,
        "missing_days": [day.isoformat() for day in days.missing],
        "broken": broken,
        "warnings": [*_astray(policy, read, arms), *_of_days(days, peeks)],
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
        share = went / arm.height if arm.height else None
        rows.append({"arm": name, "provider": provider, "assigned": arm.height, "complied": went, "share": share})
    return rows


def _astray(policy: ExperimentPolicy, read: Read, arms: list[dict[str, Any]]) -> list[str]:
    """Of each arm: too few orders went where they were assigned, or something that was known chose which did."""
    said = []
    for arm in arms:
        where = f"of the {arm['assigned']} orders assigned to the {arm['arm']}"
        if arm["complied"] and arm["share"] < policy.least_complied:
            said.append(
                f"only {arm['share']:.1%} {where} went to {arm['provider']}: the effect of going there is larger"
            )
        if arm["assigned"] - arm["complied"] >= FEWEST_ASTRAY and arm["complied"]:
            said += _chosen(policy, read, arm, where)
    return said


def _chosen(policy: ExperimentPolicy, read: Read, arm: dict[str, Any], where: str) -> list[str]:
    """Whether what was known of an arm's orders when they were assigned tells which of them went elsewhere."""
    own = (read.orders["treated"] == (arm["arm"] == "treatment")).to_numpy()
    astray = (read.orders["provider"] != arm["provider"]).fill_null(value=True).to_numpy()[own]
    units = Units(
        block=read.orders["trading_day"].to_physical().to_numpy()[own].astype(np.int64),
        treated=astray,
        numerator=np.zeros(len(astray)),
        denominator=np.ones(len(astray)),
        share=float(astray.mean()),
        fixed=True,
    )
    found = balance(units, read.of_orders[own])
    if found.p_value >= policy.broken_chance:
        return []
    worst = read.levels[int(np.argmax(np.abs(found.z)))]
    said = f"which {where} went elsewhere ({int(astray.sum())}) depends on what was known before"
    return [f"{said} (p = {found.p_value:.2g}), most on {worst}"]


def _of_days(days: Days, peeks: int) -> list[str]:
    said = []
    if days.missing:
        names = ", ".join(day.isoformat() for day in days.missing)
        said.append(f"no orders are on record of {names}: read without, and late data would change it")
    if peeks:
        said.append(f"looks before the planned days were over: {peeks}; only the sequence holds")
    return said
