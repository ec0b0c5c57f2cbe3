"""The detailed report under 605(a)(1): 55 fields, each a named rule over the sums of its row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.metrics.rule605.figures import BPS, EMPTY, Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from routeproof.policy.report605 import Reporting605

ALL, SPREAD, RESTING, BEST = "all", "spread", "resting", "best"
"""Which order types a field applies to: every one, those of policy `spread_fields` or `resting_fields`; `best` are
spread fields from the month of policy `best_displayed` on."""

APPLIES = {ALL: "all", SPREAD: "spread fields", RESTING: "resting fields", BEST: "spread fields, once due"}
"""The same for people."""
ALWAYS = ("classification", "executable", "special_handling", "halts", "crossed", "clock_start", "clock_quote")
"""Readings that decide which orders are in a row and when their clock starts: every field rests on them."""
COUNTED_AGAINST = {ALL: (), SPREAD: ("spread_fields",), RESTING: ("resting_fields",), BEST: ("spread_fields",)}

HORIZONS = {"50millisec": "50ms", "1sec": "1s", "15sec": "15s", "1min": "60s", "5min": "300s"}
BUCKETS = (
    "CvrdOrderQtyto100microsec", "CvrdOrderQtyto1millisec", "CvrdOrderQtyto10millisec", "CvrdOrderQtyto1sec",
    "CvrdOrderQtyto10sec", "CvrdOrderQtyto30sec", "CvrdOrderQtyto5min",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One numeric field.

    Attributes:
        name: header name.
        applies: `ALL`, `SPREAD`, `RESTING` or `BEST`.
        value: text of each row's sums.
        subjects: readings of the policy that it rests on.
    """

    name: str
    applies: str
    value: Callable[[Figures], list[str]]
    subjects: tuple[str, ...] = ()

    @property
    def rests_on(self) -> tuple[str, ...]:
        """All readings of the policy that the field rests on."""
        return tuple(dict.fromkeys((*self.subjects, *COUNTED_AGAINST[self.applies], *ALWAYS)))


KEY_FIELDS = ("DsgntParticipant", "RprtEntityCd", "RptDate", "Symbol", "LotSizeFlag", "OrderSize", "OrderType")


def _within(place: int) -> Callable[[Figures], list[str]]:
    name = f"shares_within_{place}"
    if place == 0:
        return lambda row: row.total(name)
    return lambda row: row.remainder(name, f"shares_within_{place - 1}")


def _longest(row: Figures) -> list[str]:
    return row.remainder("executed_shares", f"shares_within_{len(BUCKETS) - 1}")


def _realized(horizon: str, label: str) -> tuple[Field, Field]:
    dollars, fraction = f"realized_spread_usd_per_share_{horizon}", f"realized_fraction_{horizon}"
    return (
        Field(f"AvgRealSprd{label}", ALL, lambda row: row.mean(dollars), ("after_close", "locked")),
        Field(f"AvgRealSprdPct{label}", ALL, lambda row: row.mean(fraction), ("after_close", "realized_percentage")),
    )


def _known(name: str) -> Callable[[Figures], list[str]]:
    """A total; empty where no row had a value."""
    return lambda row: row.known_total(name)


FIELDS = (
    Field("CvrdOrderCnt", ALL, lambda row: row.total("covered_orders"), ("special_handling", "replaced_orders")),
    Field("CvrdOrderSize", ALL, lambda row: row.total("covered_notional"), ("notional_price",)),
    Field("CvrdOrderQty", ALL, lambda row: row.total("covered_shares"), ("replaced_orders",)),
    Field("CvrdOrderCnclQty", ALL, lambda row: row.total("cancelled_shares"), ("cancelled_shares",)),
    Field("CvrdOrderExctdQty", ALL, lambda row: row.total("executed_here_shares"), ("executed_away",)),
    Field(
        "CvrdOrderExctdAwayQty", ALL, lambda row: row.remainder("executed_shares", "executed_here_shares"),
        ("executed_away",),
    ),
    *(Field(name, ALL, _within(place), ("clock_start", "time_buckets_ns")) for place, name in enumerate(BUCKETS)),
    Field("CvrdOrderQtyOthr", ALL, _longest, ("clock_start", "time_buckets_ns")),
    *(field for label, horizon in HORIZONS.items() for field in _realized(horizon, label)),
    Field("ExctdOrderMidPtAvg", ALL, lambda row: row.mean("midpoint"), ("clock_start",)),
    Field("ExctdOrderAvgQuotSprd", SPREAD, lambda row: row.mean("quoted_spread_usd_per_share"), ("crossed", "locked")),
    Field("AvgEffctvSprd", SPREAD, lambda row: row.mean("effective_spread_usd_per_share"), ("clock_start",)),
    Field("AvgEffctvSprdPct", SPREAD, lambda row: row.mean("effective_spread_bps", BPS), ("clock_start",)),
    Field("AvgEFQPct", SPREAD, lambda row: row.mean("e_over_q"), ("e_over_q",)),
    Field("ExctdPIOrdersQty", SPREAD, lambda row: row.total("improved_shares")),
    Field("ExctdPIOrdWghtdAvgAmtPerShare", SPREAD, lambda row: row.mean("improved_usd_per_share")),
    Field("ExctdPIOrdWghtdAvgTime", SPREAD, lambda row: row.mean("improved_time_ms"), ("time_unit",)),
    Field("ExctdOrderAtQuotQty", SPREAD, lambda row: row.total("at_quote_shares")),
    Field("ExctdAtQuotOrdWghtdAvgTime", SPREAD, lambda row: row.mean("at_quote_time_ms"), ("time_unit",)),
    Field("ExctdOrderOutQuotQty", SPREAD, lambda row: row.total("outside_shares")),
    Field("ExctdOutQuotOrdWghtdAvgAmt", SPREAD, lambda row: row.mean("outside_usd_per_share")),
    Field("ExctdOutQuotOrdWghtdAvgTime", SPREAD, lambda row: row.mean("outside_time_ms"), ("time_unit",)),
    Field("ExctdPIOrderRltvBestPrQty", BEST, _known("best_touch_improved_shares"), ("best_displayed",)),
    Field(
        "ExctdPIOrderRltvBestPrWghtdAvg", BEST, lambda row: row.mean("best_touch_improved_usd_per_share"),
        ("best_displayed",),
    ),
    Field("ExctdOrderAtBestPrQty", BEST, _known("best_touch_at_shares"), ("best_displayed",)),
    Field("ExctdOrderOutBestPrQty", BEST, _known("best_touch_outside_shares"), ("best_displayed",)),
    Field(
        "ExctdOrderOutBestPrWghtdAvgAmt", BEST, lambda row: row.mean("best_touch_outside_usd_per_share"),
        ("best_displayed",),
    ),
    Field("ExctdOrderSizeBnchmrkQty", SPREAD, _known("size_benchmark_shares"), ("size_benchmark",)),
    Field("ExctdSIOutsizedQty", SPREAD, _known("size_improvement_shares"), ("size_improvement",)),
    Field("FilledOrderCnt", RESTING, lambda row: row.total("filled_orders"), ("resting_fields",)),
    Field("RegExctdOrderQty", RESTING, _known("printed_shares"), ("regular_prints",)),
    Field(
        "RegExctdOrderOnXchngQty", RESTING, _known("printed_shares_on_exchange"),
        ("regular_prints",),
    ),
    Field("FilledOrderWghtdAvgTime", RESTING, lambda row: row.mean("time_to_execution_ms_avg"), ("time_unit",)),
)  # fmt: skip
HEADER = (*KEY_FIELDS, *(field.name for field in FIELDS))


def applicable(reporting: Reporting605) -> dict[str, frozenset[str]]:
    """Order-type codes that each group of fields applies to; which they are is policy, by date."""
    every, spread = reporting.codes("order_types"), reporting.codes("spread_fields")
    best = spread if reporting.value("best_displayed") else frozenset[str]()
    return {ALL: every, SPREAD: spread, RESTING: reporting.codes("resting_fields"), BEST: best}


def detailed_columns(rows: Figures, codes: Sequence[str], reporting: Reporting605) -> list[list[str]]:
    """Fields 8 to 55, each as a column; a field that does not apply to a row's order type is empty, never zero.

    Args:
        rows: sums, one row per group.
        codes: order type of each row.
        reporting: readings in force.
    """
    allowed = applicable(reporting)
    return [
        [text if code in allowed[field.applies] else EMPTY for text, code in zip(field.value(rows), codes, strict=True)]
        for field in FIELDS
    ]
