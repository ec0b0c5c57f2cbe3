"""Rule 606 reports from a workspace of eleven orders: every number in the files is worked by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from disclosure_desk import HAND, disclosure_desk
from routeproof.app.disclosure.made import DeMinimisError, Made, UnknownMembershipError
from routeproof.app.disclosure.report606.customer_reports import Asked606b, make_606b1, make_606b3
from routeproof.app.disclosure.report606.public_report import Asked606a1, make_606a1
from routeproof.app.disclosure.validate_606 import validate_file
from routeproof.governance.conflict import CONFLICT
from routeproof.governance.provider.noun import PROVIDER
from routeproof.renderers.html import render_html
from routeproof.reports.document import Table
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance_desk import Desk

QUARTER = Asked606a1(quarter="2026Q3")
JULY = date(2026, 7, 31)
KINDS = ("Market", "MarketableLimit", "NonMarketableLimit", "Other")
# Not-held orders of C1. XNAS: 100 routed and filled at the midpoint, fee 0.10, as principal. ARCX: 200 routed at
# 14:00:01, 50 bought at the bid (near side) with a rebate of 0.10, 50 at the ask (far side) with nothing known,
# cancelled at 14:00:05. In June a directed order without any quote.
HANDLING = HAND | {
    "parent_orders": """\
order_id,account_id,symbol,side,held,directed,received_at,quantity,order_type
h1,C1,AAA,buy,false,false,2026-07-06T14:00:00Z,300,market
h2,C1,AAA,sell,false,true,2026-06-15T14:00:00Z,100,market
h3,C2,AAA,sell,true,false,2026-06-15T14:00:00Z,100,market
""",
    "routes": """\
route_id,order_id,venue,symbol,side,sent_at,cancelled_at,quantity,time_in_force
q1,h1,XNAS,AAA,buy,2026-07-06T14:00:01Z,,100,ioc
q2,h1,ARCX,AAA,buy,2026-07-06T14:00:01Z,2026-07-06T14:00:05Z,200,day
q3,h2,ARCX,AAA,sell,2026-06-15T14:00:01Z,,100,day
""",
    "executions": """\
execution_id,route_id,order_id,symbol,side,executed_at,price,quantity,venue,liquidity,capacity,fee,rebate
f1,q1,h1,AAA,buy,2026-07-06T14:00:02Z,10.05,100,XNAS,removed,principal,0.10,
f2,q2,h1,AAA,buy,2026-07-06T14:00:03Z,10.00,50,ARCX,added,agency,,0.10
f3,q2,h1,AAA,buy,2026-07-06T14:00:04Z,10.10,50,ARCX,removed,agency,,
f4,q3,h2,AAA,sell,2026-06-15T14:00:02Z,9.90,100,ARCX,,,,
""",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The eleven orders."""
    return disclosure_desk(tmp_path_factory.mktemp("reports"))


def test_all_three_files_pass_our_own_validator(desk: Desk, tmp_path: Path) -> None:
    """The one that judges other firms' files."""
    customer = Asked606b(customer="A1", to=JULY, voluntary=True)
    for made in (_made(desk, QUARTER), _made(desk, customer, make_606b1), _made(desk, customer, make_606b3)):
        (tmp_path / "report.xml").write_bytes(made.content)
        found = validate_file(tmp_path / "report.xml")
        assert (found.ok, found.format, found.problems) == (True, made.kind, ())


@pytest.fixture(scope="module")
def schema(shared_data: Path) -> Callable[[bytes], list[str]]:
    """The SEC's schema, by lxml: what it says against a file."""
    etree: Any = pytest.importorskip("lxml.etree")
    xsd = etree.XMLSchema(etree.parse(shared_data / "reg" / "sec-606" / "oh-20191231.xsd"))

    def problems(content: bytes) -> list[str]:
        xsd.validate(etree.fromstring(content))
        return [str(item) for item in xsd.error_log]

    return problems


def _made(desk: Desk, asked: Asked606a1 | Asked606b, maker: Callable[..., Made] = make_606a1) -> Made:
    with desk.context() as context:
        return maker(context, asked)


def _read(made: Made) -> ET.Element:
    return ET.fromstring(made.content)  # noqa: S314  # our own bytes


def _texts(element: ET.Element, *tags: str) -> list[str]:
    return [element.findtext(tag) or "" for tag in tags]


def test_sections_have_the_shares_of_their_orders(desk: Desk) -> None:
    """S&P 500: 5 of 6 held orders not directed; of the 5 one market, one marketable, two not, one stop."""
    month = _read(_made(desk, QUARTER)).find("rMonthly")
    assert month is not None
    tags = ("ndoPct", "ndoMarketPct", "ndoMarketableLimitPct", "ndoNonmarketableLimitPct", "ndoOtherPct")
    found = {part.tag: _texts(part, *tags) for part in month if part.tag.startswith("r")}
    assert found == {
        "rSP500": ["83.33", "20.00", "20.00", "40.00", "20.00"],
        "rOtherStocks": ["100.00", "100.00", "0.00", "0.00", "0.00"],
        "rOptions": ["100.00", "0.00", "100.00", "0.00", "0.00"],
    }


def test_venues_have_the_orders_that_were_routed_to_them(desk: Desk) -> None:
    """o02 went to both venues and counts at each: three of five orders at either."""
    venues = _read(_made(desk, QUARTER)).findall("rMonthly[1]/rSP500/rVenues/rVenue")
    tags = ("name", "mic", "orderPct", "marketPct", "marketableLimitPct", "nonMarketableLimitPct", "otherPct")
    assert [_texts(venue, *tags) for venue in venues] == [
        ["NYSE Arca", "ARCX", "60.00", "0.00", "100.00", "100.00", "0.00"],
        ["Nasdaq", "XNAS", "60.00", "100.00", "100.00", "0.00", "100.00"],
    ]


def test_net_payments_are_own_charges_and_a_share_of_the_months_payment(desk: Desk) -> None:
    """XNAS paid 10 dollars in July for 350 shares: o01, o02 and the not-held o07 100 each, o08 50.

    o01: 10 * 100 / 350 - 0.30 = 2.557143; o02 by the schedule, 100 * 0.003, the same; o08: 10 * 50 / 350 = 1.428571.
    o05 was not executed: no dollars, and no rate. ARCX: the rebate of o03; for o02 nothing is known; o09 paid 5 dollars
    for ten contracts, which count as 1,000 shares.
    """
    root = _read(_made(desk, QUARTER))
    tags = [f"netPmtPaidRecv{kind}Orders{unit}" for kind in KINDS for unit in ("Usd", "Cph")]

    def paid(path: str) -> list[list[str]]:
        return [_texts(venue, *tags) for venue in root.findall(f"rMonthly[1]/{path}/rVenues/rVenue")]

    assert paid("rSP500") == [
        ["", "", "", "", "0.20", "20.0000", "", ""],
        ["2.56", "255.7143", "2.56", "255.7143", "", "", "0.00", ""],
    ]
    assert paid("rOtherStocks") == [["1.43", "285.7143", "", "", "", "", "", ""]]
    assert paid("rOptions") == [["", "", "-5.00", "-50.0000", "", "", "", ""]]


def test_every_order_is_in_the_figures_or_has_a_reason(desk: Desk) -> None:
    """Eleven came in: one refused, one not held, one option too large, one directed; the pages add up to the same."""
    made = _made(desk, QUARTER)
    excluded = {"refused": 1, "not_held": 1, "not_customer_order": 1, "directed": 1}
    assert (made.orders_in, made.excluded, made.drafts) == (11, excluded, 2)
    assert made.document is not None
    document = made.document()
    (table, *_) = next(part for part in document.sections if part.id == "reconciliation").blocks
    counts = {row.id: row.cells[1].value for row in table.rows}  # type: ignore[union-attr]
    assert (counts["lake"], counts["in"], counts["kept"]) == (11, 11, 7)
    page = render_html(document).decode()
    assert "unconfirmed" in page
    assert "payments split" in page


def test_months_without_orders_are_there_and_empty(desk: Desk) -> None:
    """Three months, and no percentage of nothing."""
    months = _read(_made(desk, QUARTER)).findall("rMonthly")
    assert [month.findtext("mon") for month in months] == ["7", "8", "9"]
    assert _texts(months[1], "rSP500/ndoPct", "rOptions/ndoOtherPct") == ["", ""]


def test_all_three_files_are_valid(desk: Desk, schema: Callable[[bytes], list[str]]) -> None:
    """By the SEC's own schema."""
    customer = Asked606b(customer="A1", to=JULY, voluntary=True)
    for made in (
        _made(desk, QUARTER),
        _made(desk, customer, make_606b1),
        _made(desk, customer, make_606b3),
    ):
        assert schema(made.content) == []


def test_rows_in_another_order_and_an_order_for_nothing_change_no_byte(desk: Desk, tmp_path: Path) -> None:
    """The order of rows in a file says nothing; an order for no shares is in no figure."""
    nothing = "o99,A9,AAA,buy,true,false,false,2026-07-06T14:00:30Z,0,market,,\n"
    turned = {name: _turned(text) for name, text in HAND.items()}
    other = disclosure_desk(tmp_path, turned | {"parent_orders": turned["parent_orders"] + nothing})
    made = _made(other, QUARTER)
    assert made.content == _made(desk, QUARTER).content
    assert (made.orders_in, made.excluded["no_shares"]) == (12, 1)


def _turned(text: str) -> str:
    header, *rows = text.splitlines(keepends=True)
    return "".join([header, *reversed(rows)])


def test_unknown_membership_is_said_or_refused(tmp_path: Path) -> None:
    """BBB is known from the day after the quarter began: that says nothing about the first day."""
    late = "symbol,valid_from,sp500\nAAA,2026-01-01,true\nBBB,2026-07-02,true\n"
    desk = disclosure_desk(tmp_path, HAND | {"instruments": late})
    with pytest.raises(UnknownMembershipError, match="found nothing for BBB"):
        _made(desk, Asked606a1(quarter="2026Q3", other_if_unknown=False))
    made = _made(desk, QUARTER)
    assert ["BBB" in text for text in made.warnings] == [True]
    root = _read(made)
    assert root.findtext("rMonthly[1]/rOtherStocks/ndoPct") == "100.00"


def test_a_quarter_without_orders_is_an_error(desk: Desk) -> None:
    """Nothing is reported where nothing came."""
    with pytest.raises(UsageError, match="found none"):
        _made(desk, Asked606a1(quarter="2025Q1"))


def test_material_aspects_are_drafted_from_the_register_or_a_persons(tmp_path: Path) -> None:
    """The rebate of XNAS stands in July; a person's stake is no aspect of the firm's; a given text is no draft."""
    desk = disclosure_desk(tmp_path)
    rebate = {"kind": "rebate", "description": "pays for added liquidity.", "provider": "P", "venue": "XNAS"}
    money = {"payer": "XNAS", "receiver": "firm", "amount_usd": "0.0032", "per": "share", "since_on": "2026-01-01"}
    desk.act("ann", CONFLICT, "r1", "declare", rebate | money)
    stake = {"kind": "personal_interest", "description": "shares", "person": "cora", "provider": "P", "venue": "ARCX"}
    desk.act("cora", CONFLICT, "r2", "declare", stake | {"since_on": "2026-01-01"})
    made = _made(desk, QUARTER)
    texts = {venue.findtext("mic"): venue.findtext("materialAspects") for venue in _read(made).iter("rVenue")}
    assert texts == {
        "XNAS": "DRAFT, to be edited by a person: rebate: pays for added liquidity, XNAS to firm, 0.0032 USD per share "
        "(from 2026-01-01, register r1).",
        "ARCX": "DRAFT, to be edited by a person: the conflicts register names no arrangement with this venue.",
    }
    given = _made(desk, Asked606a1(quarter="2026Q3", aspects='XNAS = "Pays <us>."\nARCX = "None."'))
    assert given.drafts == 0
    assert _read(given).findtext(".//rVenue[mic='XNAS']/materialAspects") == "Pays <us>."
    with pytest.raises(UsageError, match="a text for each venue"):
        _made(desk, Asked606a1(quarter="2026Q3", aspects="XNAS = 1"))


def test_a_member_that_acts_as_agent_is_the_venue(tmp_path: Path) -> None:
    """Whatever it did with the orders: all five S&P 500 orders went to it."""
    orders = HAND["parent_orders"].replace("order_id,", "provider_id,order_id,", 1).replace("\no", "\nM,o")
    desk = disclosure_desk(tmp_path, HAND | {"parent_orders": orders})
    member = {"name": "Member LLC", "role": "member_agent", "venues": ["XNAS", "ARCX"]}
    with desk.context("ann") as context:
        from routeproof.app.objects.act import act  # noqa: PLC0415
        from routeproof.app.provider.file import provider_around  # noqa: PLC0415

        act(context, PROVIDER, "M", "add", member, provider_around(context))
    (venue,) = _read(_made(desk, QUARTER)).findall("rMonthly[1]/rSP500/rVenues/rVenue")
    assert _texts(venue, "name", "orderPct") == ["Member LLC", "100.00"]
    assert venue.find("mic") is None


def test_a_routing_report_has_each_order_with_its_venues_and_times(desk: Desk) -> None:
    """o02 traded at 14:00:02.499 and at 14:00:02.5, which round to different seconds; o06 never did."""
    made = _made(desk, Asked606b(customer="A1", to=JULY, name="A. Customer", bd="Broker"), make_606b1)
    root = _read(made)
    assert _texts(root, "customer", "bd", "startDate", "endDate") == [
        "A. Customer",
        "Broker",
        "2026-02-01",
        "2026-07-31",
    ]
    orders = {part.tag: [one.findtext("orderId") for one in part] for part in root[5:]}
    assert orders == {"held": ["o01", "o02", "o03", "o06"], "notHeldExempt": ["o07"], "options": ["o09"]}
    second = root.find("held/order[2]")
    assert second is not None
    routes = [(one.findtext("mic"), [item.text for item in one.iter("time")]) for one in second.findall("route")]
    assert routes == [("XNAS", ["14:00:02"]), ("ARCX", ["14:00:03"])]
    assert root.findtext("held/order[4]/directed") == "Y"
    assert (made.orders_in, made.excluded) == (7, {"refused": 1})


def test_the_pages_of_a_routing_report_have_its_times(desk: Desk) -> None:
    """Each venue of an order on a line of its own, with the seconds that the file has."""
    made = _made(desk, Asked606b(customer="A1", to=JULY), make_606b1)
    document = made.document()
    page = render_html(document).decode()
    assert document.title == "Order routing report for A1"
    assert "2026-07-06 14:00:02" in page
    assert "2026-07-06 14:00:03" in page


@pytest.mark.parametrize("lost", [("routes",), ("executions",), ("routes", "executions"), ("quotes", "venues")])
def test_what_was_never_taken_in_leaves_numbers_empty(tmp_path: Path, lost: tuple[str, ...]) -> None:
    """Every report is still made, and every order is still in it."""
    desk = disclosure_desk(tmp_path, {name: text for name, text in HAND.items() if name not in lost})
    customer = Asked606b(customer="A1", to=JULY, voluntary=True)
    assert _made(desk, QUARTER).orders_in == 11
    assert len(_read(_made(desk, customer, make_606b1)).findall(".//order")) == 6
    assert _read(_made(desk, customer, make_606b3)).findtext("hNondirected/hMonthly/sentShr") == "100"


def test_no_handling_report_is_owed_below_a_level(desk: Desk) -> None:
    """100 of 850 shares not held are 11.76 %; the customer's 1,010 dollars over six months are 168.33 a month."""
    with pytest.raises(DeMinimisError, match=r"11\.76 % against 5 %.*168\.33 USD a month") as refused:
        _made(desk, Asked606b(customer="A1", to=JULY), make_606b3)
    assert (refused.value.code, refused.value.exit_code) == ("de_minimis", 5)


@pytest.fixture(scope="module")
def handled(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The handling report of C1."""
    desk = disclosure_desk(tmp_path_factory.mktemp("handling"), HANDLING)
    return _made(desk, Asked606b(customer="C1", to=JULY, voluntary=True), make_606b3)


FIELDS = (
    *("routedShr", "iocRoutedShr", "furtherRoutableShr", "orderSizeShr", "executedShr", "filledPct", "fillSizeShr"),
    *("netFeeOrRebateCph", "midpointShr", "midpointPct", "nearsideShr", "nearsidePct", "farsideShr", "farsidePct"),
    *("providedLiqudityShr", "providedLiquidityPct", "orderDurationMsec", "providedLiquidityNetCph"),
    *("removedLiquidityShr", "removedLiquidityPct", "removedLiquidityNetCph"),
)


def test_a_handling_report_has_every_field_of_a_venue(handled: Made) -> None:
    """See HANDLING; the fee of 0.10 over 100 shares is -10 cents a hundred, the rebate over its 50 shares 20."""
    root = _read(handled)
    venues = root.findall("hNondirected/hMonthly/routingVenueList/iVenue")
    assert {venue.findtext("mic"): _texts(venue, *FIELDS) for venue in venues} == {
        "ARCX": [
            *("200", "0", "", "200.00", "100", "50.00", "50.00"),
            *("20.0000", "0", "0.00", "50", "50.00", "50", "50.00"),
            *("50", "50.00", "4000", "20.0000"),
            *("50", "50.00", ""),
        ],
        "XNAS": [
            *("100", "100", "", "100.00", "100", "100.00", "100.00"),
            *("-10.0000", "100", "100.00", "0", "0.00", "0", "0.00"),
            *("0", "0.00", "", ""),
            *("100", "100.00", "-10.0000"),
        ],
    }
    month = root.find("hNondirected/hMonthly")
    assert month is not None
    assert _texts(month, "year", "mon", "sentShr", "executedAsPrincipalShr") == ["2026", "7", "300", "100"]


def test_the_pages_of_a_handling_report_have_every_number_of_the_file(handled: Made) -> None:
    """All 21 numbers of a venue, as the file states them but for commas; a dash where it states none."""
    document = handled.document()
    tables = [
        block
        for section in document.sections
        if section.id == "handling-False"
        for block in section.blocks
        if isinstance(block, Table)
    ]
    shown = {
        (row.cells[0].text, column.id): cell.text
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
    }
    venues = _read(handled).findall("hNondirected/hMonthly/routingVenueList/iVenue")
    stated = {(venue.findtext("venueName"), name): venue.findtext(name) or "—" for venue in venues for name in FIELDS}
    assert {(place[0].split(" (")[0], place[1]): text.replace(",", "") for place, text in shown.items()} == stated


def test_what_the_lake_cannot_tell_is_empty_and_said(handled: Made) -> None:
    """June's directed order: no quote, no mark of liquidity, no capacity; the pages count each."""
    venue = _read(handled).find("hDirected/hMonthly/routingVenueList/iVenue")
    assert venue is not None
    told = dict(zip(FIELDS, _texts(venue, *FIELDS), strict=True))
    assert {name for name, text in told.items() if text} == {
        "routedShr",
        "iocRoutedShr",
        "orderSizeShr",
        "executedShr",
        "filledPct",
        "fillSizeShr",
    }
    assert _read(handled).findtext("hDirected/hMonthly/executedAsPrincipalShr") == ""
    assert handled.document is not None
    notes = handled.document().extra["notes"]
    counted = {"unquoted_fills": 1, "unknown_capacity": 1, "unknown_liquidity": 1, "charges_unknown": 2}
    assert notes == {**counted, "late_changes": 0}


def test_a_handling_report_is_valid(handled: Made, schema: Callable[[bytes], list[str]]) -> None:
    """By the SEC's own schema."""
    assert schema(handled.content) == []
