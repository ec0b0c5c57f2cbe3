"""A step is judged from execution reports that are written by hand here, as a provider's log would show them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.lab.certification.judge import judge_step, sequence_of
from routeproof.lab.certification.messages import Marks, message_of, order_of
from routeproof.lab.certification.reply import Reply, reply_of
from routeproof.lab.certification.results import Check, Sent
from routeproof.lab.certification.script import Script, script_of
from routeproof.sources.fix.utc_timestamp import instant_of

SENT_AT = 1_790_000_000_000_000_000
"""2026-09-21 14:13:20 UTC; `TZ` below is the same instant, worked out with `date -u -d @1790000000`."""
TZ = "20260921-14:13:20"
MS = 1_000_000
SCRIPT = """
id = "one"
version = 1
dated_on = 2026-11-26
title = "One"
purpose = "One order"
citation = "by hand"
[instruments.liquid]
symbol = "ZVZZT"
reference_price = "10.00"
[[steps]]
id = "buy"
title = "A buy"
instrument = "liquid"
side = "buy"
quantity = 200
order_type = "limit"
limit_ticks = 3
time_in_force = "day"
[steps.expect]
"""
NEW = f"35=8|37=P1|11=C1|17=E1|150=0|39=0|55=ZVZZT|54=1|38=200|40=2|44=10.03|59=0|14=0|151=200|6=0|60={TZ}"
FILL = (
    f"35=8|37=P1|11=C1|17=E2|150=F|39=2|55=ZVZZT|54=1|38=200|40=2|44=10.03|59=0|31=10.01|32=200|30=XNAS|14=200|151=0"
    f"|6=10.01|60={TZ}"
)


def _script(expect: str) -> Script:
    return script_of((SCRIPT + expect).encode(), "one.toml")


def _reply(text: str, after_ms: float = 10.0) -> Reply:
    raw = ("8=FIX.4.4|9=0|" + text + "|10=000|").replace("|", "\x01").encode()
    reply = reply_of(raw, SENT_AT + int(after_ms * MS))
    assert reply is not None
    return reply


def _judge(expect: str, *replies: Reply, venues: tuple[str, ...] = ("XNAS",)) -> dict[str, Check]:
    script = _script(expect)
    (step,) = script.steps
    order = order_of(script, step, None)
    raw = message_of(step, order, "C1", Marks(text="CERTIFICATION", account="TEST"), SENT_AT)
    sent = Sent(cl_ord_id="C1", order=order, sent_at=SENT_AT, raw=raw)
    return {check.name: check for check in judge_step(step, sent, replies, replies, venues)}


EVERYTHING = """
exec_types = ["new trade"]
status = ["filled"]
filled = "all"
acknowledged_within_ms = 100
ended_within_ms = 200
venues = ["agreed"]
adverse_ticks = 3
transact_time_within_ms = 500
"""


def test_an_order_handled_as_expected_passes_every_check() -> None:
    """Acknowledged, filled, in time, at a disclosed venue, within its limit, unchanged."""
    checks = _judge(EVERYTHING, _reply(NEW), _reply(FILL, 20))
    assert {name: check.passed for name, check in checks.items()} == {
        "exec_types": True,
        "status": True,
        "acknowledged": True,
        "ended": True,
        "transact_time": True,
        "filled": True,
        "no_worse_than_limit": True,
        "near_reference": True,
        "venues": True,
        "handled_as_sent": True,
    }


@pytest.mark.parametrize(
    ("replies", "check", "observed"),
    [
        ([], "exec_types", "nothing came"),
        ([], "acknowledged", "never"),
        ([_reply(FILL)], "exec_types", "trade"),
        ([_reply(FILL), _reply(NEW)], "exec_types", "trade → new"),
        ([_reply(NEW)], "status", "new"),
        ([_reply(NEW)], "filled", "0 shares"),
        ([_reply(NEW)], "ended", "never"),
        ([_reply(NEW, 100.001), _reply(FILL, 150)], "acknowledged", "after 100.0 ms"),
        ([_reply(NEW), _reply(FILL, 201)], "ended", "after 201.0 ms"),
        ([_reply(NEW), _reply(FILL.replace("30=XNAS", "30=XOFF"))], "venues", "XOFF"),
        ([_reply(NEW), _reply(FILL.replace("30=XNAS|", ""))], "venues", "none named"),
        ([_reply(NEW), _reply(FILL.replace("31=10.01", "31=10.04"))], "no_worse_than_limit", "10.04"),
        ([_reply(NEW), _reply(FILL.replace("31=10.01|", ""))], "no_worse_than_limit", "none"),
        ([_reply(NEW.replace(TZ, "20260921-14:13:21")), _reply(FILL)], "transact_time", "at most 990.0 ms off"),
        ([_reply(NEW.replace(f"60={TZ}", "60=today")), _reply(FILL)], "transact_time", "none, or no UTC timestamp"),
        ([_reply(NEW), _reply(FILL.replace("54=1", "54=2"))], "handled_as_sent", "Side 2 in place of 1"),
        ([_reply(NEW.replace("59=0", "59=3")), _reply(FILL)], "handled_as_sent", "TimeInForce 3 in place of 0"),
        ([_reply(NEW.replace("44=10.03", "44=10.05"))], "handled_as_sent", "Price 10.05 in place of 10.03"),
    ],
)
def test_each_expectation_fails_by_itself(replies: list[Reply], check: str, observed: str) -> None:
    """With what was observed, in the words of the report."""
    found = _judge(EVERYTHING, *replies)[check]
    assert (found.passed, found.observed) == (False, observed)


def test_a_limit_of_time_is_kept_to_the_nanosecond() -> None:
    """Exactly 100 ms is within 100 ms."""
    assert _judge("acknowledged_within_ms = 100", _reply(NEW, 100))["acknowledged"].passed


@pytest.mark.parametrize(
    ("more", "replies", "observed"),
    [
        ("", [FILL], "never"),
        ('acknowledged_by = ["new", "trade"]', [FILL], "after 10.0 ms"),
        ('acknowledged_by = ["pending"]', [NEW.replace("150=0|39=0", "150=A|39=A")], "after 10.0 ms"),
        ("", ["35=8|37=NONE|11=C1|17=E1|150=8|39=8|103=1|14=0|151=0|6=0"], "after 10.0 ms"),
        ("", [NEW.replace("150=0|39=0", "150=4|39=4")], "never"),
    ],
)
def test_an_order_is_acknowledged_by_what_says_so(more: str, replies: list[str], observed: str) -> None:
    """New or rejected; a fill, a Pending New or the end are an acknowledgement where the step takes them for one."""
    found = _judge(f"acknowledged_within_ms = 100\n{more}", *map(_reply, replies))["acknowledged"]
    assert (found.observed, found.passed) == (observed, observed != "never")


@pytest.mark.parametrize("text", ["1E999999999", "1e5", "NaN", "Infinity", "1_0", "+1", "9" * 26, "", ".", "-"])
def test_what_fix_does_not_write_is_no_number(text: str) -> None:
    """Plain digits with a point, at most 25 characters; a price that cannot be read is no price within the limit."""
    reply = _reply(FILL.replace("31=10.01", f"31={text}"))
    assert reply.number(31) is None
    found = _judge(EVERYTHING, _reply(NEW), reply)
    assert not found["no_worse_than_limit"].passed
    assert not found["near_reference"].passed


@pytest.mark.parametrize(("text", "number"), [("10.0100", "10.01"), ("-.5", "-0.5"), ("7.", "7"), ("007", "7")])
def test_what_fix_writes_is_read(text: str, number: str) -> None:
    """FIX's float: leading and trailing zeros, and a point at either end."""
    assert _reply(FILL.replace("31=10.01", f"31={text}")).number(31) == Decimal(number)


def test_a_thousand_answers_are_not_told_one_by_one() -> None:
    """A dozen, and how many more."""
    found = _judge(EVERYTHING, *[_reply(NEW)] * 1_000)["exec_types"].observed
    assert found == " → ".join(["new"] * 12) + " → and 988 more"


def test_prices_are_compared_as_numbers() -> None:
    """A provider may write 10.0300 for 10.03, and 200.00 for 200 shares."""
    written = NEW.replace("44=10.03", "44=10.0300").replace("38=200", "38=200.00")
    assert _judge('exec_types = ["new"]', _reply(written))["handled_as_sent"].passed


def test_what_is_pending_is_no_answer_yet() -> None:
    """A Pending New neither acknowledges nor stands in the sequence; fills in a row count once."""
    pending = NEW.replace("150=0|39=0", "150=A|39=A")
    part = FILL.replace("39=2", "39=1").replace("32=200", "32=150").replace("17=E2", "17=E3")
    rest = FILL.replace("32=200", "32=50")
    replies = [_reply(pending, 1), _reply(NEW, 30), _reply(part, 40), _reply(rest, 50)]
    assert sequence_of(replies) == ("new", "trade")
    checks = _judge(EVERYTHING, *replies)
    assert checks["acknowledged"].observed == "after 30.0 ms"
    assert checks["filled"].passed


def test_reports_of_fix_4_2_are_read() -> None:
    """There ExecType 1 and 2 are fills, and ExecTransType tells a bust from a trade."""
    old = _reply(FILL.replace("150=F", "20=0|150=2"))
    bust = _reply(FILL.replace("150=F", "20=1|150=2"))
    asked = _reply(FILL.replace("150=F", "20=3|150=2"))
    assert [old.answer, bust.answer, asked.answer] == ["trade", "trade_cancel", "status"]
    fix_4_0 = _reply(FILL.replace("150=F|", ""))
    assert fix_4_0.answer == "trade"


@pytest.mark.parametrize(
    ("expect", "reject", "check", "passed"),
    [
        ('exec_types = ["rejected"]', "103=99|58=no locate", "says_why", True),
        ('exec_types = ["rejected"]', "103=99", "says_why", True),
        ('exec_types = ["rejected"]', "58=no locate", "says_why", True),
        ('exec_types = ["rejected"]', "1=TEST", "says_why", False),
        ('reject_codes = ["13", "99"]', "103=13", "reject_code", True),
        ('reject_codes = ["13", "99"]', "103=1", "reject_code", False),
        ('reject_text = ["LOCATE"]', "103=99|58=no locate", "reject_text", True),
        ('reject_text = ["halt"]', "103=99|58=no locate", "reject_text", False),
    ],
)
def test_a_reject_gives_the_reason_that_is_expected(expect: str, reject: str, check: str, *, passed: bool) -> None:
    """Code, words of the text, or at least one of them."""
    text = f"35=8|37=P1|11=C1|17=E1|150=8|39=8|14=0|151=0|{reject}"
    assert _judge(expect, _reply(text))[check].passed is passed


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("35=9|11=C1|41=C0|39=2|102=0", "cancel_rejected"),
        ("35=3|45=7|373=5|58=value is incorrect", "session_rejected"),
        ("35=j|45=7|372=D|380=3|379=C1", "business_rejected"),
        ("35=B|148=news", "unknown"),
        ("35=8|150=Z|39=0|11=C1", "unknown"),
    ],
)
def test_every_kind_of_refusal_has_a_word(text: str, answer: str) -> None:
    """A script can say which of them it takes."""
    assert _reply(text).answer == answer


def test_messages_of_the_session_are_no_replies() -> None:
    """A heartbeat says nothing about an order."""
    assert reply_of(b"8=FIX.4.4\x0135=0\x0134=2\x0110=000\x01", SENT_AT) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (TZ, SENT_AT),
        (f"{TZ}.5", SENT_AT + 500 * MS),
        (f"{TZ}.123456789", SENT_AT + 123_456_789),
        (f"{TZ}.1234567890", None),
        (f"{TZ}.x", None),
        ("2026-09-21", None),
        ("", None),
    ],
)
def test_timestamps_are_read_to_the_nanosecond_or_not_at_all(text: str, at: int | None) -> None:
    """FIX allows up to nine digits of a second."""
    assert instant_of(text) == at


@pytest.mark.parametrize(
    ("filled", "shares", "passed"),
    [('"none"', 0, True), ('"part"', 150, True), ("150", 150, True), ('"part"', 200, False), ('"none"', 1, False)],
)
def test_filled_shares_are_counted_from_the_executions(filled: str, shares: int, *, passed: bool) -> None:
    """None, part, all, or a number; what CumQty says is judged elsewhere."""
    replies = [_reply(NEW)] + ([_reply(FILL.replace("32=200", f"32={shares}"))] if shares else [])
    assert _judge(f"filled = {filled}", *replies)["filled"].passed is passed


def test_a_better_price_than_the_reference_may_be_demanded() -> None:
    """Below 0, `adverse_ticks` asks for improvement: a buy at 9.99 is one tick better than 10.00."""
    better = FILL.replace("31=10.01", "31=9.99")
    assert _judge("adverse_ticks = -1", _reply(better))["near_reference"].passed
    assert not _judge("adverse_ticks = -1", _reply(FILL))["near_reference"].passed


def test_an_order_may_have_ended_too_early() -> None:
    """`ended_after_ms` is for orders that live until a time."""
    expired = "35=8|37=P1|11=C1|17=E2|150=C|39=C|14=0|151=0"
    assert not _judge("ended_after_ms = 900", _reply(NEW), _reply(expired, 899))["ended_late_enough"].passed
    assert _judge("ended_after_ms = 900", _reply(NEW), _reply(expired, 900))["ended_late_enough"].passed


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["A", "I", "D", "E", "6"])), max_size=6))
@examples(40)
def test_reports_that_change_nothing_change_no_judgement(extra: list[tuple[int, str]]) -> None:
    """Pending, status and restating reports may come anywhere between the others."""
    replies = [_reply(NEW), _reply(FILL, 20)]
    for place, code in sorted(extra, reverse=True):
        source = NEW if place < len(replies) else FILL
        state = "39=0" if source is NEW else "39=2"
        idle = source.replace("150=0|39=0", f"150={code}|{state}").replace("150=F|39=2", f"150={code}|{state}")
        replies.insert(place, _reply(idle, 10 if place < len(replies) else 20))
    assert all(check.passed for check in _judge(EVERYTHING, *replies).values())
