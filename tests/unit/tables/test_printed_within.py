"""Shares printed while orders were in force, against counting one by one."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.tables.lookup.printed_within import BLOCK, printed_within

PRINT = st.tuples(
    st.sampled_from("AB"), st.integers(0, 60), st.integers(1, 9), st.integers(1, 5), st.sampled_from(["X", "D", None])
)
ORDER = st.tuples(
    st.sampled_from("ABC"),
    st.sampled_from(["buy", "sell"]),
    st.integers(1, 9) | st.none(),
    st.integers(0, 60) | st.none(),
    st.integers(0, 60),
)


@given(st.lists(PRINT, min_size=1, max_size=30), st.lists(ORDER, min_size=1, max_size=8), st.integers(1, 40))
@examples(60)
def test_it_counts_what_a_loop_counts(
    prints: list[tuple[str, int, int, int, str | None]],
    orders: list[tuple[str, str, int | None, int | None, int]],
    times: int,
) -> None:
    """Prints at both ends count; a symbol without a print says nothing; many prints at an instant fill whole blocks."""
    many = prints * (times if times * len(prints) > BLOCK else 1)
    tape = pl.DataFrame(many, schema=["symbol", "at", "price", "quantity", "venue"], orient="row")
    tape = tape.with_columns(pl.col("venue").cast(pl.String))
    asked = pl.DataFrame(
        orders,
        schema={
            "symbol": pl.String,
            "side": pl.String,
            "limit_price": pl.Int64,
            "from_at": pl.Int64,
            "to_at": pl.Int64,
        },
        orient="row",
    )
    found = printed_within(asked, tape, ("D",))
    for order, row in zip(orders, found.iter_rows(), strict=True):
        assert row == _counted(order, many), order


def _counted(
    order: tuple[str, str, int | None, int | None, int], prints: list[tuple[str, int, int, int, str | None]]
) -> tuple[int | None, int | None]:
    symbol, side, limit, begin, end = order
    mine = [item for item in prints if item[0] == symbol]
    if not mine or begin is None:
        return None, None
    hits = [
        (quantity, venue)
        for _, at, price, quantity, venue in mine
        if begin <= at <= end and (limit is None or (price <= limit if side == "buy" else price >= limit))
    ]
    return sum(q for q, _ in hits), sum(q for q, venue in hits if venue not in (None, "D"))
