"""The configuration on file beside what was done: never supported, nor contradicted, by what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from routeproof.app.analysis.routing.on_file import Done, beside_settings


def _first(venue: str, share: float, lower: float | None, upper: float | None) -> dict[str, Any]:
    return {"venue": venue, "order_class": "market", "share": share, "lower": lower, "upper": upper, "days": 20}


def _place(venue: str, rank: int, best: int, worst: int) -> dict[str, Any]:
    return {"venue": venue, "order_class": "market", "rank": rank, "best_rank": best, "worst_rank": worst}


DONE = Done(
    routed=("A", "B", "X"),
    firsts=(_first("A", 0.6, 0.59, 0.61), _first("B", 0.4, 0.3, 0.5)),
    places=(_place("A", 1, 1, 1), _place("B", 2, 2, 3), _place("X", 3, 2, 3)),
    margin=0.02,
    confidence=0.95,
)
NOTHING = replace(DONE, routed=(), firsts=(), places=())


@pytest.mark.parametrize(
    ("setting", "stated", "result"),
    [
        ("routed_venues", ["A", "B"], "contradicted"),  # X was tried second
        ("routed_venues", ["A", "B", "X", "Y"], "supported"),
        ("venue_ranking", ["A", "B"], "supported"),
        ("venue_ranking", ["B", "A"], "contradicted"),
        ("venue_ranking", ["A", "B", "X"], "cannot tell"),  # the ranks of B and X meet
        ("venue_ranking", ["A", "X", "B"], "cannot tell"),
        ("venue_ranking", ["A", "Y"], "cannot tell"),
        ("routing_share.A", ["0.6"], "supported"),
        ("routing_share.A", ["0.5"], "contradicted"),
        ("routing_share.B", ["0.4"], "cannot tell"),  # as stated, but anything from 0.3 to 0.5 would be
        ("routing_share.Y", ["0.3"], "contradicted"),  # 0.7 to the power of 20 days is 0.0008
        ("routing_share.Y", ["0.1"], "cannot tell"),  # 0.9 to the power of 20 days is 0.12
        ("routing_share.Y", ["0"], "supported"),
        ("routing_share.A", ["much"], "cannot tell"),
    ],
)
def test_a_setting_meets_what_was_done(setting: str, stated: list[str], result: str) -> None:
    """Twenty days of market orders; ranks that meet, shares with wide bounds and silence support nothing."""
    (row,) = beside_settings({setting: stated}, DONE)
    assert row["result"] == result


@pytest.mark.parametrize(
    ("setting", "stated"), [("routed_venues", ["A"]), ("venue_ranking", ["A", "B"]), ("routing_share.A", ["0.3"])]
)
def test_no_order_tells_nothing(setting: str, stated: list[str]) -> None:
    """Without any order of a judged class nothing can be told."""
    assert [row["result"] for row in beside_settings({setting: stated}, NOTHING)] == ["cannot tell"]
