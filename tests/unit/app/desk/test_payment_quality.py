"""Payment against quality: points of a pack's own chart, in the unit of Rule 606; what cannot be drawn says why."""

from __future__ import annotations

from typing import Any

import pytest

from routeproof.app.desk.payment_quality import payment_quality


def _row(venue: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    known = {"venue": venue, "name": venue.title(), "share": 0.5, "executed_shares": 1_500.0, "executions": 9}
    figures = {"price_improvement_usd_per_share": 0.01, "lower": 0.0, "upper": 0.02, "net_payment_usd": 30.0}
    return {**known, **figures, **more}


def _sections(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    figure = {"type": "Figure", "id": "venues-chart", "spec": {"data": {"values": list(rows)}}}
    return [{"id": "venues", "blocks": [{"type": "Paragraph", "text": "lead"}, figure]}]


def test_dollars_become_cents_for_a_hundred_shares_and_a_side() -> None:
    """$30 over 1,500 shares are 3,000 cents over 15 hundreds: 200. $6 charged are 40 the other way."""
    found = payment_quality({"P": _sections(_row("PAYS"), _row("ASKS", net_payment_usd=-6.0))})
    points = {point["venue"]: point for point in found["points"]}
    assert points["PAYS"]["net_payment_cents_per_hundred_shares"] == pytest.approx(200)
    assert points["ASKS"]["net_payment_cents_per_hundred_shares"] == pytest.approx(-40)
    assert (points["PAYS"]["side"], points["ASKS"]["side"]) == ("pays the router", "charges it")
    assert points["PAYS"]["href"] == "/explore?by=symbol&where=provider%3DP&where=venue%3DPAYS"


def test_a_venue_without_payment_or_quality_is_left_out_with_the_reason() -> None:
    """It is no point at zero."""
    rows = (_row("FREE", net_payment_usd=None), _row("BLIND", price_improvement_usd_per_share=None))
    found = payment_quality({"P": _sections(*rows)})
    assert found["points"] == []
    assert found["chart"] is None
    assert {row["venue"]: row["reason"] for row in found["left_out"]} == {
        "FREE": "no fee, rebate or payment is known",
        "BLIND": "no covered executions of orders that met the market",
    }


def test_names_stand_above_and_below_in_turns_from_left_to_right() -> None:
    """Neighbours on the axis do not cover each other's name."""
    rows = [_row(name, net_payment_usd=usd) for name, usd in (("C", 3.0), ("A", 1.0), ("B", 2.0))]
    drawn = payment_quality({"P": _sections(*rows)})["chart"]["data"]["values"]
    assert [(row["above"], row["below"]) for row in drawn] == [("A", ""), ("", "B"), ("C", "")]
