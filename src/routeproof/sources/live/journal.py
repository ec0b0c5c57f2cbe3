"""Append-only journal of raw messages: what it has committed is on the disk, in the order in which it arrived.

A batch is written and synced as one (group commit). After a failed write or sync nothing more is written: a later sync
may succeed for pages that were lost, so only a fresh start, which reads back what is there, may go on.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.sources.live.journal_format import MAGIC, Kind, Position, Record, to_bytes
from routeproof.sources.live.journal_reading import SegmentEnd, read_segment, segment_path, segments_in
from routeproof.vocab.errors import RefusedError, RouteproofError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SEGMENT_BYTES = 64 << 20


class JournalStoppedError(RouteproofError):
    """Writing failed; what was received since is not durable and must not be acknowledged."""

    code = "journal_stopped"


class Journal:
    """The one writer of a journal folder.

    Opening it cuts a torn tail, which was never acknowledged.

    Attributes:
        torn_bytes: how many bytes were cut on opening.
        last_sent: for each session, the last message that was sent before, as far as the last segment tells.
        messages: whole messages that were received, all segments together.
    """

    def __init__(self, folder: Path, sessions: Sequence[str], *, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._segment_bytes = folder, segment_bytes
        self._lock = _locked(folder)
        self._pending: list[Record] = []
        self._stopped = ""
        self.messages = 0
        self.last_sent: Mapping[str, bytes] = {}
        self._names: dict[str, int] = {}
        end = self._read_back()
        self.torn_bytes = end.torn_bytes
        self._batch = end.batch + 1
        self._segment, self._offset = end.position.segment, end.position.offset
        self._descriptor = self._reopened() if self._segment else -1
        new = [name for name in sessions if name not in self._names]
        self._names |= {name: number for number, name in enumerate(new, len(self._names) + 1)}
        if self._segment == 0:
            self._begin_segment()
        elif new:
            self._pending += [_name_record(name, self._names[name]) for name in new]
            self.commit()

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each session's name."""
        return self._names

    @property
    def position(self) -> Position:
        """The end of what is durable."""
        return Position(self._segment, self._offset)

    def append(self, kind: Kind, session: str, raw: bytes, at: int) -> None:
        """Add a record to the next batch; `session` is empty for a connection that never named one of ours."""
        self._pending.append(Record(at, 0, self._names.get(session, 0), kind, raw))

    def commit(self) -> Position:
        """Write the batch and wait until it is on the disk.

        Returns:
            The position behind it.

        Raises:
            JournalStoppedError: the disk refused; nothing of the batch counts as received, now or later.
        """
        if self._stopped:
            message = f"expected a journal that takes writes, found it stopped: {self._stopped}; start again"
            raise JournalStoppedError(message, where=str(self._folder))
        if not self._pending:
            return self.position
        if self._offset >= self._segment_bytes:
            self._begin_segment()
        self._write(self._pending)
        self.messages += sum(record.kind == Kind.MESSAGE_IN for record in self._pending)
        self._pending = []
        return self.position

    def close(self) -> None:
        """Let go of the folder; what was appended and not committed is forgotten."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        os.close(self._lock)

    def _write(self, records: list[Record]) -> None:
        marked = [Record(r.received_at, self._batch, r.session, r.kind, r.raw) for r in records[:-1]]
        last = records[-1]
        marked.append(Record(last.received_at, self._batch, last.session, last.kind, last.raw, is_last_of_batch=True))
        content = b"".join(map(to_bytes, marked))
        try:
            _write_all(self._descriptor, content)
            os.fdatasync(self._descriptor)
        except OSError as error:
            self._stopped = str(error)
            message = (
                f"expected {len(content)} bytes to become durable, found: {error}; free the disk, then start again"
            )
            raise JournalStoppedError(message, where=str(segment_path(self._folder, self._segment))) from error
        self._offset += len(content)
        self._batch += 1

    def _begin_segment(self) -> None:
        """A new file that restates the sessions' names, so that it can be read without those before it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._segment += 1
        path = segment_path(self._folder, self._segment)
        try:
            self._descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
            _write_all(self._descriptor, MAGIC)
            _sync_folder(self._folder)
        except OSError as error:
            self._stopped = str(error)
            message = f"expected to begin a new segment, found: {error}; free the disk, then start again"
            raise JournalStoppedError(message, where=str(path)) from error
        self._offset = len(MAGIC)
        self._batch = 0
        count = Record(0, 0, 0, Kind.MESSAGES_BEFORE, self.messages.to_bytes(8, "little"))
        self._write([count, *(_name_record(name, number) for name, number in self._names.items())])

    def _read_back(self) -> SegmentEnd:
        """Names, count and last messages sent, from the last segment that has a complete batch."""
        for segment in reversed(segments_in(self._folder)):
            path = segment_path(self._folder, segment)
            seen = _Seen()
            end = read_segment(path, segment, seen.note)
            if end.batch >= 0:
                self._names = {name: number for number, name in seen.names.items() if number}
                self.messages, self.last_sent = seen.messages, seen.last_sent
                return end
            path.unlink()
            _sync_folder(self._folder)
        return SegmentEnd(Position(0, 0), batch=-1, torn_bytes=0)

    def _reopened(self) -> int:
        """The last segment, without its torn tail."""
        descriptor = os.open(segment_path(self._folder, self._segment), os.O_WRONLY | os.O_APPEND)
        if self.torn_bytes:
            os.ftruncate(descriptor, self._offset)
            os.fsync(descriptor)
        return descriptor


@dataclass
class _Seen:
    """What opening a journal takes note of."""

    names: dict[int, str] = field(default_factory=dict)
    last_sent: dict[str, bytes] = field(default_factory=dict)
    messages: int = 0

    def note(self, record: Record) -> None:
        """Count one record in."""
        if record.kind == Kind.SESSION_NAME:
            self.names[record.session] = record.raw.decode()
        elif record.kind == Kind.MESSAGES_BEFORE:
            self.messages = int.from_bytes(record.raw, "little")
        elif record.kind == Kind.MESSAGE_IN:
            self.messages += 1
        elif record.kind == Kind.MESSAGE_OUT:
            self.last_sent[self.names.get(record.session, "")] = record.raw


def _name_record(name: str, number: int) -> Record:
    return Record(0, 0, number, Kind.SESSION_NAME, name.encode())


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _locked(folder: Path) -> int:
    """The lock that one writer holds; it goes when the process ends, however it ends."""
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        with suppress(OSError):
            os.close(descriptor)
        message = "expected to be the only writer of this journal, found another that runs; stop it first"
        raise RefusedError(message, where=str(folder)) from error
    return descriptor
