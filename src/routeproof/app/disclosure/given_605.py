"""Files of public reports as they were handed in: raw bytes kept, archives of several files taken apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from routeproof.sources.archive_members import unpacked
from routeproof.sources.rule605.sniff import UnknownLayoutError
from routeproof.vocab.errors import DataRejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.stores.raw import RawFile


@dataclass(frozen=True, slots=True)
class Given:
    """One file of records.

    Attributes:
        raw: the kept file; of a member its own bytes, so that each row's source is a file.
        file: name that was handed in: the file's, or its archive's.
        member: name within the archive; empty if it stood alone.
        archive: SHA-256 of the archive; empty if it stood alone.
    """

    raw: RawFile
    file: str
    member: str = ""
    archive: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A member of an archive that is no report; those beside it are taken in all the same."""

    file: str
    member: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Handed:
    """Everything that was handed in, in order."""

    given: tuple[Given, ...]
    failed: tuple[Failed, ...]


def keep_given(context: Context, paths: Sequence[Path], folder: Path) -> Handed:
    """Keep the files, and the members of archives beside them.

    Raises:
        UsageError: for an unreadable path.
        DataRejectedError: for an archive that cannot be opened, is too large or has no report; it is kept raw.
    """
    given: list[Given] = []
    failed: list[Failed] = []
    folder.mkdir(parents=True, exist_ok=True)
    for raw in [context.raw.keep(path) for path in paths]:
        before = len(given) + len(failed)
        try:
            for member in unpacked(raw.path, folder):
                if member.problem is not None:
                    failed.append(Failed(raw.name, member.name, member.problem.code, member.problem.message))
                elif not member.name:
                    given.append(Given(raw, raw.name))
                else:
                    own = replace(context.raw.keep(member.path), name=f"{raw.name}/{member.name}")
                    given.append(Given(own, raw.name, member.name, raw.sha256))
        except DataRejectedError as error:
            error.where = raw.name
            raise
        if len(given) + len(failed) == before:
            message = "expected a Rule 605 report in the archive, found none"
            raise UnknownLayoutError(message, where=raw.name)
    return Handed(tuple(given), tuple(failed))
