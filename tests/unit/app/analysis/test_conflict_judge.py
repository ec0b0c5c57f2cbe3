"""The test of conflicts on simulated routers: faults are found, honest flow is not accused; parts worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from routeproof.app.analysis.conflict.judge import (
    CANNOT_TELL,
    NO_COST,
    NO_PULL,
    Case,
    Judged,
    case_of,
    holm,
    verdicts,
)
from routeproof.app.analysis.conflict.report import provider_row
from routeproof.app.analysis.conflict.study import study_of
from routeproof.policy.analysis.conflicts import conflicts_policy
from routeproof.policy.analysis.routing import routing_policy
from routeproof.policy.thresholds import EvidenceStandards
from routeproof.stores.shipped_policy import load_shipped_policy, shipped_subjects

if TYPE_CHECKING:
    import polars as pl

from conflict_world import Router, inducements, name_of, worlds
from conflicts_page import accused, changed

from routeproof.lab.config import Planted

CHANGE = date(2026, 7, 15)
ROUTERS = (
    Router(name="honest", tied=True, arranged=False),
    Router(name="better payer", planted=(Planted("better_payer", 0.5),)),
    Router(name="payers only", planted=(Planted("payers_only", 1.0),)),
    Router(name="affiliate first", planted=(Planted("affiliate_first", 0.6),), tied=True),
    Router(name="indications first", planted=(Planted("ioi_first", 0.6),), arranged=True),
    Router(name="other logic", planted=(Planted("logic_change", 0.4, from_on=CHANGE),)),
)


@pytest.fixture(scope="module")
def cells() -> list[pl.DataFrame]:
    """Each router over eighteen sessions, one market."""
    return worlds(ROUTERS, 7, 18, 150)


@pytest.fixture(scope="module")
def found(cells: list[pl.DataFrame]) -> dict[str, tuple[tuple[str, ...] | None, list[date]]]:
    """What is said of each."""
    return {
        router.name: (accused(router, own, name_of(place)), changed(own))
        for place, (router, own) in enumerate(zip(ROUTERS, cells, strict=True))
    }


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("honest", ()),
        ("better payer", ()),
        ("payers only", ("payment",)),
        ("affiliate first", ("tie",)),
        ("indications first", ("arrangement",)),
    ],
)
def test_who_is_accused_of_what(
    name: str, kinds: tuple[str, ...], found: dict[str, tuple[tuple[str, ...] | None, list[date]]]
) -> None:
    """A fault is named for what it is; a tie that is not followed and a payer that is better are no fault."""
    assert found[name][0] == kinds


def test_pay_that_nobody_states_accuses_nobody(cells: list[pl.DataFrame]) -> None:
    """The router that sends all to payers, one wholesaler's pay unknown: nothing of payment or earnings."""
    place = next(number for number, router in enumerate(ROUTERS) if router.name == "payers only")
    policy = conflicts_policy(shipped_subjects()).on(CHANGE).value
    study = study_of(cells[place], name_of(place), policy.classes)
    assert study is not None
    known = inducements(study, ROUTERS[place])
    unknown = np.array([venue == "PLTW" for venue in study.venues], dtype=np.float64)
    hidden = replace(known, untold=np.tile(unknown, (len(study.days), 1)))
    case = case_of(study, hidden, policy, EvidenceStandards())
    (word, p), *_ = verdicts([case], policy)[0]
    assert (word, p) == (CANNOT_TELL, None)
    assert case.inducements[0].reason == "neither a fee schedule nor a payment for this flow is on record of PLTW"
    report = provider_row(case, verdicts([case], policy)[0], EvidenceStandards())
    assert {row["earned_usd"] for row in report["money"]} <= {None}
    told = {row["venue"]: row["net_payment_cents_per_hundred_shares"] for row in report["venues"]}
    assert [venue for venue, net in told.items() if net is None] == ["PLTW"]
    assert case_of(study, known, policy, EvidenceStandards()).untold == ()


def test_a_change_of_logic_is_found_on_its_day(found: dict[str, tuple[tuple[str, ...] | None, list[date]]]) -> None:
    """Two orders in five leave the ranking from 15 July on; the honest router never changes."""
    assert CHANGE in found["other logic"][1]
    assert found["honest"][1] == []


def test_any_order_of_rows_gives_the_same_bits(cells: list[pl.DataFrame]) -> None:
    """Judged twice, the second time with the rows shuffled: equal to the last digit."""
    policy = conflicts_policy(shipped_subjects()).on(CHANGE).value
    standards = load_shipped_policy().evidence.on(CHANGE).value
    said = []
    for own in (cells[2], cells[2].sample(fraction=1.0, shuffle=True, seed=3)):
        study = study_of(own, name_of(2), policy.classes)
        assert study is not None
        case = case_of(study, inducements(study, ROUTERS[2]), policy, standards)
        assert case.pull is not None
        said.append((case.inducements[0].p, case.inducements[0].per_share, case.pull.fit.interval(0, 0.95)))
    assert said[0] == said[1]


def test_holm_by_hand() -> None:
    """0.01 x 3, then 0.02 x 2 = 0.04, then 0.5."""
    assert holm([0.5, 0.01, 0.02]) == [0.5, 0.03, 0.04]
    assert holm([]) == []


def test_a_pull_that_one_of_many_would_show_by_chance_is_none() -> None:
    """Two providers, six inducements, none of which costs anything: 0.001 x 6 is a pull, 0.04 x 5 is chance."""
    policy = conflicts_policy(shipped_subjects()).on(CHANGE).value
    chances = (0.001, 0.04, 0.5, 0.9, 0.7, 0.3)
    judged = [Judged("payment", None, None, p, 1.0, 1.0, None) for p in chances]
    study = SimpleNamespace(rests=False)
    blank = Case(study, (), None, None, None, ())  # type: ignore[arg-type]  # only its inducements are looked at
    said = verdicts([replace(blank, inducements=tuple(judged[begin : begin + 3])) for begin in (0, 3)], policy)
    assert [word for words in said for word, _ in words] == [NO_COST, *[NO_PULL] * 5]


def test_standards_are_dated_and_refuse_nonsense() -> None:
    """A share of 2, no order class, no history: refused."""
    shipped = shipped_subjects()
    for subject, build, wrong in (
        ("routing", routing_policy, {"change_error": 2.0}),
        ("routing", routing_policy, {"classes": []}),
        ("conflicts", conflicts_policy, {"history_days": 0}),
        ("conflicts", conflicts_policy, {"error": 0.0}),
    ):
        entry = shipped[subject][0]
        with pytest.raises(ValueError, match="expected"):
            build({subject: [{**entry, "value": {**entry["value"], **wrong}}]})
