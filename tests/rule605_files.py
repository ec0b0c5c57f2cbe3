"""Small Rule 605 files of our own: a right row of each layout, and the same with some fields changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.tables.rule605.detailed import DETAILED
from routeproof.tables.rule605.summary import SUMMARY

if TYPE_CHECKING:
    from pathlib import Path

LEGACY_ROW = (
    "T|TXXXX|201601|ABC|11|21|10|2000|500|1400|100|1200|200|100|0|0|0.0123|0.0200|900|0.0050|0.1|500|0.2|100|0.0100|1.5"
)
"""2,000 covered = 500 cancelled + 1,400 + 100; executed are 1,200 + 200 + 100 by time and 900 + 500 + 100 by price."""

LEGACY_RESTING = "T|TXXXX|201601|ABC|14|22|5|5000|3000|1000|0|400|100|0|0|0|-0.0100|||||||||"
"""1,000 of 2,000 left expired, 500 of 1,000 executed after half an hour: nothing is wrong with that."""

DETAILED_FIELDS = {
    "DsgntParticipant": "T",
    "RprtEntityCd": "XXXX",
    "RptDate": "202608",
    "Symbol": "ABC",
    "LotSizeFlag": "ROUND",
    "OrderSize": "1000",
    "OrderType": "MXXNN",
    "CvrdOrderCnt": "10",
    "CvrdOrderSize": "20000.5",
    "CvrdOrderQty": "1000.5",
    "CvrdOrderCnclQty": "200",
    "CvrdOrderExctdQty": "700.5",
    "CvrdOrderExctdAwayQty": "100",
    "CvrdOrderQtyto100microsec": "100",
    "CvrdOrderQtyto1millisec": "100",
    "CvrdOrderQtyto10millisec": "100",
    "CvrdOrderQtyto1sec": "100",
    "CvrdOrderQtyto10sec": "100",
    "CvrdOrderQtyto30sec": "100",
    "CvrdOrderQtyto5min": "100",
    "CvrdOrderQtyOthr": "100.5",
    "AvgRealSprd50millisec": "0.011",
    "AvgRealSprdPct50millisec": "0.00055",
    "AvgRealSprd1sec": "0.012",
    "AvgRealSprdPct1sec": "0.0006",
    "AvgRealSprd15sec": "0.013",
    "AvgRealSprdPct15sec": "0.00065",
    "AvgRealSprd1min": "0.014",
    "AvgRealSprdPct1min": "0.0007",
    "AvgRealSprd5min": "-0.002",
    "AvgRealSprdPct5min": "-0.0001",
    "ExctdOrderMidPtAvg": "20.01",
    "ExctdOrderAvgQuotSprd": "0.02",
    "AvgEffctvSprd": "0.016",
    "AvgEffctvSprdPct": "0.0008",
    "AvgEFQPct": "0.8",
    "ExctdPIOrdersQty": "500",
    "ExctdPIOrdWghtdAvgAmtPerShare": "0.004",
    "ExctdPIOrdWghtdAvgTime": "12.5",
    "ExctdOrderAtQuotQty": "200.5",
    "ExctdAtQuotOrdWghtdAvgTime": "20",
    "ExctdOrderOutQuotQty": "100",
    "ExctdOutQuotOrdWghtdAvgAmt": "0.003",
    "ExctdOutQuotOrdWghtdAvgTime": "30",
}

SUMMARY_FIELDS = {
    "DsgntParticipant": "T",
    "RprtEntityCd": "XXXX",
    "RptDate": "202608",
    "Sp500": "Y",
    "OrderSize": "1000",
    "OrderType": "M",
    "AvgOrderQty": "100",
    "AvgOrderSize": "2500.5",
    "ExctdOrderMidPtAvg": "25.01",
    "PctExctdAtQuotOrBetter": "0.95",
    "PctExctdPI": "0.9",
    "WghtdAvgPctPI": "0.0004",
    "AvgEffctvSprdPct": "0.0008",
    "AvgPctQuotSprd": "0.001",
    "AvgEFQPct": "0.8",
    "AvgRealSprdPct15sec": "0.0002",
    "AvgRealSprdPct1min": "-0.0001",
    "WghtdAvgExctnTime": "12.345678",
}


def legacy(line: str = LEGACY_ROW, **changed: str) -> str:
    """A legacy record with some fields changed, by number: `legacy(f8="100")`."""
    fields = line.split("|")
    for name, text in changed.items():
        fields[int(name.removeprefix("f")) - 1] = text
    return "|".join(fields)


def detailed(*rows: dict[str, str], header: list[str] | None = None) -> str:
    """A detailed file of rows that differ from the right one by some fields."""
    names = header or [item.official for item in DETAILED.fields]
    records = [{**DETAILED_FIELDS, **row} for row in rows]
    return "".join("|".join(line) + "\r\n" for line in [names, *([row.get(n, "") for n in names] for row in records)])


def summary(*rows: dict[str, str], header: list[str] | None = None) -> str:
    """A summary file of rows that differ from the right one by some fields."""
    names = header or [item.official for item in SUMMARY.fields]
    records = [{**SUMMARY_FIELDS, **row} for row in rows]
    return "".join(",".join(line) + "\r\n" for line in [names, *([row.get(n, "") for n in names] for row in records)])


def written(folder: Path, text: str, name: str = "report.txt") -> Path:
    """The text as a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path
