"""Files in an archive, each unpacked as a file of its own under a name that the archive does not choose."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.streams import METHODS, UNOPENED, ZIP_MAGIC, DamagedFileError
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_MEMBERS = 10_000
MOST_BYTES = 16 << 30
FREE_BYTES = 256 << 20
"""What an archive may hold however small it is."""
MOST_SWELLING = 200
"""Text packs ten- to fiftyfold; beyond this it is no report."""
_BLOCK = 1 << 20
_PAPER = b"%PDF-"


class TooLargeError(DataRejectedError):
    """An archive that unpacks to more than it may."""

    code = "too_large"


@dataclass(frozen=True, slots=True)
class Member:
    """One file to read.

    Attributes:
        name: within the archive; empty for a file that is no archive of several.
        path: where its bytes are, until the next one is asked for.
        problem: why it could not be unpacked; then there is nothing at `path`.
    """

    name: str
    path: Path
    problem: DataRejectedError | None = None


def unpacked(path: Path, folder: Path) -> Iterator[Member]:
    """The files that an archive holds, in order of name; any other file, and an archive of one, as it is.

    Passed over are folders, what operating systems leave beside files, and pages for people (PDF), which are published
    beside the machine's file. An archive within the archive is one file: it is not opened for several.

    Args:
        path: the file.
        folder: where a member stands while it is read; names in the archive never become paths.

    Raises:
        DamagedFileError: for an archive that cannot be opened, or has too many members.
        TooLargeError: for one that says it unpacks to too much; no member gives more bytes than it says.
    """
    with path.open("rb") as file:
        is_archive = file.read(4) == ZIP_MAGIC
    if not is_archive:
        yield Member("", path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except UNOPENED as error:
        raise _damaged(path, f"a whole archive, found: {error or type(error).__name__}") from error
    with archive:
        listed = archive.infolist()
        if sum(not item.is_dir() for item in listed) <= 1:
            yield Member("", path)
            return
        _expect_size(path, listed)
        for number, item in enumerate(sorted(listed, key=lambda item: item.filename)):
            if not _is_beside(item):
                yield from _member(archive, item, folder / f"member-{number}")


def _expect_size(path: Path, listed: Sequence[zipfile.ZipInfo]) -> None:
    if len(listed) > MOST_MEMBERS:
        raise _damaged(path, f"at most {MOST_MEMBERS:,} files in the archive, found {len(listed):,}")
    packed, total = path.stat().st_size, sum(item.file_size for item in listed)
    most = min(MOST_BYTES, max(FREE_BYTES, MOST_SWELLING * packed))
    if total > most:
        message = f"expected at most {most:,} bytes unpacked from {packed:,}, found {total:,}"
        raise TooLargeError(message, where=path.name)


def _is_beside(item: zipfile.ZipInfo) -> bool:
    *folders, name = item.filename.split("/")
    return item.is_dir() or name.startswith(".") or "__MACOSX" in folders


def _member(archive: zipfile.ZipFile, item: zipfile.ZipInfo, place: Path) -> Iterator[Member]:
    problem, is_paper = None, False
    try:
        try:
            is_paper = _unpack(archive, item, place)
        except UNOPENED as error:
            message = f"expected a whole file in the archive, found: {error or type(error).__name__}"
            problem = DamagedFileError(message, where=item.filename)
        if not is_paper:
            yield Member(item.filename, place, problem)
    finally:
        place.unlink(missing_ok=True)


def _unpack(archive: zipfile.ZipFile, item: zipfile.ZipInfo, place: Path) -> bool:
    """Write a member's bytes; whether it is a page for people, which is not written."""
    if item.compress_type not in METHODS:
        message = f"compression method {item.compress_type}"
        raise NotImplementedError(message)
    with archive.open(item) as stream:
        head = stream.read(len(_PAPER))
        if head == _PAPER:
            return True
        with place.open("wb") as file:
            file.write(head)
            shutil.copyfileobj(stream, file, _BLOCK)
    return False


def _damaged(path: Path, what: str) -> DamagedFileError:
    return DamagedFileError(f"expected {what}", where=path.name)
