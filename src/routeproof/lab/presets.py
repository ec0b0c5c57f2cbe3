"""Ready scenarios: the demo, honest flow, and one fault alone for measuring how well it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import cycle
from math import inf

from routeproof.lab.cheats import BY_NAME
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.vocab.errors import UsageError

_MIDDLE_OF_QUARTER = date(2026, 8, 17)


def demo(seed: int = 7, *, days: int | None = None, prior_sessions: int = 12) -> LabConfig:
    """Two providers over 2026Q3: P1 is honest, P2 has five faults, one of them from 17 August.

    The prior period is short and thin on purpose: it is only there so that the scorecard has an own history to compare
    with. `days` keeps the first so many sessions of the quarter.
    """
    faults = (
        Planted("payment_chasing", 0.30),
        Planted("slow_walk", 100),
        Planted("disimprovement", 0.5),
        Planted("undisclosed_venue", 0.01),
        Planted("logic_change", 0.40, from_on=_MIDDLE_OF_QUARTER),
    )
    whole = LabConfig(
        seed=seed,
        prior_sessions=prior_sessions,
        providers=(Provider("P1", outage_on=date(2026, 9, 10)), Provider("P2", decision_us=900, planted=faults)),
        stress_on=(date(2026, 7, 22), date(2026, 8, 5), date(2026, 9, 17)),
        halt_on=date(2026, 7, 29),
        broken_delivery_on=date(2026, 8, 12),
        late_delivery_on=date(2026, 9, 2),
    )
    return _first_days(whole, days)


def honest(seed: int = 7, *, days: int | None = None) -> LabConfig:
    """Two honest providers."""
    return _first_days(LabConfig(seed=seed), days)


def stressed(seed: int = 7, *, days: int | None = None) -> LabConfig:
    """Two honest providers in a hard quarter: what honest flow looks like when much goes wrong.

    Three stress days and a halt; an outage of each provider; a log that arrives truncated and again corrected, and one
    whose end arrives late, both of P1. They are spread over the sessions kept, so that short runs have them all.
    """
    return with_hard_days(_first_days(LabConfig(seed=seed), days))


def certify(cheat: str, grade: int, seed: int = 7, *, days: int | None = None) -> LabConfig:
    """P1 honest, P2 with one fault at grade 0, 1 or 2 on all days; raises as `graded` does."""
    return one_fault(graded(cheat, grade), seed, days=days)


def graded(cheat: str, grade: int) -> Planted:
    """A fault at grade 0, 1 or 2.

    Raises:
        UsageError: if there is no such cheat or grade.
    """
    if cheat not in BY_NAME or grade not in range(3):
        message = f"expected one of {', '.join(BY_NAME)} and a grade 0, 1 or 2, found {cheat!r} and {grade}"
        raise UsageError(message)
    return Planted(cheat, BY_NAME[cheat].grades[grade])


def one_fault(fault: Planted, seed: int = 7, *, days: int | None = None, hard: bool = False) -> LabConfig:
    """P1 honest, P2 with one fault of any intensity.

    Args:
        fault: one of `routeproof.lab.cheats`; its grade in that one's unit, above 0, at most 1 where it is a share.
        seed: of all random numbers.
        days: keep the first so many sessions of the quarter.
        hard: with the events of `stressed`.

    Raises:
        UsageError: if the intensity cannot be.
    """
    unit = BY_NAME[fault.cheat].unit
    if not 0 < fault.grade <= (1 if unit.startswith("share") else inf):
        message = f"expected an intensity above 0 in {unit}, found {fault.grade:g}"
        raise UsageError(message)
    config = LabConfig(seed=seed, providers=(Provider("P1"), Provider("P2", planted=(fault,))))
    kept = _first_days(config, days)
    return with_hard_days(kept) if hard else kept


def with_prior(config: LabConfig, sessions: int) -> LabConfig:
    """With so many full sessions before the first day, in which no fault acts."""
    return replace(config, prior_sessions=sessions, prior_flow=1.0)


def with_hard_days(config: LabConfig) -> LabConfig:
    """With the events of `stressed`, at fixed places of the sessions; providers take turns at two days of outage."""

    def at(place: float) -> date:
        return config.quarter[int(place * len(config.quarter))].day

    outages = cycle((at(0.55), at(0.85)))
    return replace(
        config,
        providers=tuple(replace(one, outage_on=next(outages)) for one in config.providers),
        stress_on=(at(0.15), at(0.4), at(0.9)),
        halt_on=at(0.3),
        broken_delivery_on=at(0.45),
        late_delivery_on=at(0.7),
    )


def _first_days(config: LabConfig, days: int | None) -> LabConfig:
    if days is None or days >= len(config.quarter):
        return config
    if days < 1:
        message = f"expected at least one day, found {days}"
        raise UsageError(message)
    return replace(config, last=config.quarter[days - 1].day)
