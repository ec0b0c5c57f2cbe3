"""Page one's tests see what they are meant to see."""

from datetime import date, timedelta

import polars as pl

from routeproof.app.peers.industry import Industry, Published
from routeproof.app.review.benchmark import Benchmark
from routeproof.app.review.evidence_cells import CellTable
from routeproof.app.review.framework_rows import framework_rows
from routeproof.app.review.judge import Judge
from routeproof.evidence.partials import Partials
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


class Average(Industry):
    """An industry that has a cent a share of everything, as we do, give or take a thousandth of a cent a day."""

    def figure(
        self, metric: str, groups: object = (), symbol: str | None = None, month: str | None = None
    ) -> Published:
        """The same in any month."""
        del metric, groups, symbol
        days = [step for step in range(DAYS) if month in (None, f"{FIRST + timedelta(days=step):%Y-%m}")]
        swings = [((step * 37) % 11 - 5) / 5 for step in days]
        own = Partials.of(day=days, numerator=[50.0 + 0.01 * s for s in swings], denominator=[5_000.0] * len(days))
        return Published(value=0.01 + self.above, n=7, coverage=1.0, own=own)

    above = 0.0


def improvement(above: float) -> str:
    """Outcome of the price improvement threshold where the industry has so much more a share than we."""
    empty = pl.DataFrame()
    industry = Average(name="industry", public=empty, own=empty, daily=empty, codes={}, doubt="", digest="")
    object.__setattr__(industry, "above", above)
    frame = times("P", "market", "market", 0.01, 0.0)
    cells = CellTable.of([frame.with_columns(pl.lit("price_improvement_usd_per_share").alias("metric"))])
    judge = Judge(book=load_shipped_policy(), period_start=FIRST)
    against = Benchmark(name="industry", industry=industry)
    rows = framework_rows(judge, cells, "P", against, None, pl.DataFrame(), None, None)
    row = next(row for row in rows if row.component == "Price improvement")
    return f"{row.outcome}: {row.detail}"


def test_an_industry_average_alone_is_no_pass() -> None:
    """Like the average: cannot tell, as it is not what competing markets would give. Worse than it: failed."""
    assert improvement(0.0).startswith("cannot_tell")
    assert "an industry average alone" in improvement(0.0)
    assert improvement(0.005).startswith("failed")
