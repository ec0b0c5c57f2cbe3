"""Power cuts: what a disk may hold after one, made from every write and sync that SQLite asked for.

The statements of the product are noted while it runs, and run again on a file system (apsw's VFS) that notes each
write, truncation, sync and deletion. A cut at any of them keeps what was synced, and of the rest whatever chance takes:
some writes or none, some sectors of a write, in any order; a file whose making or deletion was not synced may be there
or not.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import apsw
from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECTOR = 512
LOGS = ("-wal", "-journal")
NEW_CONNECTION = "-- new connection"


@dataclass(frozen=True, slots=True)
class Step:
    """One request to the disk.

    Attributes:
        kind: what was asked.
        file: name.
        offset: of a write; size of a truncation.
        content: of a write.
        acknowledged: entries acknowledged before it.
    """

    kind: Literal["make", "write", "truncate", "sync", "delete"]
    file: str
    offset: int = 0
    content: bytes = b""
    acknowledged: int = 0


def statements_of(work: Callable[[], None]) -> list[str]:
    """SQL that the product sends while `work` runs, with its values, and where it opens a connection."""
    noted: list[str] = []

    def note(connection: object, _record: object) -> None:
        noted.append(NEW_CONNECTION)
        connection.set_trace_callback(noted.append)  # type: ignore[attr-defined]

    event.listen(Engine, "connect", note)
    try:
        work()
    finally:
        event.remove(Engine, "connect", note)
    # An insert is noted once more for its trigger, which fires again by itself.
    return [text for before, text in pairwise(["", *noted]) if text != before]


class NotingDisk(apsw.VFS):
    """SQLite's own file system, with every request noted."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.acknowledged = 0
        super().__init__("noting", "unix")

    def note(self, kind: Literal["make", "write", "truncate", "sync", "delete"], path: str, **rest: object) -> None:
        """Note one step."""
        name = path.rpartition("/")[2]
        self.steps.append(Step(kind, name, acknowledged=self.acknowledged, **rest))  # type: ignore[arg-type]

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> _NotingFile:  # noqa: N802
        """Open a file."""
        return _NotingFile(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: FBT001, N802
        """Delete a file."""
        super().xDelete(name, syncdir)
        self.note("delete", name, offset=int(syncdir))


class _NotingFile(apsw.VFSFile):
    def __init__(self, disk: NotingDisk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        self._disk = disk
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__("unix", name, flags)
        disk.note("make", self._name)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._disk.note("write", self._name, offset=offset, content=bytes(data))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._disk.note("truncate", self._name, offset=newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._disk.note("sync", self._name)


def steps_of(statements: list[str], database: Path) -> list[Step]:
    """Requests to the disk when the statements run on a new database; entries count as acknowledged once committed."""
    disk = NotingDisk()
    connection: apsw.Connection | None = None
    entries = 0
    for statement in statements:
        if statement == NEW_CONNECTION:
            if connection is not None:
                connection.close()
            connection = apsw.Connection(str(database), vfs="noting")
            continue
        assert connection is not None
        connection.execute(statement).fetchall()
        entries += statement.startswith("INSERT INTO ledger_entries")
        if statement == "COMMIT":
            disk.acknowledged = entries
    assert connection is not None
    connection.close()
    disk.unregister()
    return disk.steps


@dataclass(slots=True)
class _File:
    """One file on the disk.

    Attributes:
        durable: bytes that survive; none if the file itself may be gone.
        pending: writes and truncations that were not synced.
        before: what stands there if the last deletion was not kept.
    """

    durable: bytearray | None = None
    pending: list[Step] = field(default_factory=list)
    before: bytearray | None = None


def images(steps: list[Step], cuts: list[int], seed: int) -> Iterator[tuple[int, int, dict[str, bytes]]]:
    """For each cut (a number of steps, ascending): the cut, entries acknowledged by then, and files by name."""
    files: dict[str, _File] = {}
    wanted = iter(sorted(cuts))
    cut = next(wanted, None)
    for number, step in enumerate(steps):
        while cut == number:
            yield cut, step.acknowledged, _image(files, random.Random(f"{seed} {cut}"))  # noqa: S311
            cut = next(wanted, None)
        _take(files, step)


def _take(files: dict[str, _File], step: Step) -> None:
    file = files.setdefault(step.file, _File())
    match step.kind:
        case "write" | "truncate":
            file.pending.append(step)
        case "sync":
            if file.durable is None and step.file.endswith(LOGS):
                # SQLite syncs the folder with the first sync of a log that it made: deletions before it are kept.
                for other in files.values():
                    other.before = None
            file.durable = file.durable if file.durable is not None else bytearray()
            for pending in file.pending:
                _apply(file.durable, pending, range(len(pending.content)))
            file.pending, file.before = [], None
        case "delete":
            survives = None if step.offset else file.durable
            files[step.file] = _File(before=survives)


def _image(files: dict[str, _File], chance: random.Random) -> dict[str, bytes]:
    image: dict[str, bytes] = {}
    share = chance.choice((0.0, 0.5, 0.9, 1.0))
    for name, file in files.items():
        if file.durable is None and chance.random() > share:
            if file.before is not None and chance.random() < share:
                image[name] = bytes(file.before)
            continue
        content = bytearray(file.durable or b"")
        kept = [step for step in file.pending if chance.random() < share]
        if chance.random() < share:
            chance.shuffle(kept)
        for step in kept:
            _apply(content, step, _sectors(step, chance))
        image[name] = bytes(content)
    return image


def _sectors(step: Step, chance: random.Random) -> range:
    """All of a write, or the sectors up to where the power went."""
    if chance.random() < 0.7:
        return range(len(step.content))
    first = SECTOR - step.offset % SECTOR
    ends = [*range(first, len(step.content), SECTOR), len(step.content)]
    return range(chance.choice(ends))


def _apply(content: bytearray, step: Step, part: range) -> None:
    if step.kind == "truncate":
        del content[step.offset :]
        return
    if len(content) < step.offset:
        content.extend(bytes(step.offset - len(content)))
    content[step.offset : step.offset + len(part)] = step.content[: len(part)]
