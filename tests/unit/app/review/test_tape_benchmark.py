"""The tape is the benchmark as its printed population says: the same securities on the same days, and findable."""

from datetime import UTC, date, datetime

import polars as pl

from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.measure_range import measured_days
from routeproof.app.review.evidence_cells import CellTable, Selection
from routeproof.app.review.tape_benchmark import Reviewed, tape_benchmark, tape_rows_ref
from routeproof.app.shipped_rules import shipped_rules
from routeproof.metrics.measure import Grouping, columns_read
from routeproof.metrics.registry import ALL
from routeproof.tables.measured.tape import NOT_OF_PRINTS
from routeproof.tables.registry import TABLES
from routeproof.tables.switches import Switches

DAYS = (date(2026, 7, 1), date(2026, 7, 2))
FILLED = (("A", DAYS[0]), ("A", DAYS[1]), ("B", DAYS[1]))
METRIC = "price_improvement_usd_per_share"


def own_cells() -> CellTable:
    """The provider filled A on both days and B on the second; another one filled C."""
    rows = [("P", *pair) for pair in FILLED] + [("OTHER", "C", DAYS[0])]
    cells = [
        {
            "metric": METRIC, "provider": name, "symbol": symbol, "order_group": "market", "order_class": "market",
            "trading_day": day, "numerator": 1.0, "denominator": 1.0, "largest": 1.0, "n": 1, "shares": 1,
        }
        for name, symbol, day in rows
    ]  # fmt: skip
    return CellTable.of([pl.DataFrame(cells)])


def market() -> FrameSource:
    """A quote and a print of A, B and C at ten on each day."""
    every = [(name, day, datetime(day.year, day.month, day.day, 14, tzinfo=UTC)) for name in "ABC" for day in DAYS]
    at = pl.Series("at", [int(moment.timestamp()) * 10**9 for _, _, moment in every])
    frame = pl.DataFrame({"symbol": [name for name, _, _ in every], "trading_day": [day for _, day, _ in every]})
    quotes = frame.with_columns(at - 10**9, bid=10 * 10**9, ask=10_020_000_000)
    trades = frame.with_columns(at, price=10_010_000_000 + 10**6, quantity=100 * 10**9)
    return FrameSource({"trades": TABLES["trades"].conform(trades)}, TABLES["quotes"].conform(quotes))


def test_prints_of_other_securities_and_days_are_no_benchmark() -> None:
    """B was filled on the second day only, C by another provider: neither B's first day nor C counts."""
    reviewed = Reviewed(own_cells(), "P")
    found = tape_benchmark(market(), DAYS, shipped_rules(), Switches(benchmark="execution"), reviewed, {})
    assert found.cells is not None
    prints = found.cells.cells.filter((pl.col("provider") == "tape") & (pl.col("metric") == METRIC))
    assert set(prints.select("symbol", "trading_day").rows()) == set(FILLED)


def test_the_prints_behind_a_figure_are_found_on_the_tape() -> None:
    """By security and day, since that is how they are chosen."""
    selection = Selection(provider="tape", symbol="BRK B", groups=("market",))
    assert tape_rows_ref(selection, "2026Q3") == (
        "--population tape --benchmark execution --from=2026-07-01 --to=2026-09-30 "
        "--where 'symbol=BRK B' --by symbol,day"
    )


def test_what_prints_do_not_have_is_known() -> None:
    """Metrics that read such a column say why they are null on the tape."""
    switches = Switches(population="tape", benchmark="execution")
    (day,) = measured_days(market(), DAYS[:1], shipped_rules(), switches)
    read = columns_read(Grouping((), ALL), "executions")
    assert read - set(day.executions.columns) == NOT_OF_PRINTS
