"""A proxy that drops, duplicates, reorders, garbles and half-closes what passes it, by a seed."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

from fix_session.counterparty import MESSAGE

if TYPE_CHECKING:
    import random

FAULTS = ("drop", "duplicate", "reorder", "garble", "half-close")


class FaultyProxy:
    """One connection at a time from `address` to `target`.

    Attributes:
        rate: share of the messages that a fault befalls; 0 lets everything pass.
    """

    def __init__(self, target: tuple[str, int], chance: random.Random) -> None:
        self._target, self._chance = target, chance
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()
        self.rate = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._target)
                threading.Thread(target=self._pass, args=(client, server), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client), daemon=True).start()

    def _pass(self, source: socket.socket, to: socket.socket) -> None:
        held = b""
        with contextlib.suppress(OSError):
            while chunk := source.recv(1 << 16):
                held += chunk
                whole = MESSAGE.findall(held)
                held = MESSAGE.sub(b"", held)
                to.sendall(b"".join(self._befallen(whole, to)))
        with contextlib.suppress(OSError):
            to.shutdown(socket.SHUT_WR)

    def _befallen(self, messages: list[bytes], to: socket.socket) -> list[bytes]:
        passed: list[bytes] = []
        for message in messages:
            if self._chance.random() >= self.rate:
                passed.append(message)
                continue
            fault = self._chance.choice(FAULTS)
            if fault == "duplicate":
                passed += [message, message]
            elif fault == "reorder":
                passed.insert(max(0, len(passed) - 1), message)
            elif fault == "garble":
                passed.append(self._garbled(message))
            elif fault == "half-close":
                to.sendall(b"".join(passed))
                to.shutdown(socket.SHUT_WR)
        return passed

    def _garbled(self, message: bytes) -> bytes:
        place = self._chance.randrange(len(message))
        return message[:place] + bytes([message[place] ^ (1 << self._chance.randrange(8))]) + message[place + 1 :]
