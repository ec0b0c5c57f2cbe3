"""The QuickFIX acceptance scenarios: what a file says, and a runner that plays it against an address.

Written from the description of the format: `I` sends, `E` expects, `i` and `e` connect and disconnect, a number after
the letter names the client, `<TIME>` and `<TIME+n>` are instants, `9` and `10` are filled in where they are absent.
"""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LINE = re.compile(rb"^([IEie])(?:(\d+),)?(.*)$", re.DOTALL)
TIME = re.compile(rb"<TIME([+-]\d+)?>")
CHECKSUM = re.compile(rb"(?<=\x01)10=[^\x01]*\x01$")
PATIENCE_S = 12.0
ADMINISTRATIVE = {b"0", b"1", b"2", b"3", b"4", b"5", b"A"}


@dataclass(frozen=True, slots=True)
class Step:
    """One line.

    Attributes:
        letter: I, E, i or e.
        client: which of several connections.
        content: message, or CONNECT, or DISCONNECT.
        number: line number in the file.
    """

    letter: str
    client: int
    content: bytes
    number: int


class Difference(Exception):  # noqa: N818 - a difference is not an error of the runner
    """What was expected did not come."""


def steps_of(path: Path) -> list[Step]:
    """Lines of a scenario that do something; comments and empty lines do not."""
    steps = []
    for number, line in enumerate(path.read_bytes().replace(b"\r", b"").split(b"\n"), 1):
        if line.startswith(b"#") or not line.strip():
            continue
        found = LINE.match(line)
        if found is None:
            message = f"line {number} is not in the grammar: {line!r}"
            raise ValueError(message)
        steps.append(Step(found[1].decode(), int(found[2] or 1), found[3], number))
    return steps


def needs_echo(steps: list[Step]) -> bool:
    """Whether an application message is expected, which only an application that answers can send."""
    return any(_type_of(step.content) not in ADMINISTRATIVE for step in steps if step.letter == "E")


def play(steps: list[Step], address: tuple[str, int], formats: dict[bytes, re.Pattern[bytes]]) -> None:
    """Play a scenario.

    Raises:
        Difference: at the first expectation that is not met.
    """
    clients: dict[int, _Client] = {}
    try:
        for step in steps:
            try:
                _play_step(step, clients, address, formats)
            except (Difference, OSError) as error:
                message = f"line {step.number}: {error}"
                raise Difference(message) from error
    finally:
        for client in clients.values():
            client.connection.close()


def formats_of(path: Path) -> dict[bytes, re.Pattern[bytes]]:
    """Fields whose value is compared by a pattern."""
    pairs = [line.split(b"=", 1) for line in path.read_bytes().split(b"\n") if b"=" in line]
    return {tag: re.compile(pattern.strip()) for tag, pattern in pairs}


def _play_step(
    step: Step, clients: dict[int, _Client], address: tuple[str, int], formats: dict[bytes, re.Pattern[bytes]]
) -> None:
    if step.letter == "i" and step.content == b"CONNECT":
        clients[step.client] = _Client(socket.create_connection(address, PATIENCE_S))
    elif step.letter == "i":
        clients[step.client].connection.close()
    elif step.letter == "e":
        clients[step.client].expect_end()
    elif step.letter == "I":
        clients[step.client].connection.sendall(_completed(step.content))
    else:
        _compare(step.content, clients[step.client].receive(), formats)


class _Client:
    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        connection.settimeout(PATIENCE_S)
        self._held = b""

    def receive(self) -> bytes:
        while (end := re.search(rb"\x0110=\d{3}\x01", self._held)) is None:
            chunk = self.connection.recv(65536)
            if not chunk:
                message = f"expected a message, found the end of the connection (held {self._held!r})"
                raise Difference(message)
            self._held += chunk
        received, self._held = self._held[: end.end()], self._held[end.end() :]
        return received

    def expect_end(self) -> None:
        try:
            rest = self._held + self.connection.recv(65536)
        except ConnectionError:
            return
        if rest:
            message = f"expected the end of the connection, found {rest!r}"
            raise Difference(message)


def _completed(content: bytes) -> bytes:
    """The message with its instants, and with BodyLength and CheckSum where the scenario leaves them out."""
    content = TIME.sub(lambda found: _instant(int(found[1] or 0)), content)
    if b"\x019=" not in content:
        begin, _, body = content.partition(b"\x01")
        content = begin + b"\x019=%d\x01" % len(CHECKSUM.sub(b"", body)) + body
    if not CHECKSUM.search(content):
        content += b"10=%03d\x01" % (sum(content) % 256)
    return content


def _instant(shift_s: int) -> bytes:
    return time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(time.time() + shift_s)).encode()


def _compare(expected: bytes, found: bytes, formats: dict[bytes, re.Pattern[bytes]]) -> None:
    """Same fields in the same order, values equal or both of the field's pattern; 9 and 10 follow from the rest."""
    if b"\x019=" not in expected:
        expected = expected.replace(b"\x01", b"\x019=0\x01", 1)
    wanted, had = _fields(expected), _fields(found)
    tags = [tag for tag, _ in wanted if tag != b"10"]
    same = tags == [tag for tag, _ in had if tag != b"10"] and all(
        _fits(tag, value, other, formats)
        for (tag, value), (_, other) in zip(
            [pair for pair in wanted if pair[0] != b"10"], [pair for pair in had if pair[0] != b"10"], strict=True
        )
    )
    if not same:
        message = f"expected {expected!r}, found {found!r}"
        raise Difference(message)


def _fits(tag: bytes, value: bytes, found: bytes, formats: dict[bytes, re.Pattern[bytes]]) -> bool:
    if tag == b"9":
        return found.isdigit()
    return bool(formats[tag].match(found)) if tag in formats else value == found


def _fields(message: bytes) -> list[tuple[bytes, bytes]]:
    pairs = [field.partition(b"=") for field in message.rstrip(b"\x01").split(b"\x01")]
    return [(tag, value) for tag, _, value in pairs]


def _type_of(message: bytes) -> bytes:
    return dict(_fields(message)).get(b"35", b"")
