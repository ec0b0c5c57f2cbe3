"""What the catalog says of itself."""

import pytest

from routeproof.metrics.describe import sign_words
from routeproof.metrics.registry import BY_NAME


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("effective_spread_usd_per_share", "positive = a cost to the customer"),
        ("e_over_q", "positive = a cost to the customer"),
        ("price_improvement_usd", "positive = good for the customer"),
        ("outside_usd_per_share", "never negative"),
        ("quoted_spread_usd_per_share", "never negative"),
        (
            "reversion_usd_per_share_60s",
            "positive = the market went on in the order's direction, negative = it came back",
        ),
        ("time_to_execution_ms_avg", "negative only where clocks disagree"),
        ("fill_rate_shares", "never negative"),
    ],
)
def test_each_metric_says_its_sign(name: str, sign: str) -> None:
    """As the methodology words it: costs are positive when bad, improvements positive when good."""
    assert sign_words(BY_NAME[name]) == sign
