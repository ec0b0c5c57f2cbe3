"""Hits of a frame, whatever pieces it is stored in."""

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.say import shares


def test_a_frame_of_which_only_the_last_piece_fires_gives_its_sentence() -> None:
    """Two pieces, and the first has no row left: what a day of several intakes looks like."""
    orders = pl.DataFrame(
        [
            pl.Series("symbol", ["A", "A"]).append(pl.Series("symbol", ["B", "B"])),
            pl.Series("quantity", [5 * 10**9] * 2).append(pl.Series("quantity", [10**9] * 2)),
            pl.Series("at", [1, 2]).append(pl.Series("at", [3, 4])),
        ]
    )
    shape = Shape(at=pl.col("at"), sentence=pl.format("{} of {}", shares(pl.col("quantity")), "symbol"))
    assert orders["symbol"].n_chunks() == 2
    assert hits(orders, pl.col("quantity") == 10**9, shape)["sentence"].to_list() == ["1 share of B"] * 2
    left = orders.filter(orders["quantity"] == 10**9)
    assert hits(left, pl.lit(value=True), shape)["sentence"].to_list() == ["1 share of B"] * 2


def test_a_row_without_fills_names_no_executions() -> None:
    """An order that nothing of was filled has an empty list of executions beside another's sorted one, not null."""
    ids = pl.Series("execution_ids", [None, ["e2", "e1"]], dtype=pl.List(pl.String))
    orders = pl.DataFrame([pl.Series("order_id", ["o1", "o2"]), ids, pl.Series("at", [1, 2])])
    found = hits(orders, pl.lit(value=True), Shape(at=pl.col("at"), sentence=pl.col("order_id")))
    assert found["execution_ids"].to_list() == [[], ["e1", "e2"]]
