"""A small counterparty for tests: builds messages, logs on, resends what is asked for; no engine of its own."""

from __future__ import annotations

import re
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MESSAGE = re.compile(rb"8=FIX.*?\x0110=\d{3}\x01", re.DOTALL)


def message(
    kind: str, number: int, body: str = "", *, begin: str = "FIX.4.4", repeated: bool = False, sender: str = "SOR"
) -> bytes:
    """A message of `sender` to FIRM; `body` has its fields with `|` behind each."""
    now = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime())
    duplicate = f"43=Y|122={now}|" if repeated else ""
    fields = f"35={kind}|34={number}|49={sender}|52={now}|56=FIRM|{duplicate}{body}".replace("|", "\x01").encode()
    start = f"8={begin}|9={len(fields)}|".replace("|", "\x01").encode() + fields
    return start + b"10=%03d\x01" % (sum(start) % 256)


def fill(number: int, *, repeated: bool = False) -> bytes:
    """An ExecutionReport whose ids name its sequence number."""
    body = f"6=10|11=c{number}|14=100|17=e{number}|31=10|32=100|37=o{number}|39=2|54=1|55=IBM|150=F|151=0|"
    return message("8", number, body, repeated=repeated)


class Counterparty:
    """One connection of `sender` to FIRM, and what it has sent on all of its connections.

    Attributes:
        next_number: sequence number of the next message.
        fills: numbers that were fills; the others are filled as gaps where they are asked for.
        expected: the highest number that the other side was seen to expect.
        resends: whether it sends again what it is asked for.
        received: all messages that came.
    """

    def __init__(self, sender: str = "SOR") -> None:
        self._sender = sender
        self.next_number = 1
        self.fills: set[int] = set()
        self.expected = 1
        self.resends = True
        self.received: list[bytes] = []
        self._connection: socket.socket | None = None
        self._held = b""

    def connect(self, address: tuple[str, int], *, reset: bool = False) -> bool:
        """Connect and log on; whether the Logon was answered."""
        self.open(address)
        number = self._take()
        self.send(message("A", number, "98=0|108=30|" + ("141=Y|" if reset else ""), sender=self._sender))
        return any(b"\x0135=A\x01" in each for each in self.receive(5))

    def open(self, address: tuple[str, int]) -> None:
        """Connect, and say nothing yet."""
        self._connection = socket.create_connection(address, 5)
        self._held = b""

    def send(self, *content: bytes) -> None:
        """Send bytes as they are."""
        assert self._connection is not None
        self._connection.sendall(b"".join(content))

    def send_fills(self, count: int) -> None:
        """Send so many fills."""
        numbers = [self._take() for _ in range(count)]
        self.fills.update(numbers)
        self.send(*map(fill, numbers))

    def tell(self, kind: str, body: str) -> None:
        """Send an application message."""
        self.send(message(kind, self._take(), body, sender=self._sender))

    def ask(self) -> None:
        """Send a TestRequest that names its own sequence number."""
        number = self._take()
        self.send(message("1", number, f"112={number}|", sender=self._sender))

    def settle(self, within_s: float) -> bool:
        """Resend and ask until the other side expects our next number; whether it came to that.

        A TestRequest may be among what is filled as a gap, and is then never answered: another is sent.
        """
        until = time.monotonic() + within_s
        self.ask()
        while self.expected < self.next_number and time.monotonic() < until:
            if not self.receive(0.5):
                self.ask()
        return self.expected == self.next_number

    def receive(self, timeout_s: float) -> list[bytes]:
        """Messages that come within the time; resends what they ask for, and notes what they acknowledge.

        Raises:
            ConnectionError: the other side has closed.
        """
        assert self._connection is not None
        self._connection.settimeout(timeout_s)
        try:
            chunk = self._connection.recv(1 << 20)
        except TimeoutError:
            return []
        if not chunk:
            raise ConnectionResetError
        self._held += chunk
        messages = MESSAGE.findall(self._held)
        self._held = MESSAGE.sub(b"", self._held)
        self.received += messages
        for each in messages:
            self._heed(each)
        return messages

    def close(self) -> None:
        """End the connection without a Logout."""
        if self._connection is not None:
            self._connection.close()

    def _heed(self, received: bytes) -> None:
        if found := re.search(rb"\x017=(\d+)\x01", received):
            self.expected = max(self.expected, int(found[1]))
            if self.resends:
                self.send(*self._again(int(found[1])))
        elif found := re.search(rb"\x0135=0\x01.*\x01112=(\d+)\x01", received):
            self.expected = max(self.expected, int(found[1]) + 1)

    def _again(self, begin: int) -> Sequence[bytes]:
        """Everything from `begin` on: fills again, administrative messages as gaps."""
        content, number = [], begin
        while number < self.next_number:
            if number in self.fills:
                content.append(fill(number, repeated=True))
                number += 1
                continue
            after = number + 1
            while after < self.next_number and after not in self.fills:
                after += 1
            content.append(message("4", number, f"123=Y|36={after}|", repeated=True, sender=self._sender))
            number = after
        return content

    def _take(self) -> int:
        self.next_number += 1
        return self.next_number - 1
