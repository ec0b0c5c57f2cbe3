"""Read a journal: all of it, or what was added after a position; a torn tail is no part of it, damage is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.live.journal_format import (
    BOOKKEEPING,
    MAGIC,
    Kind,
    Position,
    Record,
    acknowledged_after,
    whole_records,
)
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SUFFIX = ".journal"


@dataclass(frozen=True, slots=True)
class SegmentEnd:
    """Where a segment's complete batches end.

    Attributes:
        batch: number of the last complete batch; -1 if there is none.
        torn_bytes: bytes behind it that never became durable as a batch.
    """

    position: Position
    batch: int
    torn_bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """One message or noise as the journal has it.

    Attributes:
        session: name of the session; empty for bytes of a connection that never named one of ours.
        after: the position behind its batch: reading on from there repeats nothing of the batch.
    """

    received_at: int
    session: str
    kind: Kind
    raw: bytes
    after: Position


def segment_path(folder: Path, number: int) -> Path:
    """File of a segment."""
    return folder / f"{number:08d}{SUFFIX}"


def segments_in(folder: Path) -> list[int]:
    """Numbers of the segments, oldest first."""
    return sorted(int(path.stem) for path in folder.glob(f"*{SUFFIX}"))


def read_segment(path: Path, number: int, each: Callable[[Record], None]) -> SegmentEnd:
    """Give `each` every record of the complete batches of one segment.

    Raises:
        DataRejectedError: bytes that were once durable are damaged; the message names where.
    """
    segment = path.read_bytes()
    if not segment.startswith(MAGIC):
        if MAGIC.startswith(segment):
            return SegmentEnd(Position(number, 0), -1, len(segment))
        message = f"expected a journal segment, found {segment[:8]!r} at its beginning; restore the file"
        raise DataRejectedError(message, where=str(path))
    end, batch, reached, last, waiting = len(MAGIC), -1, len(MAGIC), None, []
    for reached, last in whole_records(segment, len(MAGIC)):
        waiting.append(last)
        if last.is_last_of_batch:
            for record in waiting:
                each(record)
            end, batch, waiting = reached, last.batch, []
    proof = acknowledged_after(segment, reached, last) if reached < len(segment) else None
    if proof is not None:
        message = f"expected a record at byte {reached}, found damage: byte {proof} holds a later one; restore the file"
        raise DataRejectedError(message, where=str(path))
    return SegmentEnd(Position(number, end), batch, len(segment) - end)


def read_journal(folder: Path, after: Position | None = None) -> Iterator[Kept]:
    """What was received and sent behind `after` (null: all), in order.

    Batches that another process is about to write are not there yet.

    Raises:
        DataRejectedError: bytes that were once durable are damaged, or a segment in between is torn.
    """
    numbers = [number for number in segments_in(folder) if after is None or number >= after.segment]
    for number in numbers:
        kept: list[Record] = []
        end = read_segment(segment_path(folder, number), number, kept.append)
        if end.torn_bytes and number != numbers[-1]:
            message = (
                f"expected whole records up to its end, found {end.torn_bytes} bytes that are none; restore the file"
            )
            raise DataRejectedError(message, where=str(segment_path(folder, number)))
        yield from _from_batch(kept, number, after)


def _from_batch(records: list[Record], number: int, after: Position | None) -> Iterator[Kept]:
    names: dict[int, str] = {}
    offset, batch = len(MAGIC), []
    for record in records:
        offset += record.size
        if record.kind == Kind.SESSION_NAME:
            names[record.session] = record.raw.decode()
        if record.kind not in BOOKKEEPING:
            batch.append(record)
        if record.is_last_of_batch:
            place = Position(number, offset)
            if after is None or place > after:
                yield from (Kept(r.received_at, names.get(r.session, ""), r.kind, r.raw, place) for r in batch)
            batch = []
