"""Documents out of files: one plain or packed document, or an archive of many with their names.

Names of an archive of FINRA: `{CRD}_606_NMS_{YYYY}_Q{n}[_suffix][_Vn].xml`; the highest version of a name counts.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.sources.rule606.hardened import MAX_BYTES
from routeproof.sources.rule606.problems import Problem
from routeproof.sources.streams import BROKEN, METHODS, UNOPENED, ZIP_MAGIC, open_stream
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_MEMBERS = 20_000
MOST_TOTAL_BYTES = 4 << 30
_NAME = re.compile(
    r"(?P<crd>[0-9]{1,12})_606_NMS_(?P<year>[0-9]{4})_Q(?P<number>[1-4])(?:_(?P<suffix>.+?))??(?:_V(?P<version>[0-9]{1,6}))?"
    r"\.xml",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FilingName:
    """What a file's name says.

    Attributes:
        crd: number of the reporting firm in the central registration depository.
        quarter: such as 2026Q3.
        suffix: tells several reports of a firm apart; empty if there is none.
        version: 1 if the name has none.
    """

    crd: str
    quarter: str
    suffix: str
    version: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What versions of one filing share."""
        return self.crd, self.quarter, self.suffix


@dataclass(frozen=True, slots=True)
class Document:
    """One document, or the reason why there is none.

    Attributes:
        name: of the file or archive member.
        content: its bytes; empty where there is a problem.
        problem: why it cannot be read.
        superseded: a later version of it is in the same archive.
    """

    name: str
    content: bytes = b""
    problem: Problem | None = None
    superseded: bool = False


def filing_name(name: str) -> FilingName | None:
    """What the name says; none if it is not of that form."""
    found = _NAME.fullmatch(name.rpartition("/")[2])
    if found is None:
        return None
    quarter = f"{found['year']}Q{found['number']}"
    return FilingName(found["crd"], quarter, (found["suffix"] or "").upper(), int(found["version"] or 1))


def read_document(path: Path, name: str) -> Document:
    """The one document of a plain, gzip, zstandard or one-member zip file."""
    try:
        with open_stream(path) as stream:
            content = stream.read(MAX_BYTES + 1)
    except DataRejectedError as error:
        return Document(name, problem=Problem(0, "", error.code, error.message))
    except BROKEN as error:
        return Document(name, problem=_damaged(str(error) or type(error).__name__))
    return Document(name, content)


def documents(path: Path, name: str) -> Iterator[Document]:
    """The documents of a file: those of an archive in order of name, else the one that it is."""
    with path.open("rb") as file:
        is_archive = file.read(4) == ZIP_MAGIC
    if is_archive:
        yield from _members(path, name)
    else:
        yield read_document(path, name)


def _members(path: Path, name: str) -> Iterator[Document]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if item.filename.lower().endswith(".xml")]
            if not members or len(members) > MOST_MEMBERS:
                message = f"expected 1 to {MOST_MEMBERS:,} XML documents in the archive, found {len(members):,}"
                yield Document(name, problem=Problem(0, "", "damaged_file", message))
                return
            newest = _newest(item.filename for item in members)
            total = 0
            for item in sorted(members, key=lambda item: item.filename):
                if item.filename not in newest:
                    yield Document(item.filename, superseded=True)
                    continue
                found = _member(archive, item)
                total += len(found.content)
                if total > MOST_TOTAL_BYTES:
                    message = f"expected at most {MOST_TOTAL_BYTES:,} bytes in the archive, found more"
                    yield Document(name, problem=Problem(0, "", "too_large", message))
                    return
                yield found
    except UNOPENED as error:
        yield Document(name, problem=_damaged(str(error) or type(error).__name__))


def _member(archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> Document:
    if item.compress_type not in METHODS:
        return Document(item.filename, problem=_damaged(f"compression method {item.compress_type}"))
    try:
        with archive.open(item) as stream:
            return Document(item.filename, stream.read(MAX_BYTES + 1))
    except UNOPENED + BROKEN as error:
        return Document(item.filename, problem=_damaged(str(error) or type(error).__name__))


def _newest(names: Iterator[str]) -> frozenset[str]:
    """Names but for those of which there is a later version."""
    kept: dict[tuple[str, ...], tuple[int, str]] = {}
    for name in names:
        told = filing_name(name)
        key: tuple[str, ...] = told.key if told else (name,)
        kept[key] = max(kept.get(key, (0, "")), (told.version if told else 1, name))
    return frozenset(name for _, name in kept.values())


def _damaged(what: str) -> Problem:
    return Problem(0, "", "damaged_file", f"expected a whole file, found: {what}")
