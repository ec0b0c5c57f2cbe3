"""The order of groups, and totals of nothing."""

import polars as pl

from routeproof.metrics.measure import Grouping, collect, finish_all
from routeproof.metrics.registry import BY_NAME

BUCKETS = [None, "100-499", "500+", "below $250", "$250-999", "$1000-4999", "$10000+"]
"""In the order of the buckets; as text `$1000-4999` and `$10000+` come before `$250-999`, and `100-499` after them."""


def test_size_buckets_come_in_the_order_of_their_bounds() -> None:
    """Shares of the earlier rule first, then dollars, within each side."""
    grouping = Grouping(("side", "size_bucket"), (BY_NAME["executions"],))
    rows = pl.DataFrame({"side": ["sell", "buy"], "size_bucket": [BUCKETS[::-1]] * 2}).explode("size_bucket")
    found = finish_all({"executions": collect(rows, grouping, "executions")}, grouping)
    assert found["side"].to_list() == ["buy"] * len(BUCKETS) + ["sell"] * len(BUCKETS)
    assert found["size_bucket"].to_list() == BUCKETS * 2


def test_totals_of_no_rows_are_0_and_of_unknown_ones_null() -> None:
    """Without dimensions there is one row, also where nothing is left to add up."""
    grouping = Grouping((), (BY_NAME["order_shares"],))
    unknown = pl.DataFrame({"quantity": [None]}, schema={"quantity": pl.Int64()})
    for rows, expected in ((unknown, None), (unknown.clear(), 0.0)):
        found = finish_all({"orders": collect(rows, grouping, "orders")}, grouping)
        assert found["order_shares"].to_list() == [expected]
