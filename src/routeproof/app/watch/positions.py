"""How far the lake has what feeds gave, in small files; if one is lost, what comes twice changes nothing."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeproof.app.watch.growing_file import Mark
from routeproof.sources.live.journal_format import BEGINNING, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

JOURNAL_POSITION = "lake.position"


def read_position(folder: Path) -> Position | None:
    """How far the lake has the journal; null if nothing of it."""
    found = _read(folder / JOURNAL_POSITION)
    return Position(found["segment"], found["offset"]) if found else None


@dataclass(frozen=True, slots=True)
class BooksBegin:
    """Where in the journal all begins that the books of quotes rest on.

    Attributes:
        after: the position.
        numbers: of each session of quotes, the number that it was at there.
    """

    after: Position = BEGINNING
    numbers: Mapping[str, int] = field(default_factory=dict)


def read_books_begin(folder: Path) -> BooksBegin | None:
    """Where that was as of `read_position`; null if there were no quotes."""
    found = _read(folder / JOURNAL_POSITION).get("books")
    return BooksBegin(Position(found["segment"], found["offset"]), found["numbers"]) if found else None


def write_position(folder: Path, position: Position, books: BooksBegin | None) -> None:
    """The lake has the journal up to here."""
    _write(folder / JOURNAL_POSITION, {**_place(position), "books": books and _place(books.after, books.numbers)})


def _place(position: Position, numbers: Mapping[str, int] | None = None) -> dict[str, Any]:
    place = {"segment": position.segment, "offset": position.offset}
    return place if numbers is None else {**place, "numbers": dict(numbers)}


@dataclass(slots=True)
class _Stretch:
    """Part of the journal, how many portions of it the lake has yet to take in, and where the books begin."""

    after: Position
    missing: int
    books: BooksBegin | None


class JournalProgress:
    """How far the lake has the journal, whose sessions are taken in one by one and not in its order.

    A position is noted once every portion of the journal before it is in the lake. One that never comes there holds
    the position back, and the next watch reads on from it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._stretches: deque[_Stretch] = deque()

    def handed_over(self, after: Position, portions: int, books: BooksBegin | None = None) -> Callable[[], None]:
        """The journal up to a position was handed over as so many portions; call what is returned once for each.

        `books` is where what the books rest on there begins.
        """
        stretch = _Stretch(after, portions, books)
        with self._lock:
            self._stretches.append(stretch)
            self._note()

        def taken_in() -> None:
            with self._lock:
                stretch.missing -= 1
                self._note()

        return taken_in

    def _note(self) -> None:
        whole = None
        while self._stretches and not self._stretches[0].missing:
            whole = self._stretches.popleft()
        if whole is not None:
            write_position(self._folder, whole.after, whole.books)


def read_mark(folder: Path, tail: Path) -> Mark:
    """How far the lake has a growing file."""
    found = _read(_mark_path(folder, tail))
    return Mark(found["offset"], found["inode"], found["head"].encode("latin-1")) if found else Mark()


def write_mark(folder: Path, tail: Path, mark: Mark) -> None:
    """The lake has a growing file up to here."""
    head = mark.head.decode("latin-1")
    _write(_mark_path(folder, tail), {"offset": mark.offset, "inode": mark.inode, "head": head, "path": str(tail)})


def _mark_path(folder: Path, tail: Path) -> Path:
    return folder / f"tail-{hashlib.sha256(str(tail.resolve()).encode()).hexdigest()[:16]}.position"


def _read(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def _write(path: Path, values: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(json.dumps(values), encoding="utf-8")
    temporary.replace(path)
