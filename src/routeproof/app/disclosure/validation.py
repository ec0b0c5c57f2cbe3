"""What a validator says of one file, in the same words for every format."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a file.

    Attributes:
        row: data record from 1, the header being none; the line in XML; 0 speaks of the whole file.
        column: official field name, field number of a layout without names, element path in XML; empty if none.
        code: stable snake_case word.
        message: a sentence: what was expected, what was found.
        is_note: worth knowing, but no reason to call the file wrong.
        member: file within an archive of several; empty if there is one file.
    """

    row: int
    column: str | int
    code: str
    message: str
    is_note: bool = False
    member: str = ""

    def as_json(self) -> dict[str, object]:
        """The members that programs read."""
        told: dict[str, object] = {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.message,
        }
        return {**told, "member": self.member} if self.member else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """The verdict on one file.

    Attributes:
        format: `605-legacy`, `605-detailed`, `605-summary`, `606a1`, `606b1`, `606b3`; `mixed` for
            an archive of several; empty if none was recognised.
        rows: data records, whatever is wrong with them.
        problems: in file order.
    """

    format: str
    rows: int
    problems: tuple[Problem, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether nothing but notes was found."""
        return all(problem.is_note for problem in self.problems)

    def as_json(self) -> dict[str, object]:
        """The document that `validate --json` prints."""
        return {
            "ok": self.ok,
            "format": self.format,
            "rows": self.rows,
            "problems": [problem.as_json() for problem in self.problems],
        }
