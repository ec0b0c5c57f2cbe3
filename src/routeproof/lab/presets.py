"""Ready scenarios: the demo, honest flow, and one fault alone for measuring how well it is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

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


def certify(cheat: str, grade: int, seed: int = 7, *, days: int | None = None) -> LabConfig:
    """P1 honest, P2 with one fault at grade 0, 1 or 2 on all days.

    Raises:
        UsageError: if there is no such cheat or grade.
    """
    if cheat not in BY_NAME or grade not in range(3):
        message = f"expected one of {', '.join(BY_NAME)} and a grade 0, 1 or 2, found {cheat!r} and {grade}"
        raise UsageError(message)
    fault = Planted(cheat, BY_NAME[cheat].grades[grade])
    return _first_days(LabConfig(seed=seed, providers=(Provider("P1"), Provider("P2", planted=(fault,)))), days)


def _first_days(config: LabConfig, days: int | None) -> LabConfig:
    if days is None or days >= len(config.quarter):
        return config
    if days < 1:
        message = f"expected at least one day, found {days}"
        raise UsageError(message)
    return replace(config, last=config.quarter[days - 1].day)
