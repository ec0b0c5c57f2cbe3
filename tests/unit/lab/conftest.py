"""One small simulated day, and one day of each fault at its gross grade."""

from datetime import date

import pytest

from routeproof.lab.cheats import CHEATS
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.simulate import LabDay, simulate_day

SMALL = {"first": date(2026, 7, 1), "last": date(2026, 7, 13), "quotes_per_day": 30_000, "orders_per_day": 600}


def small_config(*planted: Planted, seed: int = 11) -> LabConfig:
    """Honest P1 and a P2 with the given faults, few orders and quotes."""
    return LabConfig(seed=seed, providers=(Provider("P1"), Provider("P2", planted=planted)), **SMALL)


@pytest.fixture(scope="session")
def honest_config() -> LabConfig:
    """Two honest providers."""
    return small_config()


@pytest.fixture(scope="session")
def honest_day(honest_config: LabConfig) -> LabDay:
    """One day of honest flow."""
    return simulate_day(honest_config, honest_config.quarter[0])


@pytest.fixture(scope="session")
def cheating_days() -> dict[str, LabDay]:
    """By cheat: a day on which P2 has that fault alone, at its gross grade."""
    days = {}
    for cheat in CHEATS:
        config = small_config(Planted(cheat.name, cheat.grades[2]))
        days[cheat.name] = simulate_day(config, config.quarter[0])
    return days
