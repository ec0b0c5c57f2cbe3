"""Where a stream of bytes falls into FIX messages, and what in it is none.

A frame is what a session engine takes for one message: from `8=FIX` over the declared BodyLength to the end of the next
CheckSum field. Whether it is a good message is a second question; a frame with a wrong length or checksum is kept, and
called noise. Source: FIX 4.4 volume 2, "Message format"; FIX session layer, "Garbled message".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SOH = b"\x01"
BEGINNING = b"8=FIX"
TRAILER = b"\x0110="
HOP_TAGS = frozenset({b"627", b"628", b"629", b"630"})
HEADER_TAGS = HOP_TAGS | frozenset(
    b"35 49 56 115 128 34 50 142 57 143 116 144 129 145 43 97 52 122 347 369 370 1128 1129 1156".split()
)
"""Standard header of FIX 4.0 to FIXT.1.1, without the fields whose value may hold any byte (91, 213)."""
MOST_HEADER_FIELDS = 64
LOGON_TAGS = frozenset({b"98", b"108", b"141", b"789", b"1137"})
"""What a session needs of a Logon's body."""
MOST_DIGITS = 20
"""Python refuses to read numbers of some thousand digits; none that means something has more than these."""
MAX_FRAME_BYTES = 1 << 20
"""A message longer than this is a wrong BodyLength: no drop copy sends a megabyte."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes in one piece of a stream.

    Attributes:
        is_message: whether they are one well-formed message: BodyLength and CheckSum are right.
    """

    raw: bytes
    is_message: bool


class Framer:
    """One direction of one connection.

    What is not complete is held; `rest` gives it up, at the end of the connection.
    """

    def __init__(self) -> None:
        self._held = b""

    @property
    def held_bytes(self) -> int:
        """Bytes that wait for the rest of their message."""
        return len(self._held)

    def feed(self, chunk: bytes) -> list[Piece]:
        """The pieces that `chunk` completes, in order; together with what is held they are all bytes fed."""
        buffer, at, pieces = self._held + chunk, 0, []
        while at < len(buffer):
            end = _frame_end(buffer, at)
            if end is None:
                break
            raw = buffer[at:end]
            pieces.append(Piece(raw, is_well_formed(raw)))
            at = end
        self._held = buffer[at:]
        return pieces

    def rest(self) -> list[Piece]:
        """What was held, as noise; none afterwards."""
        held, self._held = self._held, b""
        return [Piece(held, is_message=False)] if held else []


def _frame_end(buffer: bytes, at: int) -> int | None:
    """Where the piece that begins at `at` ends; null while its end has not arrived."""
    start = buffer.find(BEGINNING, at)
    if start != at:
        return start if start > 0 else _all_but_a_beginning(buffer, at)
    length_at = buffer.find(b"\x019=", at)
    length_end = buffer.find(SOH, length_at + 3) if length_at >= 0 else -1
    if length_end < 0:
        return None if len(buffer) - at <= MAX_FRAME_BYTES else len(buffer)
    digits = buffer[length_at + 3 : length_end]
    if not digits.isdigit() or len(digits) > MOST_DIGITS or int(digits) > MAX_FRAME_BYTES:
        return _next_start(buffer, at)
    trailer = buffer.find(TRAILER, length_end + int(digits))
    end = buffer.find(SOH, trailer + len(TRAILER)) if trailer >= 0 else -1
    if end < 0:
        return None if len(buffer) - at <= 2 * MAX_FRAME_BYTES else len(buffer)
    return end + 1


def _all_but_a_beginning(buffer: bytes, at: int) -> int | None:
    """Noise without any `8=FIX` is one piece at once, but for its end, which may begin one."""
    begun = next(size for size in range(len(BEGINNING) - 1, -1, -1) if buffer.endswith(BEGINNING[:size]))
    end = len(buffer) - begun
    return end if end > at else None


def _next_start(buffer: bytes, at: int) -> int:
    following = buffer.find(b"\x018=FIX", at + 1)
    return following + 1 if following >= 0 else len(buffer)


def is_well_formed(raw: bytes) -> bool:
    """Whether bytes are one message: its first three fields are 8, 9 and 35, and BodyLength and CheckSum are right.

    A CheckSum has three digits. Source: FIX session layer, "Garbled message".
    """
    length_at = raw.find(b"\x019=")
    length_end = raw.find(SOH, length_at + 3)
    if not raw.startswith(b"8=FIX") or length_at < 0 or raw.find(SOH) != length_at:
        return False
    body_end = len(raw) - 7
    digits = raw[length_at + 3 : length_end]
    if (
        not digits.isdigit()
        or len(digits) > MOST_DIGITS
        or length_end + 1 + int(digits) != body_end
        or raw[body_end - 1 : body_end + 3] != TRAILER
    ):
        return False
    if not raw.startswith(b"35=", length_end + 1):
        return False
    return raw[body_end + 3 : -1] == b"%03d" % (sum(raw[:body_end]) % 256)


def header_only(raw: bytes) -> bytes:
    """A well-formed application message without its body, with the length and sum that it then has.

    This is all that a session without a dictionary can judge: whether a tag may appear twice depends on the groups that
    a message type has.
    """
    begin, _, *fields = raw.split(SOH, MOST_HEADER_FIELDS)
    return message_of(begin, _header_of(fields))


def logon_only(raw: bytes) -> bytes:
    """A well-formed Logon with its header and, of its body, the first of each field that a session needs.

    Its groups, texts and data, which may hold any byte, are no business of a session without a dictionary.
    """
    begin, _, *fields = raw.split(SOH)
    needed: dict[bytes, bytes] = {}
    for field in fields:
        tag = field.partition(b"=")[0]
        if tag in LOGON_TAGS:
            needed.setdefault(tag, field)
    return message_of(begin, [*_header_of(fields), *needed.values()])


def _header_of(fields: Sequence[bytes]) -> list[bytes]:
    """The header among the fields behind BodyLength: up to the first that is none, without hops, which repeat."""
    kept = []
    for field in fields:
        tag = field.partition(b"=")[0]
        if tag not in HEADER_TAGS:
            break
        if tag not in HOP_TAGS:
            kept.append(field)
    return kept


def message_of(begin: bytes, fields: Sequence[bytes]) -> bytes:
    """A message that begins with this BeginString field and has these fields, with its length and sum."""
    body = b"".join(field + SOH for field in fields)
    start = begin + b"\x019=%d\x01" % len(body) + body
    return start + b"10=%03d\x01" % (sum(start) % 256)


def text_of(raw: bytes, tag: int) -> str:
    """Value of the first field `tag`, empty where it is absent; no value that is not ASCII is meant to be read here."""
    found = raw.find(b"\x01%d=" % tag)
    if found < 0:
        return ""
    value_at = raw.index(b"=", found) + 1
    return raw[value_at : raw.find(SOH, value_at)].decode("ascii", "replace")


def begin_string_of(raw: bytes) -> str:
    """Value of BeginString (8), the first field."""
    return raw[2 : raw.find(SOH)].decode("ascii", "replace")


def number_of(raw: bytes, tag: int) -> int | None:
    """Value of a field that counts; null where it is absent or no number that FIX can mean."""
    text = text_of(raw, tag)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
