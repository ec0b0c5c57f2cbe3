"""Where the tape has no figure, the pack says which of the three reasons it is."""

from datetime import date

import polars as pl

from routeproof.app.review.evidence_cells import CellTable
from routeproof.app.review.tape_benchmark import none_on_tape

IMPROVEMENT = "price_improvement_usd_per_share"


def cells(*providers: str) -> CellTable:
    """One cell of each provider."""
    return CellTable.of(
        pl.DataFrame(
            {
                "metric": [IMPROVEMENT], "provider": [name], "symbol": ["ABC"], "order_group": ["market"],
                "order_class": ["any"], "trading_day": [date(2026, 7, 1)], "numerator": [1.0], "denominator": [1.0],
                "largest": [1.0], "n": [1], "shares": [1],
            }
        )
        for name in providers
    )  # fmt: skip


def test_a_workspace_without_trades_has_no_tape() -> None:
    """Price improvement is measured on a tape, so that its absence is no matter of orders."""
    assert none_on_tape(cells("P"), IMPROVEMENT).startswith("there is no tape")
    assert none_on_tape(cells("P"), "limit_fill_rate_shares").startswith("there is no tape")


def test_a_tape_has_no_orders_and_not_every_security() -> None:
    """Fill times need orders; improvement of a security that did not print needs prints."""
    assert none_on_tape(cells("P", "tape"), "time_to_execution_ms_avg") == "the tape has no orders to time or to count"
    assert none_on_tape(cells("P", "tape"), IMPROVEMENT).startswith("the tape has no eligible print")
