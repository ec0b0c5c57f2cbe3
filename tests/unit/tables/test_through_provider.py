"""Whose a route or fill is: what it says itself, or else its order."""

import polars as pl

from routeproof.tables.through_provider import through


def test_a_row_says_it_or_its_order_does() -> None:
    """P's own order; P's order at Q; Q's order at P; Q's order; no order and nothing said."""
    orders = pl.DataFrame({"order_id": ["p", "q"], "provider_id": ["P", "Q"]})
    rows = pl.DataFrame({"order_id": ["p", "p", "q", "q", None], "provider_id": [None, "Q", "P", None, None]})
    assert rows.filter(through("P", orders)).rows() == [("p", None), ("q", "P")]
