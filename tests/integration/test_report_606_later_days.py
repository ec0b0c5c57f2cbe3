"""Orders good till cancelled in Rule 606 reports: filled on a later trading day than they were routed on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from disclosure_desk import HAND, disclosure_desk
from routeproof.app.disclosure.report606.customer_reports import Asked606b, make_606b3
from routeproof.app.disclosure.report606.public_report import Asked606a1, make_606a1

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.disclosure.made import Made

# A held and a not-held order bought at the bid of 10.00. Each went to XNAS, and from there on to ARCX, which is not the
# firm's routing. Each was filled for 60 shares by the route onward (rebate 0.12) and for 40 by an execution that names
# nothing but the first route (rebate 0.08): 0.20 dollars over 100 shares at XNAS are 20 cents a hundred.
ROUTED = HAND | {
    "parent_orders": """\
order_id,account_id,symbol,side,held,received_at,quantity,order_type,limit_price,time_in_force
h,C,AAA,buy,true,2026-07-06T14:30:10Z,100,limit,10.00,gtc
n,C,AAA,buy,false,2026-07-06T14:30:10Z,100,limit,10.00,gtc
""",
    "routes": """\
route_id,order_id,parent_route_id,hop,venue,symbol,side,sent_at,quantity,time_in_force
rh,h,,1,XNAS,AAA,buy,2026-07-06T14:30:11Z,100,gtc
rhx,h,rh,2,ARCX,AAA,buy,2026-07-06T14:30:12Z,100,gtc
rn,n,,1,XNAS,AAA,buy,2026-07-06T14:30:11Z,100,gtc
rnx,n,rn,2,ARCX,AAA,buy,2026-07-06T14:30:12Z,100,gtc
""",
    "payments": "venue,month,payment_usd\n",
}
FILLS = """\
execution_id,route_id,order_id,symbol,side,executed_at,price,quantity,venue,liquidity,rebate
e1,rhx,h,AAA,buy,{day}T15:30:11Z,10.00,60,ARCX,added,0.12
e2,rnx,n,AAA,buy,{day}T15:30:11Z,10.00,60,ARCX,added,0.12
e3,rh,,AAA,buy,{day}T15:31:11Z,10.00,40,,added,0.08
e4,rn,,AAA,buy,{day}T15:31:11Z,10.00,40,,added,0.08
"""
TWO_HOPS_ON_TWO_DAYS = ROUTED["routes"].replace("2026-07-06T14:30:12Z", "2026-07-07T14:30:12Z")
PAID = ("netPmtPaidRecvNonMarketableLimitOrdersUsd", "netPmtPaidRecvNonMarketableLimitOrdersCph")
HANDLED = ("mic", "routedShr", "executedShr", "filledPct", "netFeeOrRebateCph", "orderDurationMsec")


@pytest.mark.parametrize(
    ("day", "routes"),
    [
        ("2026-07-06", ROUTED["routes"]),
        ("2026-07-08", ROUTED["routes"]),
        ("2026-07-08", TWO_HOPS_ON_TWO_DAYS),
    ],
)
def test_fills_of_a_later_day_are_their_routes(tmp_path: Path, day: str, routes: str) -> None:
    """All shares and rebates are at XNAS on either day, and a second hop of a later day is no further routing."""
    desk = disclosure_desk(tmp_path, ROUTED | {"routes": routes, "executions": FILLS.format(day=day)})
    with desk.context() as context:
        public = make_606a1(context, Asked606a1(quarter="2026Q3"))
        asked = Asked606b(customer="C", to=date(2026, 7, 31), voluntary=True)
        handled = make_606b3(context, asked)
    assert _rows(public, "rMonthly[1]//rVenue", ("mic", "orderPct", *PAID)) == [["XNAS", "100.00", "0.20", "20.0000"]]
    seconds = 3_660 + (date.fromisoformat(day) - date(2026, 7, 6)).days * 86_400  # 14:30:11 to 15:31:11, and days
    expected = ["XNAS", "100", "100", "100.00", "20.0000", str(seconds * 1000)]
    assert _rows(handled, ".//iVenue", HANDLED) == [expected]


def test_what_was_paid_in_a_month_without_orders_is_counted(tmp_path: Path) -> None:
    """Received in July, executed in August: nothing was paid in July, and both executions of August are in no row."""
    desk = disclosure_desk(tmp_path, ROUTED | {"executions": FILLS.format(day="2026-08-03")})
    with desk.context() as context:
        made = make_606a1(context, Asked606a1(quarter="2026Q3"))
    assert _rows(made, "rMonthly[1]//rVenue", PAID) == [["0.00", ""]]
    assert _rows(made, "rMonthly[2]//rVenue", PAID) == []
    assert ["2 executions is in no row" in text for text in made.warnings] == [True]
    assert _notes(made)["note-executions_in_no_row"] == 2


def test_a_bust_under_another_day_is_counted(tmp_path: Path) -> None:
    """e1 counts as it was first, in either report, and both say so."""
    bust = "b1,rhx,h,AAA,buy,2026-07-09T15:30:11Z,10.00,60,ARCX,added,,busted,e1\n"
    fills = FILLS.format(day="2026-07-08").replace("rebate\n", "rebate,status,refers_to\n")
    fills = fills.replace("0.12\n", "0.12,new,\n").replace("0.08\n", "0.08,new,\n") + bust
    desk = disclosure_desk(tmp_path, ROUTED | {"executions": fills})
    with desk.context() as context:
        public = make_606a1(context, Asked606a1(quarter="2026Q3"))
        handled = make_606b3(context, Asked606b(customer="C", to=date(2026, 7, 31), voluntary=True))
    assert _rows(public, "rMonthly[1]//rVenue", PAID) == [["0.20", "20.0000"]]
    assert [_notes(made)["note-late_changes"] for made in (public, handled)] == [1, 1]


def test_orders_of_the_quarter_before_are_counted(tmp_path: Path) -> None:
    """Received in June and executed in July: the third quarter's report has no order of it, and says so."""
    june = {name: ROUTED[name].replace("2026-07-06T14", "2026-06-30T14") for name in ("parent_orders", "routes")}
    other = "z,C,AAA,buy,true,2026-07-06T14:30:10Z,100,limit,10.00,day\n"
    june["parent_orders"] += other
    desk = disclosure_desk(tmp_path, ROUTED | june | {"executions": FILLS.format(day="2026-07-06")})
    with desk.context() as context:
        made = make_606a1(context, Asked606a1(quarter="2026Q3"))
    assert _notes(made)["note-executions_of_other_orders"] == 4


def test_a_payment_that_no_order_type_can_be_given_leaves_the_month_empty(tmp_path: Path) -> None:
    """XNAS paid 10 dollars for July, in which nothing was executed: what it paid for which orders is not known."""
    tables = {"executions": FILLS.format(day="2026-08-03"), "payments": HAND["payments"]}
    desk = disclosure_desk(tmp_path, ROUTED | tables)
    with desk.context() as context:
        made = make_606a1(context, Asked606a1(quarter="2026Q3"))
    assert _rows(made, "rMonthly[1]//rVenue", PAID) == [["", ""]]


def _rows(made: Made, path: str, tags: tuple[str, ...]) -> list[list[str]]:
    root = ET.fromstring(made.content)  # noqa: S314  # our own bytes
    return [[item.findtext(tag) or "" for tag in tags] for item in root.findall(path)]


def _notes(made: Made) -> dict[str, object]:
    assert made.document is not None
    blocks = next(part for part in made.document().sections if part.id == "reconciliation").blocks
    return {row.id: row.cells[1].value for table in blocks for row in getattr(table, "rows", ())}
