"""An adoption remembers the draft and the verdicts that its author had before them; older ones remember the draft."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.review.adopt_analysis import Adopting, adopt_analysis
from routeproof.app.review.adoptions import EVENT, adoptions_of, named_by
from routeproof.app.review.card.shown import scorecard_shown
from routeproof.app.review.earlier_builds import EVENT as BUILT
from routeproof.ledger.entry import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from routeproof.app.context import Context

STREAM = "review/2026Q3/P2"
ASKED = Adopting(quarter="2026Q3", provider="P2", row="fill_time", by="R. Alvarez")
DRAFT = "Fills of market orders are slower."


def fact(kind: str, payload: dict[str, Any], evidence: tuple[str, ...] = ()) -> Fact:
    """An event of the review."""
    return Fact(
        stream=STREAM, type=kind, payload=payload, business_on="2026-10-01", actor="t", role="t", session="0" * 16,
        evidence=evidence,
    )  # fmt: skip


def pack(context: Context, verdict: str, *, with_scorecard: bool = True) -> None:
    """A pack on record whose fill time of market orders has this verdict; of limit orders it has none."""
    cells = {name: {"value": None, "verdict": None, "unit": "ms"} for name in ("limit", "benchmark", "benchmark_limit")}
    cells["market"] = {"value": 150.0, "verdict": verdict, "unit": "ms"}
    row = {"id": "fill_time", "cells": cells, "analysis": DRAFT, "analysis_status": "draft", "analysis_draft": DRAFT}
    kept = {
        "digest": "d", "dated_on": "2026-09-30", "meta": {}, "scorecard": {"security": None, "rows": [row]},
        "securities": [],
    }  # fmt: skip
    put = context.evidence.put
    drafts = put(json.dumps({"": {"fill_time": DRAFT}}).encode(), media_type="application/json", name="drafts.json")
    card = put(json.dumps(kept).encode(), media_type="application/json", name="scorecard.json")
    payload = {"digest": "d", "options": {"against": None}, "drafts": drafts}
    payload |= {"scorecard": card} if with_scorecard else {}
    context.records.append([fact(BUILT, payload, (drafts, card))])


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A workspace without packs."""
    init_workspace(tmp_path / "w")
    with open_context(tmp_path / "w") as found:
        yield found


def recorded(context: Context) -> dict[str, Any]:
    """What was recorded of the last adoption."""
    payload: dict[str, Any] = next(
        entry.fact.payload for entry in reversed(list(context.records.stream(STREAM))) if entry.fact.type == EVENT
    )
    return payload


def test_an_adoption_records_the_verdicts_it_was_made_under(context: Context) -> None:
    """Market orders worse, limit orders without a verdict."""
    pack(context, "worse")
    adopt_analysis(context, ASKED)
    assert recorded(context)["verdicts"] == ["worse", ""]
    (found,) = adoptions_of(context.records.entries(), STREAM).values()
    assert found.is_for(DRAFT, ("worse", ""))
    assert not found.is_for(DRAFT, ("better", ""))
    assert not found.is_for("Another draft.", ("worse", ""))


def test_an_adoption_on_record_without_verdicts_keeps_its_meaning(context: Context) -> None:
    """It stands for its draft under any verdict, and a pack's digest names it as it did: text, name, time, draft."""
    old = {"row": "fill_time", "security": "", "by": "K. Ito", "draft": DRAFT, "text": "Fine.", "digest": "d"}
    context.records.append([fact(EVENT, old)])
    (found,) = adoptions_of(context.records.entries(), STREAM).values()
    assert found.is_for(DRAFT, ("better", "worse"))
    assert named_by(found) == ("Fine.", "K. Ito", found.at, DRAFT)


def test_of_a_pack_that_an_earlier_program_built_the_draft_alone_is_recorded(context: Context) -> None:
    """It kept no scorecard, so nobody can say which verdicts it printed."""
    pack(context, "worse", with_scorecard=False)
    adopt_analysis(context, ASKED)
    assert "verdicts" not in recorded(context)


def test_the_page_shows_an_adoption_only_beside_the_verdicts_it_was_made_under(context: Context) -> None:
    """The same draft over a verdict that flipped is not adopted."""
    pack(context, "worse")
    adopt_analysis(context, ASKED)
    shown = scorecard_shown(context, "2026Q3", "P2")
    assert shown is not None
    assert shown["rows"][0]["adopted_since"]["text"] == DRAFT
    flipped = {**recorded(context), "verdicts": ["better", ""]}
    context.records.append([fact(EVENT, flipped)])
    shown = scorecard_shown(context, "2026Q3", "P2")
    assert shown is not None
    assert shown["rows"][0]["adopted_since"] is None
