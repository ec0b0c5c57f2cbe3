"""The detailed 605 report on random markets and flow against the same rows worked in fractions."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from oracle.fills import HORIZONS
from oracle.random_flow import DAYS, Dice, frame, random_flow, random_market
from oracle.rule605 import rows_605
from routeproof.app.disclosure.report605_sums import Month605, month_sums
from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.measure_frames import canonical_flow
from routeproof.app.shipped_rules import shipped_rules
from routeproof.metrics.rule605.detailed import HEADER
from routeproof.metrics.rule605.judged import Reporter
from routeproof.reports.rule605.files import Header605, detailed_file
from routeproof.stores.shipped_policy import load_report605_policy
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.registry import TABLES

FIRST, LAST = DAYS[0].replace(day=1), DAYS[0].replace(day=30)
SPREAD = ("MXXNN", "LYNNN", "LYNYN", "LNYNN", "LNYYN", "MXXNY", "LYNNY")
RESTING = ("LNYNN", "LNYYN", "LNNNN", "LNNYN", "MXXNY", "LYNNY", "LNNNY")
SUFFIX = {"50ms": "50millisec", "1s": "1sec", "15s": "15sec", "60s": "1min", "300s": "5min"}
BUCKETS = HEADER[13:21]


@pytest.mark.parametrize("seed", [41, 47, 52])
def test_rows_are_those_of_fractions(seed: int) -> None:
    """Every field of every row, and every reason; replaced, long-lived, busted, crossed and locked ones among them."""
    dice = Dice(seed)
    market, flow = random_market(dice), random_flow(dice, 60)
    names = {"parent_orders": "orders", "order_versions": "versions", "executions": "executions"}
    tables = canonical_flow(*(frame(flow[names[name]]) for name in ("executions", "parent_orders", "order_versions")))
    more = {"routes": flow["routes"], "trades": market.trades, "quotes": market.quotes}
    tables |= {name: coerce(frame(rows), TABLES[name], where=name) for name, rows in more.items()}
    source, reporting = FrameSource(tables, tables["quotes"]), load_report605_policy().on(FIRST)
    month = Month605(days=(FIRST, LAST), reporting=reporting, reporter=Reporter(code="F"), rules=shipped_rules())
    sums = month_sums(source, source.days(), month)
    header = Header605(participant="T", reporter="F", month="202611")
    found = {
        (row[3], row[4], int(row[5]), row[6]): dict(zip(HEADER, row, strict=True))
        for row in detailed_file(header, sums.rows, sums.metrics, reporting).rows
    }
    expected, reasons = rows_605(flow, market)
    assert {name: item["versions"] for name, item in sums.reasons.items()} == dict(reasons)
    assert sorted(found) == sorted(expected)
    for key, row in expected.items():
        for name, value in _fields(row, key[3]).items():
            assert (name, found[key][name]) == (name, value), key


def _fields(row: dict[str, Any], code: str) -> dict[str, str]:
    q = row["executed"]
    fields: dict[str, Any] = {
        "CvrdOrderCnt": row["orders"], "CvrdOrderSize": row["notional"], "CvrdOrderQty": row["shares"],
        "CvrdOrderCnclQty": row["cancelled"], "CvrdOrderExctdQty": row["here"],
        "CvrdOrderExctdAwayQty": q - row["here"],
        **{name: row[f"bucket_{place}"] for place, name in enumerate(BUCKETS)},
        "ExctdOrderMidPtAvg": _over(row["mid"], q),
    }  # fmt: skip
    for horizon in HORIZONS:
        fields[f"AvgRealSprd{SUFFIX[horizon]}"] = _over(row[f"real_{horizon}"], row[f"real_q_{horizon}"])
        fields[f"AvgRealSprdPct{SUFFIX[horizon]}"] = _over(row[f"part_{horizon}"], row[f"real_q_{horizon}"])
    spread = {
        "ExctdOrderAvgQuotSprd": _over(row["quoted"], q), "AvgEffctvSprd": _over(row["effective"], q),
        "AvgEffctvSprdPct": _over(row["effective_part"], q), "AvgEFQPct": _over(row["effective"], row["quoted"]),
        "ExctdPIOrdersQty": row["pi"], "ExctdPIOrdWghtdAvgAmtPerShare": _over(row["pi_usd"], row["pi"]),
        "ExctdPIOrdWghtdAvgTime": _over(row["pi_ms"], row["pi"]), "ExctdOrderAtQuotQty": row["at"],
        "ExctdAtQuotOrdWghtdAvgTime": _over(row["at_ms"], row["at"]), "ExctdOrderOutQuotQty": row["out"],
        "ExctdOutQuotOrdWghtdAvgAmt": _over(row["out_usd"], row["out"]),
        "ExctdOutQuotOrdWghtdAvgTime": _over(row["out_ms"], row["out"]),
    }  # fmt: skip
    resting = {"FilledOrderCnt": row["filled"], "FilledOrderWghtdAvgTime": _over(row["ms"], q)}
    if row["benchmark"]:
        spread |= {"ExctdOrderSizeBnchmrkQty": row["benchmark"], "ExctdSIOutsizedQty": row["outsized"]}
    if row["printed"]:
        resting |= {"RegExctdOrderQty": row["printed"], "RegExctdOrderOnXchngQty": row["printed_here"]}
    fields |= spread if code in SPREAD else dict.fromkeys(spread)
    fields |= resting if code in RESTING else dict.fromkeys(resting)
    return {name: _text(value) for name, value in fields.items()}


def _over(upper: Any, lower: Any) -> Fraction | None:  # noqa: ANN401 - Fractions
    return Fraction(upper) / lower if lower else None


def _text(value: Any) -> str:  # noqa: ANN401 - a Fraction or a count
    if value is None:
        return ""
    exact = Fraction(value)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    text = f"{rounded:f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text
