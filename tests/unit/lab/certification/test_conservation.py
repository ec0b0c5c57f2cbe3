"""A whole script is judged from reports written by hand: shares, averages, identifiers, ends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from routeproof.lab.certification.conservation import judge_whole, open_state
from routeproof.lab.certification.identity import lacking
from routeproof.lab.certification.messages import Order
from routeproof.lab.certification.reply import Reply, reply_of
from routeproof.lab.certification.script import Instrument

ORDER = Order(
    step="buy",
    instrument=Instrument(symbol="ZVZZT", reference_price=Decimal("10.00")),
    side="buy",
    order_type="market",
    quantity=300,
    limit=None,
    stop=None,
    time_in_force="day",
    iso=False,
    cl_ord_ids=("C1",),
)
NEW = "37=P1|11=C1|17=E1|150=0|39=0|54=1|38=300|14=0|151=300|6=0"
FIRST = "37=P1|11=C1|17=E2|150=F|39=1|54=1|38=300|31=10.01|32=100|14=100|151=200|6=10.01"
SECOND = "37=P1|11=C1|17=E3|150=F|39=2|54=1|38=300|31=10.04|32=200|14=300|151=0|6=10.03"
"""100 shares at 10.01 and 200 at 10.04 are 3,009 dollars for 300 shares: 10.03 each."""


def _reply(text: str, msg_type: str = "8") -> Reply:
    reply = reply_of(f"35={msg_type}|{text}|".replace("|", "\x01").encode(), 0)
    assert reply is not None
    return reply


def _failed(*texts: str, strays: tuple[Reply, ...] = ()) -> dict[str, str]:
    checks = judge_whole({"buy": ORDER}, {"buy": [_reply(text) for text in texts]}, strays)
    return {check.name: check.observed for check in checks if not check.passed}


def test_a_filled_order_conserves_everything() -> None:
    """Quantities, average and identifiers agree with the executions."""
    assert _failed(NEW, FIRST, SECOND) == {}


@pytest.mark.parametrize(
    ("texts", "check", "observed"),
    [
        ((NEW, FIRST.replace("14=100", "14=90"), SECOND), "quantities",
         "buy: CumQty 90 where 100 shares were executed"),
        ((NEW, FIRST.replace("151=200", "151=199"), SECOND), "quantities",
         "buy: LeavesQty 199 of 300 with 100 executed"),
        ((NEW, FIRST, SECOND.replace("151=0", "151=5")), "quantities", "buy: LeavesQty 5 of an order that is filled"),
        ((NEW, FIRST, SECOND.replace("6=10.03", "6=10.02")), "average_price",
         "buy: AvgPx 10.02 where 10.030000 was paid"),
        ((NEW, FIRST, SECOND.replace("17=E3", "17=E2")), "execution_ids", "ExecID E2 2 times"),
        ((NEW, FIRST), "none_open", "buy is partially_filled"),
        ((NEW, "11=C1|17=E9|150=4|39=4|14=0|151=0", FIRST), "after_the_end", "buy: 100 shares after it was canceled"),
        ((NEW, FIRST, SECOND, "11=C1|17=E4|150=H|39=1|19=E2"), "corrections", "buy: trade_cancel of E2"),
    ],
)  # fmt: skip
def test_what_is_not_conserved_is_named(texts: tuple[str, ...], check: str, observed: str) -> None:
    """Each with the step of its order."""
    assert _failed(*texts)[check] == observed


@pytest.mark.parametrize(
    ("version", "absent", "said"),
    [
        ("FIX.4.4", "11=C1", "ClOrdID (11)"),
        ("FIX.4.4", "150=F", "ExecType (150)"),
        ("FIX.4.4", "6=10.01", "AvgPx (6)"),
        ("FIX.4.4", "55=ZVZZT", "Symbol (55)"),
        ("FIX.4.2", "20=0", "ExecTransType (20)"),
        ("FIX.4.2", "55=ZVZZT", "Symbol (55)"),
        ("FIXT.1.1", "54=1", "Side (54)"),
        ("FIX.4.4", "20=0", ""),
        ("FIX.4.0", "150=F", ""),
        ("FIX.4.0", "151=200", ""),
        ("FIXT.1.1", "6=10.01", ""),
        ("FIXT.1.1", "55=ZVZZT", ""),
    ],
)
def test_what_a_version_of_fix_requires_of_a_report(version: str, absent: str, said: str) -> None:
    """By the dictionaries of FIX 4.0, 4.2, 4.4 and 5.0; ClOrdID, since ours were sent with one."""
    whole = f"8={version}|55=ZVZZT|20=0|{FIRST}"
    (reply,) = [_reply(f"|{whole}|".replace(f"|{absent}|", "|").strip("|"))]
    assert list(lacking([reply])) == ([f"trade without {said}"] if said else [])
    assert list(lacking([_reply(whole)])) == []


def test_a_security_may_be_named_by_its_id() -> None:
    """FIX 4.4 asks for an instrument, not for its symbol."""
    assert list(lacking([_reply(f"8=FIX.4.4|48=US0000000000|{FIRST}")])) == []


REPLACED = "37=P9|11=C2|41=C1|17=E9|150=5|39=5|54=1|38=300|14=0|151=300|6=0"


@pytest.mark.parametrize(
    ("texts", "observed"),
    [
        ((NEW, FIRST.replace("P1", "P2")), "buy: OrderID P2 in place of P1"),
        ((NEW, REPLACED, FIRST), "buy: OrderID P1 in place of P9"),
        ((NEW, REPLACED, FIRST.replace("P1", "P9")), None),
        ((NEW.replace("150=0|39=0", "150=A|39=A").replace("P1", "NONE"), NEW, FIRST), None),
        ((NEW, REPLACED.replace("150=5|39=5", "150=8|39=8").replace("P9", "NONE"), FIRST), None),
    ],
)
def test_an_order_keeps_its_order_id_until_it_is_replaced(texts: tuple[str, ...], observed: str | None) -> None:
    """Pending reports and rejects may have none of their own."""
    assert _failed(*texts).get("order_ids") == observed


def test_two_orders_do_not_share_an_order_id() -> None:
    """It would name neither."""
    chains = {"buy": [_reply(NEW)], "sell": [_reply(NEW.replace("C1", "C2"))]}
    checks = {item.name: item for item in judge_whole({"buy": ORDER, "sell": ORDER}, chains, ())}
    assert checks["order_ids"].observed == "OrderID P1 of buy and sell"


def test_what_is_said_stays_readable_however_much_comes() -> None:
    """Five of three thousand, and how many more; a text that is longer than a line is cut."""
    flood = _failed(NEW, *[FIRST.replace("17=E2", "17=")] * 3_000)["required_fields"]
    assert flood == "; ".join(["buy: trade without ExecID (17)"] * 5) + "; and 2995 more"
    long = _failed(NEW.replace("37=P1", "37=" + "9" * 5_000), FIRST)["order_ids"]
    assert len(long) == 121
    assert long.endswith("…")


def test_an_average_may_be_rounded_to_half_a_tick() -> None:
    """AvgPx to the cent is as exact as the tick: 10.033 stands for 10.03, 10.036 does not."""
    assert "average_price" not in _failed(NEW, FIRST, SECOND.replace("6=10.03", "6=10.033"))
    assert "average_price" in _failed(NEW, FIRST, SECOND.replace("6=10.03", "6=10.036"))


def test_too_many_shares_are_found() -> None:
    """More executed than ordered, however the report explains it."""
    over = SECOND.replace("32=200", "32=201").replace("14=300", "14=301")
    assert "301 shares executed of 300" in _failed(NEW, FIRST, over)["quantities"]


def test_a_report_about_no_order_of_ours_is_found() -> None:
    """It may be another firm's."""
    assert _failed(strays=(_reply("11=X|150=0|39=0"),))["strays"] == "new about X"


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        ([], ""),
        ([_reply(NEW)], "new"),
        ([_reply(NEW), _reply(FIRST)], "partially_filled"),
        ([_reply(NEW), _reply(FIRST), _reply(SECOND)], ""),
        ([_reply("150=8|39=8")], ""),
        ([_reply(NEW), _reply("11=C2|41=C1|39=8|102=1", "9")], "new"),
    ],
)
def test_an_order_is_open_from_its_acceptance_to_its_end(reports: list[Reply], state: str) -> None:
    """A refused cancel, whatever state it names, ends nothing."""
    assert open_state(reports) == state
