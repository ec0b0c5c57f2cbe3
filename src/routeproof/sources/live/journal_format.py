"""The bytes of the journal of received messages: segments of records, each with its own checksum.

A segment begins with eight magic bytes. A record is a header (little-endian: payload length u32, CRC-32 of all that
follows u32, instant i64, batch u32, session u16, kind u8, flags u8) and its payload. A batch is what one fsync made
durable, numbered from 0 in each segment; its last record says so. So a reader can tell a torn tail (never
acknowledged) from damage (acknowledged once): batch n is begun only when batch n-1 is durable. The first batch of a
segment restates the sessions' names and how many messages stand in the segments before it.
"""

from __future__ import annotations

import enum
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"RPFIXJ1\n"
HEADER = struct.Struct("<IIqIHBB")
_AFTER_CRC = struct.Struct("<qIHBB")
MAX_PAYLOAD_BYTES = 4 << 20
LAST_OF_BATCH = 1


class Kind(enum.IntEnum):
    """What a record is."""

    MESSAGE_IN = 1
    NOISE_IN = 2
    MESSAGE_OUT = 3
    SESSION_NAME = 4
    """The payload is the name that the record's session number stands for, from here on."""
    MESSAGES_BEFORE = 5
    """The payload says how many messages were received before this segment, u64 little-endian."""
    SEEN_IN = 6
    """A well-formed message as it came, which does not count as received: the session had not logged on, the message
    names another, or its number had been used. A Logon is kept so when it comes, and as MESSAGE_IN once answered."""


KINDS = frozenset(Kind)
BOOKKEEPING = frozenset({Kind.SESSION_NAME, Kind.MESSAGES_BEFORE})


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        received_at: UTC ns at which the bytes were read from the socket (outgoing: from the engine).
        session: number of the session; 0 for bytes of a connection that never named one of ours.
        raw: the bytes as they were on the wire.
    """

    received_at: int
    batch: int
    session: int
    kind: Kind
    raw: bytes
    is_last_of_batch: bool = False

    @property
    def size(self) -> int:
        """Bytes that it takes in a segment."""
        return HEADER.size + len(self.raw)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two records: segment number from 1, and the byte in it."""

    segment: int
    offset: int


BEGINNING = Position(0, 0)
"""Before all that a journal has."""


def to_bytes(record: Record) -> bytes:
    """Header and payload."""
    flags = LAST_OF_BATCH if record.is_last_of_batch else 0
    rest = _AFTER_CRC.pack(record.received_at, record.batch, record.session, record.kind, flags) + record.raw
    return struct.pack("<II", len(record.raw), zlib.crc32(rest)) + rest


def record_at(segment: bytes, offset: int) -> Record | None:
    """The record that begins at `offset`; null if no whole record with a right checksum does."""
    start = offset + HEADER.size
    if start > len(segment):
        return None
    length, crc, received_at, batch, session, kind, flags = HEADER.unpack_from(segment, offset)
    if length > MAX_PAYLOAD_BYTES or start + length > len(segment):
        return None
    if zlib.crc32(segment[offset + 8 : start + length]) != crc or kind not in KINDS:
        return None
    return Record(received_at, batch, session, Kind(kind), segment[start : start + length], bool(flags & LAST_OF_BATCH))


def whole_records(segment: bytes, offset: int) -> Iterator[tuple[int, Record]]:
    """Records from `offset` on, each with the offset behind it, up to the first that is not whole."""
    while (record := record_at(segment, offset)) is not None:
        offset += record.size
        yield offset, record


def acknowledged_after(segment: bytes, offset: int, last: Record | None) -> int | None:
    """Where behind bad bytes at `offset` a record stands that proves them once durable; null if none does.

    Args:
        segment: the whole segment.
        offset: the first byte that is no record.
        last: the last whole record before it; null if there is none.
    """
    complete = -1 if last is None else last.batch if last.is_last_of_batch else last.batch - 1
    for at in range(offset + 1, len(segment) - HEADER.size + 1):
        record = record_at(segment, at)
        if record is not None and record.batch > complete + 1:
            return at
    return None
