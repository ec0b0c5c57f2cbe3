"""Action thresholds of the review framework: what is not known is never a pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from routeproof.evidence.framework import (
    Outcome,
    any_underperformance,
    consistent_underperformance,
    fill_rate_decline,
    payer_concentration,
    routing_latency,
)
from routeproof.policy.thresholds import FrameworkThresholds

if TYPE_CHECKING:
    from routeproof.evidence.verdict import Word

LIMITS = FrameworkThresholds(payer_volume_share=0.5, payer_concentration_hhi=0.25)
W: Word = "worse"
B: Word = "better"
N: Word = "no_material_difference"
U: Word = "cannot_tell"


@pytest.mark.parametrize(
    ("months", "quarter", "outcome"),
    [
        ([W, W, N], N, "met"),
        ([W, N, W], U, "met"),
        ([N, N, N], W, "met"),  # the quarter alone is enough
        ([W, N, B], N, "not_met"),
        ([N, N, U], N, "not_met"),  # one unknown month cannot make two
        ([W, N, U], N, "cannot_tell"),
        ([N, U, U], N, "cannot_tell"),
        ([N, N, N], U, "cannot_tell"),
        ([W, N], N, "cannot_tell"),  # the third month is missing
    ],
)
def test_consistent_underperformance(months: list[Word], quarter: Word, outcome: Outcome) -> None:
    """Consistent underperformance."""
    assert consistent_underperformance(months, quarter, LIMITS).outcome == outcome


@pytest.mark.parametrize(
    ("word", "flow", "outcome"),
    [
        (None, None, "no_control_flow"),
        (B, None, "no_control_flow"),
        (W, "direct to XNYS", "met"),
        (N, "direct to XNYS", "not_met"),
        (U, "direct to XNYS", "cannot_tell"),
    ],
)
def test_routing_latency(word: Word | None, flow: str | None, outcome: Outcome) -> None:
    """Routing latency."""
    assert routing_latency(word, flow).outcome == outcome


@pytest.mark.parametrize(
    ("word", "outcome"), [(W, "met"), (B, "not_met"), (N, "not_met"), (U, "cannot_tell"), (None, "cannot_tell")]
)
def test_fill_rate_decline(word: Word | None, outcome: Outcome) -> None:
    """Fill rate decline."""
    assert fill_rate_decline(word).outcome == outcome


@pytest.mark.parametrize(
    ("share", "hhi", "outcome"),
    [
        (0.51, 0.26, "met"),
        (0.50, 0.26, "not_met"),  # above means above
        (0.51, 0.25, "not_met"),
        (None, 0.26, "cannot_tell"),
        (0.51, None, "cannot_tell"),
        (None, 0.10, "not_met"),  # one side alone already rules it out
    ],
)
def test_payer_concentration(share: float | None, hhi: float | None, outcome: Outcome) -> None:
    """Payer concentration."""
    found = payer_concentration(share, hhi, LIMITS)
    assert found.outcome == outcome
    assert found.inputs["venue_hhi_limit"] == 0.25


def test_one_bad_flow_is_not_hidden_by_the_others() -> None:
    """Met for one is met; unknown for one is not passed; nothing measured is no pass."""
    worse, fine, unknown = (consistent_underperformance([word] * 3, word, LIMITS) for word in (W, B, U))
    assert any_underperformance({"market": fine, "limit": worse}).outcome == "met"
    assert any_underperformance({"market": fine, "limit": worse}).reason.endswith("months: limit")
    assert any_underperformance({"market": fine, "limit": unknown}).outcome == "cannot_tell"
    assert any_underperformance({"market": fine, "limit": fine}).outcome == "not_met"
    assert any_underperformance({}).outcome == "cannot_tell"


@pytest.mark.parametrize(
    ("known", "unknown", "outcome"),
    [(0.1, 0.3, "not_met"), (0.1, 0.9, "cannot_tell"), (0.6, 0.4, "met"), (0.0, 1.0, "cannot_tell")],
)
def test_unknown_payments_are_no_pass(known: float, unknown: float, outcome: Outcome) -> None:
    """The limit is 50 %: below it even if every unknown venue pays, above it whatever they do, or neither."""
    found = payer_concentration(known, 0.8, LIMITS, unknown)
    assert found.outcome == outcome
    assert f"{unknown:.1%} of volume pay is unknown" in found.reason
