"""Analyses that a named person has adopted: what was recorded, and how it stands beside today's drafts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from routeproof.app.review.earlier_builds import EVENT as BUILT
from routeproof.reports.analysis import draft
from routeproof.reports.score import Adoption
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routeproof.ledger.entry import Recorded
    from routeproof.reports.score import Score

EVENT = "analysis.adopted"
Place = tuple[str, str]
"""Security (empty for all securities together) and scorecard row."""


def adoptions_of(entries: Iterable[bytes], stream: str) -> dict[Place, Adoption]:
    """The last adoption of each analysis of a review, from the ledger's entries."""
    found: dict[Place, Adoption] = {}
    for content in entries:
        entry: Any = json.loads(content)
        if entry["stream"] == stream and entry["type"] == EVENT:
            payload = entry["payload"]
            found[payload["security"], payload["row"]] = _adoption(payload, int(entry["appended_at"]))
    return found


def adopted_since(entries: Iterable[Recorded]) -> dict[Place, Adoption]:
    """Analyses adopted after the last pack of a review's stream was built: the next build prints them."""
    found: dict[Place, Adoption] = {}
    for entry in entries:
        payload: Any = entry.fact.payload
        if entry.fact.type == BUILT:
            found.clear()
        elif entry.fact.type == EVENT:
            found[payload["security"], payload["row"]] = _adoption(payload, entry.appended_at)
    return found


def _adoption(payload: Mapping[str, Any], appended_at: int) -> Adoption:
    return Adoption(
        text=payload["text"],
        by=payload["by"],
        at=_minute(appended_at),
        for_draft=payload["draft"],
        for_verdicts=tuple(payload.get("verdicts", ())),  # earlier programs recorded none
    )


def verdicts_in(row: Mapping[str, Any]) -> tuple[str, str]:
    """Verdicts of the market and limit cells of a scorecard's row as programs read it; empty where there is none."""
    market, limit = (str(row["cells"][column].get("verdict") or "") for column in ("market", "limit"))
    return market, limit


def named_by(adoption: Adoption) -> tuple[str, ...]:
    """What a pack's digest names of an adoption: of one without verdicts the same as it ever did."""
    return (adoption.text, adoption.by, adoption.at, adoption.for_draft, *adoption.for_verdicts)


def with_adoptions(score: Score, adoptions: Mapping[Place, Adoption]) -> Score:
    """The score with what people have said of its rows."""
    rows = (replace(row, adoption=adoptions.get((score.security, row.id))) for row in score.rows)
    return replace(score, rows=tuple(rows))


def drafts_of(scores: Iterable[Score]) -> dict[str, dict[str, str]]:
    """Draft analyses by security and row."""
    return {score.security: {row.id: draft(row) for row in score.rows} for score in scores}


def _minute(ns: int) -> str:
    return datetime.fromtimestamp(ns // NS_PER_S, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
