"""What the firm has decided a number must be before it says something: evidence standards, margins, framework tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceStandards:
    """When a cell may carry an interval, and how the interval is made.

    confidence and the shares are fractions of 1. `largest_order_share`: a heavier single order leaves the cell
    without a verdict. `least_overlap`: share of the subject's weight that must find its like on the other side.
    `least_stratum_days`: days a stratum needs on both sides to be compared across periods.
    """

    confidence: float = 0.95
    least_effective_days: float = 10.0
    largest_order_share: float = 0.20
    bootstrap_below_days: int = 40
    bootstrap_draws: int = 999
    bootstrap_seed: int = 20260101
    least_overlap: float = 0.50
    least_stratum_days: int = 5
    false_discovery_rate: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkThresholds:
    """Action thresholds of the review framework (shares and indices are fractions of 1)."""

    worse_months: int = 2
    months: int = 3
    payer_volume_share: float = 0.50
    payer_concentration_hhi: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """What a delivery may be like and still count as taken in (shares are fractions of 1)."""

    reject_share: float = 0.05
