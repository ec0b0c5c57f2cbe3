"""Page one's tests see what they are meant to see."""

from datetime import date, timedelta

import polars as pl

from routeproof.app.review.benchmark import Benchmark
from routeproof.app.review.evidence_cells import CellTable
from routeproof.app.review.framework_rows import framework_rows
from routeproof.app.review.judge import Judge
from routeproof.stores.shipped_policy import load_shipped_policy

FIRST = date(2026, 7, 1)
DAYS = 60


def times(provider: str, group: str, order_class: str, base_ms: float, swing_ms: float) -> pl.DataFrame:
    """Route to execution of 50 orders of 100 shares a day; days swing about the base without a pattern."""
    swings = [((step * 37) % 11 - 5) / 5 for step in range(DAYS)]
    return pl.DataFrame(
        {
            "metric": "route_to_execution_ms_avg",
            "provider": provider,
            "symbol": "ABC",
            "order_group": group,
            "order_class": order_class,
            "trading_day": [FIRST + timedelta(days=step) for step in range(DAYS)],
            "numerator": [5_000.0 * (base_ms + swing_ms * swing) for swing in swings],
            "denominator": 5_000.0,
            "largest": 100.0,
            "n": 50,
            "shares": 5_000,
        }
    )


def speed(*frames: pl.DataFrame, control: str | None) -> str:
    """Outcome of the speed threshold of provider P."""
    judge = Judge(book=load_shipped_policy(), period_start=FIRST)
    none = Benchmark(name="no benchmark")
    rows = framework_rows(judge, CellTable.of(frames), "P", none, None, pl.DataFrame(), None, control)
    return next(row.outcome for row in rows if row.component == "Execution speed")


def test_a_delay_of_market_orders_is_not_drowned_by_orders_that_wait() -> None:
    """P's market orders take 107 ms, the control's 7; resting orders of both wait a minute, give or take one."""
    market = (times("P", "market", "market", 107.0, 3.0), times("Q", "market", "market", 7.0, 1.0))
    resting = (
        times("P", "resting", "non_marketable", 60_000.0, 60_000.0),
        times("Q", "resting", "non_marketable", 60_000.0, -60_000.0),
    )
    assert speed(*market, *resting, control="Q") == "failed"
    assert speed(*market, *resting, control=None) == "no_control_flow"


def test_no_slower_than_the_control_flow_is_a_pass() -> None:
    """The same times on both sides, a millisecond apart, under the margin of five."""
    alike = (times("P", "market", "market", 8.0, 1.0), times("Q", "market", "market", 7.0, -1.0))
    assert speed(*alike, control="Q") == "passed"
