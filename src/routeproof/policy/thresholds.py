"""What the firm has decided a number must be before it says something: evidence standards, margins, framework tests."""

from __future__ import annotations

from dataclasses import dataclass

from routeproof.vocab.errors import UsageError

LARGEST_ALPHA = 0.25
"""Beyond this the choice of prior that makes a confidence sequence tightest where asked has no meaning."""


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
    """Action thresholds of the review framework, and what page one names (shares and indices are fractions of 1).

    Named, if it is also more than chance: a venue whose share of executed shares moved by `venue_share_move` from the
    first month to the last; a payer with `payer_share_excess` more of the shares than at the other provider; a share of
    fills outside the quote above `outside_ratio` times, and a median fill time above `median_ratio` times another
    provider's. Named always: a share of executions that could be measured below `least_coverage`.
    """

    worse_months: int = 2
    months: int = 3
    payer_volume_share: float = 0.50
    payer_concentration_hhi: float = 0.25
    venue_share_move: float = 0.05
    payer_share_excess: float = 0.05
    outside_ratio: float = 1.25
    median_ratio: float = 2.0
    least_coverage: float = 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeLimits:
    """What a delivery may be like and still count as taken in (shares are fractions of 1)."""

    reject_share: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftStandards:
    """How daily watching of a provider's streams against their baselines is set.

    alpha: chance of any false alarm over all streams of a provider, however long it is watched. exit_alpha: chance
    that one stream's exit test passes falsely. allowed_correlation: of neighbouring days, that both withstand; a
    stream is taken to have what its baseline shows plus correlation_caution standard errors, and at most that.
    baseline_sessions: length of a baseline that nobody chose. least_baseline_days, burn_in_days: effective days below
    which nothing is said. restart_every_days: traded days after which a further sequence begins beside the earlier
    ones, so that a late drift is not thinned out by good days before it. tightest_days: looks after which a sequence is
    relatively narrowest.
    """

    alpha: float = 0.05
    exit_alpha: float = 0.05
    allowed_correlation: float = 0.5
    correlation_caution: float = 1.5
    baseline_sessions: int = 63
    least_baseline_days: float = 40.0
    burn_in_days: float = 10.0
    restart_every_days: int = 42
    tightest_days: float = 30.0

    def __post_init__(self) -> None:
        """Refuse values that mean nothing. Raises UsageError."""
        shares = 0.0 < self.alpha <= LARGEST_ALPHA and 0.0 < self.exit_alpha <= LARGEST_ALPHA
        correlated = 0.0 <= self.allowed_correlation < 1.0 and self.correlation_caution >= 0.0
        lasting = min(self.least_baseline_days, self.burn_in_days, self.tightest_days) > 1.0
        sessions = (self.baseline_sessions, self.restart_every_days)
        if not (shares and correlated and lasting and all(isinstance(one, int) and one > 1 for one in sessions)):
            message = (
                f"expected alpha and exit_alpha above 0 and up to {LARGEST_ALPHA:g}, a correlation of 0 to below 1, a "
                f"caution of at least 0, days above 1, and whole sessions above 1; found {self}"
            )
            raise UsageError(message, where="drift")
