"""A folder into which whole files are renamed: each is taken once, by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WRITING = (".", "~")
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload")


class DropFolder:
    """What lies in it and was not given out; files stay where they are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken: dict[str, tuple[int, int]] = {}

    def fresh(self) -> Iterator[Path]:
        """Files that are new, or were replaced, by name; names of unfinished files are left alone."""
        if not self._path.is_dir():
            return
        for path in sorted(self._path.iterdir()):
            if path.name.startswith(_WRITING) or path.suffix in _UNFINISHED or not path.is_file():
                continue
            found = path.stat()
            mark = (found.st_size, found.st_mtime_ns)
            if self._taken.get(path.name) != mark:
                self._taken[path.name] = mark
                yield path
