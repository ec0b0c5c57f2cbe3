"""A review in a workspace without data: a pack that says just enough, and a meeting that lacks nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.desk.review import act_on_review, open_review, review_shown
from routeproof.governance.decider import RefusalError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from pathlib import Path

    from governance_desk import Desk

CODES = (
    "price_improvement",
    "price_disimprovement",
    "likelihood_of_execution",
    "speed",
    "size",
    "transaction_costs",
    "customer_needs",
    "payment_or_internalization",
)
REVIEW_ID = "2026Q3-P"


def cell(value: float | None, lower: float | None = None, upper: float | None = None) -> dict[str, Any]:
    """A scorecard cell of price improvement."""
    return {
        "value": value,
        "lower": lower,
        "upper": upper,
        "metric": "price_improvement_usd_per_share",
        "reason": None if value is not None else "no market orders",
    }


def write_pack(
    folder: Path, quarter: str = "2026Q3", provider: str = "P", market: dict[str, Any] | None = None
) -> Path:
    """Four files, of which pack.json says what it is of and what market orders gained."""
    folder.mkdir(parents=True)
    cells = {"market": market or cell(0.0015), "limit": cell(0.0008)}
    document = {
        "meta": {"period": quarter, "provider": provider, "command": "routeproof review build"},
        "digest": f"digest of {quarter}",
        "scorecard": {"rows": [{"id": "price_improvement", "cells": cells}]},
    }
    for name in ("pack.html", "pack.pdf", "pack.xlsx"):
        (folder / name).write_text(f"{name} {quarter}", encoding="utf-8")
    (folder / "pack.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def meeting(**changes: Any) -> dict[str, Any]:  # noqa: ANN401  # a body
    """A body that leaves nothing missing; Ann wrote the minutes if she records it."""
    body: dict[str, Any] = {
        "agenda": ["Scorecard", "Limit orders"],
        "attendance": ["sam", "cora", "cole"],
        "factors": [{"code": code, "considered": True, "evidence": [f"scorecard {code}"]} for code in CODES],
        "findings": [{"id": "F1", "text": "Limit orders fall behind."}],
        "decisions": [
            {
                "finding": "F1",
                "choice": "modify",
                "options": [
                    {
                        "name": "send limit orders to the primary first",
                        "estimate": {"kind": "benchmark", "value": 0.0012},
                    },
                    {"name": "leave it", "estimate": "none"},
                ],
                "predicted": {"metric": "price_improvement/limit", "value": 0.0011},
                "look_back_on": "2027-01-31",
            }
        ],
        "votes": [
            {"person": "cora", "finding": "F1", "vote": "for"},
            {"person": "sue", "finding": "F1", "vote": "for"},
            {"person": "cole", "finding": "F1", "vote": "no"},
        ],
        "quarterly_enough": {"answer": True, "reason": "No drift within the quarter."},
        "minutes": "The committee met and decided.",
    }
    return body | changes


def opened(desk: Desk, folder: Path, quarter: str = "2026Q3", person: str = "ann", **pack: Any) -> dict[str, Any]:  # noqa: ANN401
    """An open review of provider P."""
    write_pack(folder, quarter, **pack)
    with desk.context(person) as context:
        return open_review(context, quarter, "P", folder)


def do(desk: Desk, person: str, verb: str, body: dict[str, Any] | None = None, of: str = REVIEW_ID) -> dict[str, Any]:
    """One step of the review; who signs or closes waits until its quarter is over."""
    if verb in {"sign", "close"}:
        desk.clock.reach(quarter_days(of[: len("2026Q3")])[1] + timedelta(days=1))
    with desk.context(person) as context:
        return act_on_review(context, of, verb, body)


def refused_code(desk: Desk, person: str, verb: str, body: dict[str, Any] | None = None, of: str = REVIEW_ID) -> str:
    """The code of a refusal that changes nothing of the review."""
    before = look(desk, of)
    with pytest.raises(RefusalError) as refused:
        do(desk, person, verb, body, of)
    assert look(desk, of) == before
    return refused.value.code


def sign(desk: Desk, *people: str, of: str = REVIEW_ID) -> dict[str, Any]:
    """Everybody signs what stands."""
    for person in people:
        state = do(desk, person, "sign", {"version": look(desk, of)["version_hash"]}, of)
    return state


def look(desk: Desk, of: str = REVIEW_ID) -> dict[str, Any]:
    """The review as shown."""
    with desk.context() as context:
        return review_shown(context, of)


def closed(desk: Desk, folder: Path, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """A closed review of the third quarter."""
    opened(desk, folder)
    do(desk, "ann", "record", meeting(**changes))
    sign(desk, "sam", "cora")
    return do(desk, "sam", "close")
