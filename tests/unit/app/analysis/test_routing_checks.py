"""Answers of the questionnaire as claims: supported, contradicted, or nothing can be told, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from routeproof.app.analysis.routing.checks import CHECKS, Record
from routeproof.policy.analysis.routing import routing_policy
from routeproof.stores.shipped_policy import shipped_subjects

POLICY = routing_policy(shipped_subjects()).on(date(2026, 9, 30)).value
FILLS = (
    {"venue": "XNAS", "fills": 900, "with_route": 900, "examples": []},
    {"venue": "ZQUV", "fills": 100, "with_route": 0, "examples": ["F1"]},
)
SILENT = Record(
    fills=(),
    routed=(),
    first_looks=(),
    payment=None,
    preference=None,
    changes=(),
    scanned=0,
    payments=(),
    ties=(),
    policy=POLICY,
)
UNTOLD = {"status": "unannounced logic change", "on": "2026-08-17"}
LOOKS = ({"venue": "NOCD", "first_routes": 80, "filled_share": 0.4},)
RARE = {"venue": "XNAS", "first_routes": 3, "filled_share": 1.0}
PAID = {"venue": "MAKA", "month": "2026-07", "payment_usd": 3.0}
PULLED = {"verdict": "pulls at customers' cost", "p": 0.001}
NO_COST = {**PULLED, "verdict": "pulls, no cost shown"}


def _result(question: str, answer: str, **known: Any) -> str:  # noqa: ANN401 members of the record
    return CHECKS[question](answer, replace(SILENT, **known)).result


@pytest.mark.parametrize(
    ("question", "answer", "known", "result"),
    [
        ("VEN-1", "XNAS and ZQUV.", {"fills": FILLS}, "supported"),
        ("VEN-1", "XNAS.", {"fills": FILLS}, "contradicted"),
        ("VEN-1", "XNAS.", {"fills": FILLS[:1], "routed": ({"venue": "NOCD", "routes": 3},)}, "contradicted"),
        ("VEN-1", "All that matter.", {"fills": FILLS}, "cannot tell"),
        ("ROU-1", "Price, then speed.", {"preference": (-0.5, -0.8, -0.2)}, "supported"),
        ("ROU-1", "Price, then speed.", {"preference": (0.5, 0.2, 0.8)}, "contradicted"),
        ("ROU-1", "Price, then speed.", {"preference": (0.1, -0.2, 0.4)}, "cannot tell"),
        ("ROU-1", "Speed, then price.", {"preference": (0.5, 0.2, 0.8)}, "cannot tell"),
        ("ROU-4", "No.", {"payment": PULLED}, "contradicted"),
        ("ROU-4", "Yes, a little.", {"payment": PULLED}, "supported"),
        ("ROU-4", "No.", {"payment": {**PULLED, "verdict": "no pull shown", "p": 0.05}}, "cannot tell"),
        ("ROU-4", "No; only between equal prices.", {"payment": NO_COST}, "cannot tell"),
        ("ROU-4", "No.", {"payment": {"verdict": "cannot tell", "p": None}}, "cannot tell"),
        ("ROU-5", "No.", {"first_looks": LOOKS}, "contradicted"),
        ("ROU-5", "No.", {"first_looks": ({**LOOKS[0], "filled_share": 0.9},)}, "supported"),
        ("ROU-5", "No.", {"first_looks": ({**LOOKS[0], "first_routes": 3},)}, "cannot tell"),
        ("ROU-5", "No.", {"first_looks": ({**LOOKS[0], "filled_share": 0.9}, RARE)}, "cannot tell"),
        ("CHG-1", "Yes, in writing.", {"changes": (UNTOLD,), "scanned": 2}, "contradicted"),
        ("CHG-1", "Yes, in writing.", {"changes": ({**UNTOLD, "status": "announced"},), "scanned": 2}, "supported"),
        ("CHG-1", "Yes, in writing.", {"scanned": 2}, "cannot tell"),
        ("CHG-1", "We try to.", {"changes": (UNTOLD,), "scanned": 2}, "cannot tell"),
        ("COI-1", "Nothing.", {"payments": (PAID,)}, "cannot tell"),
        ("COI-2", "None.", {"ties": ({"venue": "NOCD", "kind": "ownership", "source": "conflict c"},)}, "contradicted"),
        ("COI-2", "None.", {}, "cannot tell"),
        ("RGT-1", "Yes, next morning.", {"fills": FILLS}, "contradicted"),
        ("RGT-1", "Yes, next morning.", {"fills": FILLS[:1]}, "supported"),
        ("RGT-1", "Yes, next morning.", {}, "cannot tell"),
    ],
)  # fmt: skip
def test_a_claim_meets_the_record(question: str, answer: str, known: dict[str, Any], result: str) -> None:
    """What the answer claims and what was seen decide; silence decides nothing."""
    assert _result(question, answer, **known) == result


def test_a_contradiction_names_its_rows() -> None:
    """The venue that was not named, with executions to look at."""
    found = CHECKS["VEN-1"]("XNAS only", replace(SILENT, fills=FILLS))
    assert (found.rows, found.why) == ((FILLS[1],), "orders went to ZQUV, which the answer does not name")
