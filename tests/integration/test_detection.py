"""A small part of the detection table: gross faults are found on their first sessions, honest flow opens no case."""

from __future__ import annotations

import detection_page
import pytest
from detection_measures import INCIDENTS, SPEAKS_OF, Honesty, cells, first_days, honesty, intensities, rate_of, wilson
from detection_world import Found, World, judge_world

from routeproof.lab.cheats import BY_NAME as BY_CHEAT
from routeproof.lab.config import Planted
from routeproof.rules.registry import BY_NAME

SMALL = {"orders": 400, "quotes": 40_000}
JUDGED_BY_ANALYSES = {"payers_only", "rebate_ordered", "affiliate_first", "ioi_first", "leaking_venue"}
LONG = {"orders": 1010, "quotes": 156_000}


def faults(*grades: int) -> tuple[Planted, ...]:
    """Every fault that rules speak of at these grades, each of a provider of its own."""
    return tuple(Planted(cheat, BY_CHEAT[cheat].grades[grade]) for cheat in SPEAKS_OF for grade in grades)


@pytest.mark.night
def test_gross_faults_are_found_at_once_and_honest_flow_opens_no_case() -> None:
    """Three sessions without any history; seed 41 was used for no threshold."""
    found = judge_world(World(seed=41, faults=faults(2), honest=2, days=3, hard=False, **SMALL))
    rows = cells([found])
    assert [(cell.cheat, len(cell.delays)) for cell in rows] == [(cheat, 1) for cheat in SPEAKS_OF]
    assert max(delay for cell in rows for delay in cell.delays) <= 3
    assert honesty([found]) == Honesty(orders=found.orders["H1"] + found.orders["H2"], incidents=0, false={})


@pytest.mark.night
def test_what_is_wanted_of_all_grades() -> None:
    """At least 95 % of gross and 60 % of middle faults within six sessions of a hard quarter."""
    worlds = [judge_world(World(seed=seed, faults=faults(1, 2), days=6, **LONG)) for seed in (42, 43)]
    gross, middle = (rate_of(cells(worlds), grade) for grade in ("gross", "middle"))
    assert gross[0] >= 0.95 * gross[1]
    assert middle[0] >= 0.60 * middle[1]


@pytest.mark.night
def test_honest_flow_of_a_hard_quarter_opens_few_cases() -> None:
    """Less than one actionable case per 10,000 orders, outages among them."""
    honest = honesty([judge_world(World(seed=44, honest=4, **LONG))])
    assert honest.orders > 80_000
    assert 10_000 * honest.cases < honest.orders


def made_up() -> Found:
    """C1 chases payments and is found on sessions 2 and 3; C2 does and is not; H1 is honest and has two cases."""
    fault = Planted("payment_chasing", 0.3)
    return Found(
        world=World(seed=1, faults=(fault, fault), days=3),
        orders={"H1": 1_000, "C1": 900, "C2": 900},
        rules={
            "H1": {2: frozenset({"provider_outage"}), 3: frozenset({"slow_fill"})},
            "C1": {
                1: frozenset({"slow_fill"}),
                2: frozenset({"payer_concentration"}),
                3: frozenset({"payer_concentration", "routing_share_drift"}),
            },
            "C2": {1: frozenset({"unexpected_venue"})},
        },
        cases={
            "H1": [("provider_outage", "reject_burst"), ("slow_fill",)],
            "C1": [("payer_concentration",)],
            "C2": [],
            "": [],
        },
    )


def test_only_rules_that_speak_of_the_fault_count() -> None:
    """One of two providers, on session 2 by the first rule and on 3 by another; what else was found is not about it."""
    (cell,) = cells([made_up()])
    assert (cell.grade, cell.providers, cell.delays) == ("gross", 2, (2,))
    assert cell.by_rule == {"payer_concentration": (1, 2), "routing_share_drift": (1, 3)}
    assert rate_of([cell], "gross") == (1, 2)
    assert first_days({4: frozenset({"fade"}), 2: frozenset({"fade"})}, ["fade", "slow_fill"]) == {"fade": 2}


def test_cases_of_honest_providers_alone_are_counted() -> None:
    """An outage did happen; the slow fill is a false case."""
    assert honesty([made_up()]) == Honesty(orders=1_000, incidents=1, false={("slow_fill",): 1})


def test_between_two_grades_lies_their_geometric_mean() -> None:
    """Of 5, 25 and 100 ms: sqrt(125) and sqrt(2500)."""
    assert intensities("slow_walk") == (
        ("mild", 5),
        ("between", 11.1803),
        ("middle", 25),
        ("between", 50.0),
        ("gross", 100),
    )


def test_the_interval_is_that_of_wilson() -> None:
    """5 of 5 and 0 of 5 at 95 %: from 1 / (1 + z^2 / 5) = 0.5655, and up to its mirror."""
    assert wilson(5, 5) == pytest.approx((0.5655, 1.0), abs=1e-4)
    assert wilson(0, 5) == pytest.approx((0.0, 0.4345), abs=1e-4)


def test_every_fault_has_rules_that_the_catalog_knows() -> None:
    """The table of accepted rules is about the faults and rules that there are; analyses judge the other faults."""
    assert set(BY_CHEAT) - set(SPEAKS_OF) == JUDGED_BY_ANALYSES
    assert {rule for rules in SPEAKS_OF.values() for rule in rules} | INCIDENTS <= set(BY_NAME)


def test_the_page_says_what_was_measured() -> None:
    """Numbers, hash of the policy and seeds stand on the page; one of two gross faults is too few."""
    measured = detection_page.Measured(
        command="python tools/detection.py",
        day="2026-11-26",
        policy="rules-0123456789ab",
        machine="a machine",
        seeds=(1,),
        sessions=3,
        honest_sessions=3,
        prior=12,
        orders=1010,
        quotes=156_000,
        fresh=cells([made_up()]),
        after=[],
        honest=honesty([made_up()]),
    )
    text = detection_page.page(measured)
    row = "| payment_chasing | gross: 0.3 share of shares | 1 of 2 (9% to 91%) | 2 | `payer_concentration` 1 (2), "
    assert row in text
    assert "`rules-0123456789ab`" in text
    assert "| `slow_fill` | 1 |" in text
    assert "1 are false: 100.0 per 100,000 orders" in text
    assert not detection_page.passed(measured)
