"""Messages of a session in the order of their numbers, whatever order they arrived in; worked by hand."""

from __future__ import annotations

from routeproof.sources.live.in_order import NUMBERS_ANEW, InOrder


def raw(number: int, kind: str = "X", body: str = "") -> bytes:
    """The fields that are looked at."""
    return f"8=FIX.4.4|9=0|35={kind}|34={number}|{body}10=000|".replace("|", "\x01").encode()


def passed(order: InOrder, *messages: bytes) -> list[list[bytes]]:
    """What each message lets through."""
    return [order.take(message) for message in messages]


def test_in_order_each_is_passed_on_at_once() -> None:
    """From whatever number the session stands at."""
    order = InOrder()
    assert passed(order, raw(5), raw(6)) == [[raw(5)], [raw(6)]]


def test_what_is_ahead_waits_for_what_is_missing() -> None:
    """3 is missing; it comes again with all behind it, which have come by then."""
    order = InOrder()
    again = [raw(number, body="43=Y|") for number in (3, 4, 5)]
    assert passed(order, raw(2), raw(4), raw(5)) == [[raw(2)], [], []]
    assert passed(order, *again) == [[again[0], raw(4), raw(5)], [], []]
    assert order.take(raw(6)) == [raw(6)]


def test_a_gap_fill_stands_for_what_it_skips() -> None:
    """3 to 5 were heartbeats."""
    order = InOrder()
    fill = raw(3, "4", "43=Y|123=Y|36=6|")
    assert passed(order, raw(2), raw(6), fill) == [[raw(2)], [], [fill, raw(6)]]


def test_a_repeated_message_is_passed_on_once() -> None:
    """As after a ResendRequest that asked for more than was missing."""
    order = InOrder()
    assert passed(order, raw(1), raw(2), raw(1, body="43=Y|"), raw(2, body="43=Y|"))[2:] == [[], []]


def test_a_logon_with_the_first_number_begins_anew() -> None:
    """What waited is passed on first; then it is told that numbers began anew."""
    order = InOrder()
    logon = raw(1, "A", "141=Y|")
    assert passed(order, raw(7), raw(9), logon, raw(2)) == [
        [raw(7)],
        [],
        [raw(9), NUMBERS_ANEW, logon],
        [raw(2)],
    ]


def test_a_reset_names_the_next_number() -> None:
    """SequenceReset without GapFillFlag: its own number means nothing."""
    order = InOrder()
    assert passed(order, raw(7), raw(1, "4", "36=20|"), raw(20)) == [[raw(7)], [NUMBERS_ANEW], [raw(20)]]


def test_what_comes_late_before_the_first_seen_is_passed_on_once() -> None:
    """The session was at 8 when somebody began to listen at 10: 8 and 9 come again."""
    order = InOrder()
    assert passed(order, raw(10), raw(8), raw(9), raw(8), raw(11)) == [[raw(10)], [raw(8)], [raw(9)], [], [raw(11)]]


def test_what_is_never_sent_again_is_not_waited_for_all_day() -> None:
    """4 is missing, and others are sent for ten seconds: then they are passed on, and 4 as it comes, once."""
    order = InOrder()
    sent = [raw(number, body=f"52=20260701-14:00:{second:02d}|") for number, second in ((3, 0), (5, 1), (6, 11))]
    behind, late = raw(7, body="52=20260701-14:00:11.001|"), raw(4, body="43=Y|52=20260701-14:00:20|")
    assert passed(order, *sent) == [[sent[0]], [], []]
    assert passed(order, behind, late, late, raw(8)) == [[sent[1], sent[2], behind], [late], [], [raw(8)]]


def test_a_long_answer_is_waited_for_while_it_goes_on() -> None:
    """3 to 5 come again nine seconds apart each: nobody is passed on before its turn."""
    order = InOrder()
    ahead = raw(6, body="52=20260701-14:00:00|")
    again = [raw(number, body=f"43=Y|52=20260701-14:00:{(number - 2) * 9:02d}|") for number in (3, 4, 5)]
    assert passed(order, raw(2, body="52=20260701-14:00:00|"), ahead)[1] == []
    assert passed(order, *again) == [[again[0]], [again[1]], [again[2], ahead]]


def test_a_message_without_a_number_is_none() -> None:
    """The engine drops it too."""
    assert InOrder().take(b"8=FIX.4.4\x019=0\x0135=X\x0110=000\x01") == []
