"""When a version begins and ends."""

import polars as pl

from routeproof.tables.measured.version_terms import version_terms
from routeproof.tables.registry import TABLES

DAY_NS = 86_400_000_000_000


def ends(time_in_force: str) -> int | None:
    """When an order ends that is done for the day on days 1 and 2 and cancelled on day 3 (ns)."""
    orders = TABLES["parent_orders"].conform(pl.DataFrame({"order_id": ["o"], "symbol": ["A"], "received_at": [0]}))
    versions = TABLES["order_versions"].conform(
        pl.DataFrame({"event": ["new", "done", "done", "cancel"]}).with_columns(
            order_id=pl.lit("o"),
            version=1,
            effective_at=pl.int_range(4) * DAY_NS,
            quantity=100,
            time_in_force=pl.lit(time_in_force),
        )
    )
    found: int | None = version_terms(orders, versions)["ends_at"].item()
    return found


def test_done_for_the_day_ends_an_order_of_the_day_only() -> None:
    """What is good till cancelled ends with its cancel."""
    assert ends("day") == DAY_NS
    assert ends("gtc") == 3 * DAY_NS
    assert ends("gtd") == 3 * DAY_NS
