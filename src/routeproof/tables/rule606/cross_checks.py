"""What is odd about a report whose every element is right: sums, months, venues. Notes, never a reason to refuse it.

House tolerances: percentages that should add to 100 may miss by `TOLERANCE_POINTS`, shares by rounding of a millionth.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from routeproof.tables.rule606.flat import REPORT, SECTION
from routeproof.tables.rule606.layout import A1, B1, B3, ORDER_TYPES
from routeproof.tables.rule606.values import BLANKS, collapsed, fixed, integer
from routeproof.vocab.fixed import SCALE, to_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.tables.rule606.flat import FlatReport, Row

TOLERANCE_POINTS = SCALE // 2
"""Half a percentage point: four percentages, each rounded to two decimals, or to whole points by some filers."""
HUNDRED = 100 * SCALE
LEAST_VENUES = 10
"""17 CFR 242.606(a)(1)(ii): the ten venues that most orders were routed to, and any with 5 % or more."""
PERIOD_MONTHS = 6
"""17 CFR 242.606(b)(1) and (b)(3): the prior six months."""
MONTHS_OF_QUARTER = 3


@dataclass(frozen=True, slots=True)
class Note:
    """Something odd: line of the document, element, code, sentence."""

    line: int
    column: str
    code: str
    message: str


def notes(report: FlatReport) -> list[Note]:
    """Everything odd in a report without problems, by table and row."""
    checks = {A1.format: _public, B1.format: _routing, B3.format: _handling}
    return list(checks[report.layout.format](report))


def _public(report: FlatReport) -> Iterator[Note]:
    year, quarter = integer(report.head["year"]), integer(report.head["qtr"]) or 0
    months = range(MONTHS_OF_QUARTER * quarter - 2, MONTHS_OF_QUARTER * quarter + 1)
    for row in report.rows["rMonthly"]:
        if integer(row.texts["year"]) != year or integer(row.texts["mon"]) not in months:
            found = f"{row.texts['year']}-{row.texts['mon']}"
            yield Note(
                row.line,
                "rMonthly/mon",
                "month_outside_quarter",
                f"expected a month of {year}Q{quarter}, found {found}",
            )
    if len(report.rows["rMonthly"]) < MONTHS_OF_QUARTER:
        found = f"found {len(report.rows['rMonthly'])}"
        yield Note(
            report.rows[REPORT][0].line, "rMonthly", "months_missing", f"expected three months of a quarter, {found}"
        )
    venues: dict[tuple[int | str, ...], list[Row]] = {}
    for row in report.rows["rVenue"]:
        venues.setdefault(row.key[:-1], []).append(row)
        yield from _signs(row)
    for row in report.rows[SECTION]:
        yield from _section(row, venues.get(row.key, []))


def _section(row: Row, venues: Sequence[Row]) -> Iterator[Note]:
    name = str(row.key[-1])
    types = [fixed(row.texts[f"ndo{kind}Pct"]) for kind in ("Market", "MarketableLimit", "NonmarketableLimit", "Other")]
    stated = [value for value in types if value is not None]
    if len(stated) == len(types) and abs(sum(stated) - HUNDRED) > TOLERANCE_POINTS and any(stated):
        text = f"expected the order types to add up to 100 %, found {to_decimal(sum(stated)).normalize():f} %"
        yield Note(row.line, f"{name}/ndoMarketPct", "sum_of_order_types", text)
    named = [value for venue in venues if (value := fixed(venue.texts["orderPct"])) is not None]
    if sum(named) > HUNDRED + TOLERANCE_POINTS:
        text = (
            f"expected the venues' shares of orders to be at most 100 %, found {to_decimal(sum(named)).normalize():f} %"
        )
        yield Note(row.line, f"{name}/rVenues/rVenue/orderPct", "sum_of_venues", text)
    if 0 < len(venues) < LEAST_VENUES and sum(named) < HUNDRED - TOLERANCE_POINTS:
        text = (
            f"expected the ten largest venues, or all: found {len(venues)} with "
            f"{to_decimal(sum(named)).normalize():f} % of orders"
        )
        yield Note(row.line, f"{name}/rVenues", "fewer_than_ten_venues", text)
    names = Counter(collapsed(venue.texts["name"]) for venue in venues if "mic" not in venue.texts)
    for venue in venues:
        if "mic" not in venue.texts and names[collapsed(venue.texts["name"])] > 1:
            text = f"expected each venue once in a section, found {collapsed(venue.texts['name'])} more often"
            yield Note(venue.line, f"{name}/rVenues/rVenue/name", "same_venue_name", text)


def _signs(row: Row) -> Iterator[Note]:
    for kind in ORDER_TYPES:
        usd = fixed(row.texts[f"netPmtPaidRecv{kind}OrdersUsd"]) or 0
        cents = fixed(row.texts[f"netPmtPaidRecv{kind}OrdersCph"]) or 0
        if usd * cents < 0:
            text = "expected dollars and cents per hundred shares of one sign, found one received and one paid"
            yield Note(row.line, f"rVenue/netPmtPaidRecv{kind}OrdersCph", "signs_differ", text)


def _period(report: FlatReport) -> tuple[date, date]:
    return _day(report.head["startDate"]), _day(report.head["endDate"])


def _day(text: str) -> date:
    return date.fromisoformat(text.strip(BLANKS))


def _dates(report: FlatReport) -> Iterator[Note]:
    start, end = _period(report)
    line = report.rows[REPORT][0].line
    if end < start:
        yield Note(line, "endDate", "dates_reversed", f"expected a last day from {start} on, found {end}")
    elif _months(start, end) > PERIOD_MONTHS or (_months(start, end) == PERIOD_MONTHS and end.day >= start.day):
        yield Note(line, "endDate", "longer_than_six_months", f"expected six months from {start} on, found {end}")


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _routing(report: FlatReport) -> Iterator[Note]:
    yield from _dates(report)
    start, end = _period(report)
    for row in report.rows["transaction"]:
        if not start <= _day(row.texts["date"]) <= end:
            text = f"expected a day from {start} to {end}, found {row.texts['date'].strip(BLANKS)}"
            yield Note(row.line, "transaction/date", "outside_period", text)


def _handling(report: FlatReport) -> Iterator[Note]:
    yield from _dates(report)
    start, end = _period(report)
    for row in report.rows["hMonthly"]:
        month = (integer(row.texts["year"]) or 0, integer(row.texts["mon"]) or 0)
        if not (start.year, start.month) <= month <= (end.year, end.month):
            text = f"expected a month from {start} to {end}, found {month[0]}-{month[1]:02d}"
            yield Note(row.line, "hMonthly/mon", "outside_period", text)
    for row in report.rows["iVenue"]:
        yield from _fills(row)


def _fills(row: Row) -> Iterator[Note]:
    routed, executed = fixed(row.texts["routedShr"]), fixed(row.texts["executedShr"])
    if routed is not None and executed is not None and executed > routed:
        yield Note(
            row.line, "iVenue/executedShr", "executed_above_routed", "expected at most the shares routed, found more"
        )
    for column, names in (
        ("midpointShr", ("midpointShr", "nearsideShr", "farsideShr")),
        ("providedLiqudityShr", ("providedLiqudityShr", "removedLiquidityShr")),
    ):
        parts = [fixed(row.texts[name]) for name in names]
        stated = [part for part in parts if part is not None]
        if executed is not None and len(stated) == len(parts) and sum(stated) > executed + SCALE // 1_000_000:
            text = f"expected {', '.join(names)} to be at most executedShr together, found more"
            yield Note(row.line, f"iVenue/{column}", "sum_above_executed", text)
