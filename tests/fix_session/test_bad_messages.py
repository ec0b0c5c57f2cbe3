"""One counterparty's bad message costs its own connection at most, and a session is never lost by it."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from fix_session.counterparty import Counterparty, fill, message
from fix_session.programs import ECHO, TESTS, Running, running, session
from routeproof.sources.live.framing import number_of, text_of
from routeproof.sources.live.journal_format import Kind
from routeproof.sources.live.journal_reading import read_journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("quickfix", reason="QuickFIX is not installed: make test-fix")

RECEIVER = TESTS / "fix_session" / "receiver.py"
LOGON = "98=0|108=30|"


@pytest.fixture(params=[None, "FIX44.xml"], ids=["no dictionary", "dictionary"])
def dictionary(request: pytest.FixtureRequest) -> str | None:
    """Sessions with and without one."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def program(tmp_path: Path, dictionary: str | None) -> Iterator[Running]:
    """A receiver of two sessions: whatever one counterparty does, it must end as it was told to."""
    config, more = tmp_path / "watch.toml", {"dictionary": dictionary} if dictionary else {}
    tables = session("dropcopy", reset_on_logon=True, **more) + session("other", target_comp_id="OTHER", **more)
    config.write_text(tables, "utf-8")
    with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log") as receiver:
        assert receiver.process.stdout is not None
        threading.Thread(target=receiver.process.stdout.read, daemon=True).start()  # else what it tells fills the pipe
        yield receiver


def is_let_in(address: tuple[str, int]) -> bool:
    """Whether a good Logon that resets is answered, perhaps after the connection before it has ended."""
    for _ in range(50):
        sor = Counterparty()
        with suppress(ConnectionError):
            if sor.connect(address, reset=True):
                sor.close()
                return True
    return False


def hear_the_end(sor: Counterparty) -> bool:
    """Listen until the other side closes; whether it does while it still says something each five seconds."""
    try:
        while sor.receive(5):
            pass
    except ConnectionError:
        return True
    return False


def ends_after(address: tuple[str, int], *messages: bytes, first: bytes) -> bool:
    """Whether the connection ends soon after a Logon and these messages."""
    sor = Counterparty()
    sor.open(address)
    sor.send(first, *messages)
    ended = hear_the_end(sor)
    sor.close()
    return ended


@pytest.mark.parametrize(
    "body",
    [
        "98=0|108=abc|",
        "98=0|108=1.5|",
        "98=0|108= |",
        "98=0|108=+1|",
        "98=0|108=-1|",
        "98=0|108=99999999999|",
        "98=0|108=|",
        "98=0|",
        "108=30|",
        "98=9|108=30|",
        "98=0|108=30|141=maybe|",
        "98=0|108=30|789=x|",
    ],
)
def test_a_bad_logon_ends_its_connection(program: Running, body: str) -> None:
    """As the first message and as a later one that resets; the next good one is let in."""
    address = program.address("dropcopy")
    assert ends_after(address, first=message("A", 1, body))
    assert is_let_in(address)
    later = body if "141=" in body else body + "141=Y|"
    assert ends_after(address, message("A", 2, later), first=message("A", 1, LOGON))
    assert is_let_in(address)
    assert program.process.poll() is None


@pytest.mark.parametrize("length", ["-5", "2000000000", "99999", "1", ""])
def test_a_wrong_length_of_a_data_field_ends_no_process(program: Running, length: str, dictionary: str | None) -> None:
    """In an execution report and in a Reject; the message behind the report is taken."""
    address, sor = program.address("dropcopy"), Counterparty()
    assert sor.connect(address, reset=True)
    body = f"6=1|14=1|17=e|37=o|39=2|54=1|55=IBM|150=F|151=0|354={length}|355=ab|58=x|"
    sor.send(message("8", 2, body))
    sor.next_number = 3
    sor.ask()
    while sor.expected < 4:
        assert sor.receive(5)
    sor.send(message("3", 4, f"45=1|354={length}|355=ab|"))
    if dictionary:
        assert hear_the_end(sor)
    sor.close()
    assert is_let_in(address)
    assert program.process.poll() is None


def test_many_messages_behind_a_gap_end_no_process(program: Running) -> None:
    """QuickFIX goes one call deeper for each when the gap is filled."""
    address, sor = program.address("dropcopy"), Counterparty()
    assert sor.connect(address, reset=True)
    sor.resends = False
    try:
        for start in range(3, 40_003, 1000):
            sor.send(*(message("0", number) for number in range(start, start + 1000)))
        sor.send(message("4", 2, "123=Y|36=3|"))
        while sor.receive(5):
            pass
    except ConnectionError:
        pass
    sor.close()
    assert is_let_in(address)
    assert program.process.poll() is None


def test_administrative_messages_of_any_kind_end_no_process(program: Running) -> None:
    """Each field that a session reads, with each of these values and without; sent behind a good Logon."""
    address = program.address("other")
    values = ["abc", "", "-1", "0", "+1", "1.5", " ", "Y", "2147483648", "99999999999999999999", None]
    tags = [("0", 112), ("1", 112), ("2", 7), ("2", 16), ("3", 45), ("4", 36), ("4", 123), ("5", 58)]
    tags += [(kind, tag) for kind in "012345A" for tag in (34, 43, 52, 122)] + [("A", 98), ("A", 108), ("A", 141)]
    good = {"2": "7=1|16=0|", "3": "45=1|", "4": "36=9|123=Y|", "A": "98=0|108=30|141=Y|"}
    for kind, tag in tags:
        sor = _logged_on_as_other(address)
        for value in values:
            body = "".join(
                f"{each}|" for each in good.get(kind, "").split("|") if each and not each.startswith(f"{tag}=")
            )
            try:
                sor.send(_with(message(kind, 2, body, sender="OTHER"), tag, value))
                sor.receive(0.01)
            except ConnectionError:
                sor.close()
                sor = _logged_on_as_other(address)
        sor.close()
        assert program.process.poll() is None, (kind, tag)
    assert is_let_in(program.address("dropcopy"))


def _logged_on_as_other(address: tuple[str, int]) -> Counterparty:
    for _ in range(50):
        sor = Counterparty()
        sor.open(address)
        try:
            sor.send(message("A", 1, LOGON + "141=Y|", sender="OTHER"))
            if sor.receive(5):
                return sor
        except ConnectionError:
            sor.close()
    raise AssertionError


def _with(raw: bytes, tag: int, value: str | None) -> bytes:
    """The message with another value of a field, or without it."""
    begin, _, *fields, _, _ = raw.split(b"\x01")
    kept = [field for field in fields if not field.startswith(b"%d=" % tag)]
    if value is not None:
        kept.insert(1, f"{tag}={value}".encode())
    body = b"".join(field + b"\x01" for field in kept)
    start = begin + b"\x019=%d\x01" % len(body) + body
    return start + b"10=%03d\x01" % (sum(start) % 256)


def test_a_logon_that_lists_message_types_is_answered(tmp_path: Path) -> None:
    """Without a dictionary too, to which a field that comes twice is an error."""
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log") as program:
        sor = Counterparty()
        sor.open(program.address("dropcopy"))
        sor.send(message("A", 1, LOGON + "384=2|372=8|385=S|372=D|385=S|"))
        (answer,) = sor.receive(5)
        assert text_of(answer, 35) == "A"


def test_what_a_logout_hides_is_asked_for_again(tmp_path: Path) -> None:
    """A Logout with number 7 where 3 is expected: QuickFIX counts it as 3; the next Logon asks from 3 on."""
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    sor = Counterparty()
    with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log") as program:
        assert sor.connect(program.address("dropcopy"))
        sor.send_fills(1)
        sor.fills |= {3, 4, 5, 6}
        sor.send(message("5", 7))
        assert hear_the_end(sor)
        sor.close()
        sor.next_number = 8
        assert sor.connect(program.address("dropcopy"))
        assert sor.settle(10)
        sor.close()
    assert _fills_kept(tmp_path) == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("kind", ["3", "8"])
def test_what_is_ahead_of_a_gap_does_not_close_it(tmp_path: Path, kind: str) -> None:
    """A Reject with number 5 where 2 is expected, and a fill that names nobody: 2 to 4 come again."""
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    sor = Counterparty()
    with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log") as program:
        assert sor.connect(program.address("dropcopy"))
        sor.fills |= {2, 3, 4}
        sor.send(message("3", 5, "45=1|") if kind == "3" else _with(fill(5), 49, None))
        sor.next_number = 6
        sor.receive(0.5)
        sor.close()
        _connect(sor, program.address("dropcopy"))
        assert sor.settle(10)
        sor.close()
    assert _fills_kept(tmp_path) == [2, 3, 4]


def test_what_the_session_refuses_is_not_received(tmp_path: Path) -> None:
    """Fills behind a Logon of 2020, of a stranger, and with a number that was used: kept, and not counted."""
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    with running(RECEIVER, ["--config", str(config), "--folder", str(tmp_path)], tmp_path / "log") as program:
        address = program.address("dropcopy")
        old = _with(message("A", 1, LOGON), 52, "20200101-00:00:00")
        assert ends_after(address, fill(2), fill(3), first=old)
        sor = Counterparty()
        _connect(sor, address)
        sor.send(fill(2), message("8", 3, "17=e3|", sender="STRANGER"), message("5", 4))
        assert hear_the_end(sor)
        sor.next_number = 5
        _connect(sor, address)
        sor.send(fill(3))
        assert hear_the_end(sor)
        sor.close()
    assert _fills_kept(tmp_path) == [2]


def _connect(sor: Counterparty, address: tuple[str, int]) -> None:
    """Log on with the next number, perhaps after the connection before has ended."""
    number = sor.next_number
    for _ in range(50):
        sor.next_number = number
        try:
            if sor.connect(address):
                return
        except ConnectionError:
            sor.close()
    raise AssertionError


def _fills_kept(folder: Path) -> list[int | None]:
    kept = [each.raw for each in read_journal(folder / "journal") if each.kind == Kind.MESSAGE_IN]
    return [number_of(raw, 34) for raw in kept if text_of(raw, 35) == "8"]


@pytest.mark.parametrize("body", ["148=h\u00e9|33=1|58=x|", "148=h|33=1|58=\u0080|"])
def test_the_echo_refuses_what_it_cannot_send(tmp_path: Path, body: str) -> None:
    """Bytes that are no UTF-8: refused by a BusinessMessageReject, and the next message is sent back."""
    config = tmp_path / "watch.toml"
    config.write_text(session("dropcopy"), "utf-8")
    with running(ECHO, ["--config", str(config)], tmp_path / "log") as program:
        sor = Counterparty()
        assert sor.connect(program.address("dropcopy"))
        sor.send(_latin(body))
        assert [text_of(each, 35) for each in sor.receive(5)] == ["j"]
        sor.send(message("B", 3, "148=h|33=1|58=x|"))
        assert [text_of(each, 35) for each in sor.receive(5)] == ["B"]


def _latin(body: str) -> bytes:
    """A News whose text is Latin-1."""
    raw = message("B", 2)
    begin, _, *fields, _, _ = raw.split(b"\x01")
    content = b"".join(field + b"\x01" for field in fields) + body.replace("|", "\x01").encode("latin-1")
    start = begin + b"\x019=%d\x01" % len(content) + content
    return start + b"10=%03d\x01" % (sum(start) % 256)
