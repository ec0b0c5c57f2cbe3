"""Fees of the venue that a route went to, beside those of the one that showed the best price."""

from datetime import date

import polars as pl

from routeproof.app.facts.shown_facts import with_fees


def test_the_latest_fee_of_each_venue_counts_and_an_unknown_one_is_null() -> None:
    """XNYS raised its fee in May; what BATS charges nobody said."""
    fees = pl.DataFrame(
        [
            ("XNYS", date(2026, 5, 1), 3_000_000),
            ("XNYS", date(2026, 1, 1), 2_700_000),
            ("XNAS", date(2026, 1, 1), 2_800_000),
        ],
        schema=["venue", "valid_from", "fee_usd_per_share"],
        orient="row",
    )
    routes = pl.DataFrame({"route_id": ["a", "b", "c"], "venue": ["XNYS", "BATS", "XNAS"]})
    shown = pl.DataFrame({"route_id": ["a", "b"], "shown_venue": ["XNAS", "XNYS"]})
    assert with_fees(routes, shown, fees).rows() == [
        ("a", "XNAS", 3_000_000, 2_800_000),
        ("b", "XNYS", None, 3_000_000),
    ]
