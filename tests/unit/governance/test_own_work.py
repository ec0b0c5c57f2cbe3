"""Nobody approves own work, however often, on whatever day, and whatever roles they hold together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import PROVIDERS, Desk, new_desk
from routeproof.app.firm.case_policy import case_around
from routeproof.app.objects.act import act
from routeproof.app.provider.file import provider_around
from routeproof.governance.case.noun import CASE
from routeproof.governance.config import CONFIG
from routeproof.governance.conflict import CONFLICT
from routeproof.governance.decider import RefusalError
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.sla.noun import SLA
from routeproof.governance.suppression import SUPPRESSION
from routeproof.stores.provider_documents import load_questionnaires

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.governance.decider import Noun

DAY = date(2026, 7, 1)
EVERYTHING = ("analyst", "supervisor", "committee", "compliance")
ATTEMPTS = 20
ANSWERS = {
    item.id: {"answer": "yes", "stance": "yes"}
    for questionnaire in load_questionnaires()
    for item in questionnaire.questions
}
Step = tuple[str, str, dict[str, Any]]
"""Who, which verb, with what."""

ADD: Step = ("one", "add", {"name": "Acme", "role": "member_agent"})
ANSWER: Step = ("two", "answers", {"answers": ANSWERS})
CLAUSE = {"id": "C", "metric": "e_over_q", "at_most": "0.5"}
SETTINGS = {"provider": "P", "settings": {"a": 1}, "reason": "x", "effective_from": "2026-07-01"}
REBATE = {"kind": "rebate", "description": "x", "provider": "P", "payer": "V", "receiver": "P"}
OPEN: Step = ("one", "open", {"kind": "other", "title": "x"})
END = {"disposition": "explained", "root_cause": "market", "rationale": "x"}
QUIET = {"rule": "slow_fill", "scope": {"symbol": "XYZ"}, "reason": "x", "until": "2026-12-31"}
CASES: dict[str, tuple[Noun[Any], tuple[Step, ...], Step]] = {
    "who added": (PROVIDER, (ADD, ANSWER), ("one", "approve", {})),
    "who answered": (PROVIDER, (ADD, ANSWER), ("two", "approve", {})),
    "who withdrew and answered again": (
        PROVIDER,
        (ADD, ("two", "answers", {"answers": {**ANSWERS, "VEN-1": {"answer": None}}}), ANSWER),
        ("two", "approve", {}),
    ),
    "who proposed terms": (
        SLA,
        (("one", "propose", {"provider": "P", "effective_from": "2026-01-01", "clause": [CLAUSE]}),),
        ("one", "approve", {}),
    ),
    "who proposed settings": (CONFIG, (("one", "propose", SETTINGS),), ("one", "approve", {})),
    "who declared": (CONFLICT, (("one", "declare", REBATE),), ("one", "end", {"reason": "x"})),
    "whose interest it is": (
        CONFLICT,
        (("two", "declare", {"kind": "personal_interest", "description": "x", "provider": "P", "person": "one"}),),
        ("one", "end", {"reason": "x"}),
    ),
    "who opened a case": (CASE, (OPEN, ("two", "close", END)), ("one", "review", {"approve": True})),
    "who submitted its closing": (CASE, (OPEN, ("two", "close", END)), ("two", "review", {"approve": True})),
    "who was given it": (
        CASE,
        (OPEN, ("two", "assign", {"to": "three"}), ("two", "close", END)),
        ("three", "review", {"approve": True}),
    ),
    "who acknowledged it": (
        CASE,
        (OPEN, ("three", "acknowledge", {}), ("two", "assign", {"to": "two"}), ("two", "close", END)),
        ("three", "review", {"approve": True}),
    ),
    "who works it pays out": (
        CASE,
        (OPEN, ("two", "acknowledge", {})),
        ("two", "reimburse", {"decision": "decline", "rationale": "x"}),
    ),
    "who asked for a suppression": (SUPPRESSION, (("one", "add", QUIET),), ("one", "approve", {})),
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Three people who hold every role together, and an administrator."""
    people = dict.fromkeys(("one", "two", "three"), EVERYTHING)
    return new_desk(tmp_path / "workspace", {**people, "adam": ("admin",)})


def _do(desk: Desk, noun: Noun[Any], step: Step, on: date) -> None:
    person, verb, body = step
    with desk.context(person, on) as context:
        files = provider_around(context)
        cases = case_around(context)
        known = {"metrics": {"e_over_q"}, "sources": {"csv"}, "rules": {"slow_fill"}}
        act(context, noun, "X", verb, body, lambda records: {**PROVIDERS, **known, **files(records), **cases(records)})


@pytest.mark.parametrize("who", CASES)
def test_own_work_is_refused_every_time(desk: Desk, who: str) -> None:
    """Twenty attempts on as many days: each refused as own work, each on record, and nothing approved by them."""
    noun, steps, attempt = CASES[who]
    for step in steps:
        _do(desk, noun, step, DAY)
    before = desk.show(noun, "X")
    for days in range(ATTEMPTS):
        with pytest.raises(RefusalError) as refused:
            _do(desk, noun, attempt, DAY + timedelta(days=days))
        assert refused.value.code == "own_work"
    assert desk.show(noun, "X")["version_hash"] == before["version_hash"]
    with desk.context() as context:
        found = context.records.query("SELECT COUNT(*) FROM ledger_leaves WHERE type = 'act.refused'")
    assert found[0][0] == ATTEMPTS


@pytest.mark.parametrize("who", CASES)
def test_own_work_is_refused_as_such_whatever_the_role(desk: Desk, who: str) -> None:
    """Who holds no role any more is told so of the work of others, and of a body that has no shape."""
    noun, steps, attempt = CASES[who]
    for step in steps:
        _do(desk, noun, step, DAY)
    person, verb, body = attempt
    for role in EVERYTHING:
        desk.act("adam", PEOPLE, STREAM_ID, "revoke", {"person": person, "role": role})
    tried = ((person, body, "own_work"), ("adam", body, "not_permitted"), (person, {"x": 1}, "not_permitted"))
    for by, given, code in tried:
        with pytest.raises(RefusalError) as refused:
            _do(desk, noun, (by, verb, given), DAY)
        assert refused.value.code == code
