"""How long a connection may go on without its Logon, or after our Logout; the time is what the tests say it is."""

from __future__ import annotations

import selectors
import socket

from routeproof.sources.live.reception import Reception
from routeproof.sources.live.relay import LOGOUT_WITHIN_S, End, Relay
from routeproof.sources.live.session_config import FixSession
from routeproof.sources.live.wire_watch import WireWatch

SESSION = FixSession(
    name="d", role="acceptor", host="127.0.0.1", port=0, begin_string="FIX.4.4", sender_comp_id="FIRM",
    target_comp_id="SOR", provider="P",
)  # fmt: skip


def relay() -> Relay:
    """A connection whose Logon our side has until second 10 to send."""
    watch = WireWatch("d", resets_on_logon=False, next_expected=1)
    outer, inner = socket.socketpair()
    return Relay(SESSION, End(outer), End(inner), Reception(SESSION, watch, None, lambda: 1), 10)


def test_a_connection_has_until_then_to_log_on() -> None:
    """Our Logon takes the limit away, another message of ours does not."""
    waiting, answered = relay(), relay()
    waiting.spoke("3", 1)
    answered.spoke("A", 1)
    assert [each.took_too_long(now) for each in (waiting, answered) for now in (9, 11)] == [False, True, False, False]


def test_after_our_logout_a_connection_ends() -> None:
    """Whatever heartbeat was agreed on: with none, the engine would wait for ever. What is cut is not cut again."""
    line = relay()
    line.spoke("A", 1)
    line.spoke("5", 100)
    assert [line.took_too_long(100 + LOGOUT_WITHIN_S + late) for late in (0, 1)] == [False, True]
    line.cut()
    assert not line.took_too_long(1000)


def test_a_counterparty_is_read_from_our_logon_until_it_is_cut() -> None:
    """What it says before waits in its socket; the engine is always read."""
    line = relay()
    reads = [line.interest(line.outer, taking=True)]
    line.spoke("A", 1)
    reads.append(line.interest(line.outer, taking=True))
    line.cut()
    reads.append(line.interest(line.outer, taking=True))
    assert reads == [0, selectors.EVENT_READ, 0]
    assert line.interest(line.inner, taking=False) == selectors.EVENT_READ
