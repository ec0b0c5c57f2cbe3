"""What can be wrong with a Rule 606 document, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from routeproof.vocab.errors import DataRejectedError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        row: line of the document, from 1; 0 where it speaks of the whole.
        column: path of the element; empty where it speaks of the whole.
        code: stable snake_case word.
        message: what was expected and found.
    """

    row: int
    column: str
    code: str
    message: str


class UnreadableXmlError(DataRejectedError):
    """Bytes that are not taken as XML at all; nothing of them was interpreted.

    `code` is `forbidden_dtd`, `not_xml`, `too_large`, `too_deep`, `too_many_elements` or `unknown_encoding`.
    """

    def __init__(self, message: str, *, code: str, line: int = 0, where: str = "") -> None:
        super().__init__(message, where=where)
        self.code = code
        self.line = line

    @property
    def problem(self) -> Problem:
        """The same as data."""
        return Problem(self.line, "", self.code, self.message)
