"""Who may come in, and what a restart keeps."""

from __future__ import annotations

import json
import socket
import time
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from fix_session.counterparty import Counterparty, fill, message
from fix_session.programs import TESTS, Running, running, session
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import read_journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

RECEIVER = TESTS / "fix_session" / "receiver.py"


def receiver(tmp_path: Path, *tables: str) -> AbstractContextManager[Running]:
    """A receiver of these sessions, in the same folder each time."""
    config = tmp_path / "watch.toml"
    config.write_text("".join(tables), "utf-8")
    return running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log")


def told(program: Running) -> Iterator[dict[str, Any]]:
    """What it prints, line by line."""
    assert program.process.stdout is not None
    yield from map(json.loads, program.process.stdout)


def is_turned_away(address: tuple[str, int], first: bytes) -> bool:
    """Whether a connection that begins with these bytes is closed without a word."""
    stranger = Counterparty()
    stranger.open(address)
    try:
        stranger.send(first)
        stranger.receive(5)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (message("A", 1, "98=0|108=30|").replace(b"49=SOR", b"49=SOX"), "first bytes are no message"),
        (message("A", 1, "98=0|108=30|", sender="ROS"), "there is no such session here"),
        (message("A", 1, "98=0|108=30|", begin="FIX.4.2"), "there is no such session here"),
        (message("1", 1, "112=x|"), "its first message is no Logon"),
        (b"GET / HTTP/1.1\r\n\r\n", "first bytes are no message"),
    ],
    ids=["spoilt", "stranger", "other version", "no Logon", "no FIX"],
)
def test_a_stranger_is_not_answered(tmp_path: Path, first: bytes, reason: str) -> None:
    """Spoilt, for another session, without a Logon, or not FIX at all: closed, told, its bytes kept."""
    with receiver(tmp_path, session("dropcopy")) as program:
        assert is_turned_away(program.address("dropcopy"), first)
        line = next(told(program))
        assert (line["event"], reason in line["text"]) == ("refused", True)
    assert [(each.kind, each.session, each.raw) for each in read_journal(tmp_path / "journal")] == [
        (Kind.NOISE_IN, "", first)
    ]


def test_an_address_that_is_not_listed_is_closed_before_it_speaks(tmp_path: Path) -> None:
    """`allow_ip` is looked at first."""
    with receiver(tmp_path, session("dropcopy", allow_ip=["10.0.0.0/8"])) as program:
        assert is_turned_away(program.address("dropcopy"), b"")
        assert "allow_ip" in next(told(program))["text"]


def test_an_address_is_listed_for_its_session_only(tmp_path: Path) -> None:
    """Two sessions share a port; one of them is for another address."""
    other = session("other", target_comp_id="OTHER", allow_ip=["10.0.0.0/8"])
    with receiver(tmp_path, session("dropcopy"), other) as program:
        assert program.address("dropcopy") == program.address("other")
        assert is_turned_away(program.address("other"), message("A", 1, "98=0|108=30|", sender="OTHER"))
        assert Counterparty().connect(program.address("dropcopy"))


def test_nothing_but_the_declared_port_listens(tmp_path: Path) -> None:
    """The engine's own listener is out of reach of the network."""
    with receiver(tmp_path, session("dropcopy")) as program:
        connections = psutil.Process(program.process.pid).net_connections("inet")
        listening = {tuple(each.laddr) for each in connections if each.status == psutil.CONN_LISTEN}
        assert listening == {program.address("dropcopy")}


def test_a_second_connection_of_a_session_is_turned_away(tmp_path: Path) -> None:
    """The first goes on."""
    sor = Counterparty()
    with receiver(tmp_path, session("dropcopy")) as program:
        assert sor.connect(program.address("dropcopy"))
        assert is_turned_away(program.address("dropcopy"), message("A", 2, "98=0|108=30|"))
        sor.ask()
        assert sor.receive(5)


def test_sequence_numbers_outlive_restart_and_day(tmp_path: Path) -> None:
    """The store is as it was on an earlier day; the counterparty goes on with its next number, and so do we."""
    sor = Counterparty()
    for _ in range(3):
        with receiver(tmp_path, session("dropcopy")) as program:
            assert sor.connect(program.address("dropcopy"))
            sor.send_fills(5)
            assert sor.settle(10)
            sor.send(message("5", sor.next_number))
            sor.next_number += 1
            sor.close()
            program.process.terminate()
            lines = list(told(program))
            assert program.process.wait(20) == 0
        (tmp_path / "state" / "FIX.4.4-FIRM-SOR.session").write_text("20260102-10:00:00", "ascii")
        assert [line["event"] for line in lines if line["event"].startswith(("gap", "reset", "refused"))] == []
        assert lines[-1]["status"][0]["next_in"] == sor.next_number


def test_a_session_begins_anew_where_that_is_agreed(tmp_path: Path) -> None:
    """`reset_on_logon`: each Logon has number 1, and what is sent is kept."""
    with receiver(tmp_path, session("dropcopy", reset_on_logon=True)) as program:
        for _ in range(2):
            sor = Counterparty()
            assert sor.connect(program.address("dropcopy"))
            sor.send(fill(2))
            sor.next_number = 3
            sor.ask()
            sor.receive(5)
            assert sor.expected == 4
            sor.close()
    kinds = [each.raw.split(b"\x01")[2] for each in read_journal(tmp_path / "journal") if each.kind == Kind.MESSAGE_IN]
    assert kinds == [b"35=A", b"35=8", b"35=1"] * 2


def test_a_message_in_pieces_is_one(tmp_path: Path) -> None:
    """A Logon and a fill, byte by byte."""
    sor = Counterparty()
    with receiver(tmp_path, session("dropcopy")) as program:
        sor.open(program.address("dropcopy"))
        for byte in message("A", 1, "98=0|108=30|") + fill(2):
            sor.send(bytes([byte]))
        assert any(b"\x0135=A\x01" in each for each in sor.receive(5))
        sor.next_number = 3
        sor.ask()
        sor.receive(5)
        assert sor.expected == 4


def test_without_a_dictionary_no_body_is_judged(tmp_path: Path) -> None:
    """Groups, tags that come twice, fields of the firm's own, empty ones and data with separators: all are taken."""
    bodies = [
        "17=e|453=2|448=A|447=D|452=1|448=B|447=D|452=3|",
        "17=e|55=IBM|55=MSFT|",
        "17=e|5001=x|20000=y|",
        "17=e|58=|",
        "17=e|95=9|96=a|10=000|b|",
    ]
    sor = Counterparty()
    with receiver(tmp_path, session("dropcopy")) as program:
        assert sor.connect(program.address("dropcopy"))
        sent = [message("8", number, body) for number, body in enumerate(bodies, 2)]
        sor.send(*sent)
        sor.next_number = 2 + len(bodies)
        sor.ask()
        (answer,) = sor.receive(5)
        assert b"\x0135=0\x01" in answer
        assert sor.expected == sor.next_number
    assert [each.raw for each in read_journal(tmp_path / "journal") if b"\x0135=8\x01" in each.raw] == sent


def test_with_a_dictionary_a_strange_field_is_rejected_and_kept(tmp_path: Path) -> None:
    """A dictionary of the engine's, by its bare name; the counterparty is told, and the message is evidence."""
    sor = Counterparty()
    with receiver(tmp_path, session("dropcopy", dictionary="FIX44.xml")) as program:
        assert sor.connect(program.address("dropcopy"))
        strange = message("8", 2, "6=1|14=1|17=e|37=o|39=2|54=1|55=IBM|150=F|151=0|5001=x|")
        sor.send(strange)
        (answer,) = sor.receive(5)
        assert b"\x0135=3\x01" in answer
        assert b"\x01371=5001\x01" in answer
    assert strange in [each.raw for each in read_journal(tmp_path / "journal")]


def test_a_counterparty_that_is_not_there_costs_no_number(tmp_path: Path) -> None:
    """It is told that nobody answers; our next number is still 1, and the end comes at once."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with receiver(tmp_path, session("dropcopy", role="initiator", port=closed.getsockname()[1])) as program:
            lines = told(program)
            line = next(lines)
            assert (line["event"], "could not reach" in line["text"]) == ("refused", True)
            time.sleep(1.5)  # QuickFIX dials the gate each second
            program.process.terminate()
            last = list(lines)[-1]
            assert program.process.wait(20) == 0
    assert last["status"] == [{"name": "dropcopy", "connected": False, "next_in": 1, "next_out": 1}]
