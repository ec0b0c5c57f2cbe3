"""Simulated worlds whose faults are known, judged day by day: what was found of which provider, and when."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.take_delivery import take_delivery
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.monitoring.run_day import run_day
from routeproof.app.objects.act import act
from routeproof.app.provider.file import provider_around
from routeproof.governance.provider.noun import PROVIDER
from routeproof.lab.config import LabConfig, Planted, Provider
from routeproof.lab.delivery import write_delivery
from routeproof.lab.presets import with_hard_days, with_prior
from routeproof.lab.universe import VENUES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

ACTIONABLE = ("critical", "high", "medium")
"""Severities that open a case."""
ANALYST = "ann"
PEOPLE = {"unprotected_keys": True, "person": [{"id": ANALYST, "name": "Ann", "roles": ["analyst"]}]}
_AFTER_ALL_NS = 1_800_000_000 * 10**9
"""When the days are judged: January 2027, after all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One market with several providers, so that many faults cost one market.

    Attributes:
        seed: of all random numbers.
        faults: each of a provider of its own, from the first of `days` on.
        honest: further providers without a fault.
        days: sessions that are counted.
        prior: sessions before them, without faults.
        orders: parent orders per provider and session, at least.
        quotes: best quotes per session, about.
        hard: with stress days, a halt, outages, and late and broken files.
        drift_ms: largest distance of each provider's clock from true time.
    """

    seed: int
    faults: tuple[Planted, ...] = ()
    honest: int = 1
    days: int = 20
    prior: int = 0
    orders: int = 1010
    quotes: int = 156_000
    hard: bool = True
    drift_ms: float = 20.0

    @property
    def config(self) -> LabConfig:
        """As the simulator takes it."""
        honest = tuple(Provider(f"H{place}", clock_drift_ms=self.drift_ms) for place in range(1, self.honest + 1))
        cheats = tuple(
            Provider(f"C{place}", clock_drift_ms=self.drift_ms, planted=(fault,))
            for place, fault in enumerate(self.faults, 1)
        )
        whole = LabConfig(
            seed=self.seed, providers=honest + cheats, orders_per_day=self.orders, quotes_per_day=self.quotes
        )
        short = with_prior(replace(whole, last=whole.quarter[self.days - 1].day), self.prior)
        return with_hard_days(short) if self.hard else short


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What monitoring said of one world.

    Attributes:
        world: that was judged.
        orders: parent orders of each provider, those of earlier sessions among them.
        rules: provider to counted session (1 = first) to rules with an actionable finding.
        cases: provider to rules of each case that was opened for its findings of counted days.
    """

    world: World
    orders: dict[str, int]
    rules: dict[str, dict[int, frozenset[str]]]
    cases: dict[str, list[tuple[str, ...]]]

    def fault_of(self, provider: str) -> Planted | None:
        """The fault of a provider; null for an honest one."""
        return self.world.faults[int(provider[1:]) - 1] if provider.startswith("C") else None


def judge_world(world: World, told: Callable[[str], None] = lambda _: None) -> Found:
    """Simulate, take in and judge one world in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        return _judge(world, Path(folder), told)


def _judge(world: World, folder: Path, told: Callable[[str], None]) -> Found:
    config = world.config
    totals: Any = write_delivery(config, folder / "delivery")
    told("simulated")
    workspace = folder / "workspace"
    init_workspace(workspace, people=PEOPLE)
    names = [one.comp_id for one in config.providers]
    with open_context(workspace, clock=_clock, person=ANALYST) as context:
        venues = [one.mic for one in VENUES if one.declared]
        for name in names:
            body = {"name": name, "role": "technology_only", "venues": venues}
            act(context, PROVIDER, name, "add", body, provider_around(context))
    with open_context(workspace, clock=_clock) as context:
        take_delivery(context, folder / "delivery")
        told("taken in")
        days = [session.day for session in config.quarter]
        for day in [session.day for session in config.all_sessions]:
            run_day(context, day)
            told(f"judged {day}")
        findings = list_findings(context.records, FindingFilter())["findings"]
    return Found(
        world=world,
        orders={name: totals["providers"][name]["parent_orders"] for name in names},
        rules=_rules(findings, names, days),
        cases=_cases(findings, names, days),
    )


def _clock() -> int:
    return _AFTER_ALL_NS


def _rules(
    findings: Sequence[dict[str, Any]], names: Sequence[str], days: Sequence[date]
) -> dict[str, dict[int, frozenset[str]]]:
    place = {day.isoformat(): number for number, day in enumerate(days, 1)}
    found: dict[str, dict[int, set[str]]] = {name: {} for name in names}
    for item in findings:
        if item["severity"] in ACTIONABLE and item["day"] in place and item["provider"] in found:
            found[item["provider"]].setdefault(place[item["day"]], set()).add(item["rule"])
    return {name: {day: frozenset(rules) for day, rules in days_of.items()} for name, days_of in found.items()}


def _cases(
    findings: Sequence[dict[str, Any]], names: Sequence[str], days: Sequence[date]
) -> dict[str, list[tuple[str, ...]]]:
    counted = {day.isoformat() for day in days}
    by_case: dict[str, tuple[str, set[str]]] = {}
    for item in findings:
        if item["case"] is not None and item["day"] in counted:
            by_case.setdefault(item["case"], (item["provider"], set()))[1].add(item["rule"])
    cases: dict[str, list[tuple[str, ...]]] = {name: [] for name in [*names, ""]}
    for provider, rules in by_case.values():
        cases[provider or ""].append(tuple(sorted(rules)))
    return cases
