"""What a verification found, in the shape that the offline verifier prints too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

ProblemKind = Literal[
    "altered", "deleted", "inserted", "reordered", "truncated", "rewritten", "signature", "projection", "unreadable"
]
MOST_PROBLEMS = 200
CANNOT_TELL = (
    "No outside checkpoint was given: a full rewrite of the history with the log's key, or an older copy of it, "
    "cannot be told from this."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it should be.

    Attributes:
        kind: what happened.
        message: what was found.
        index: first entry affected; null if it is not about entries.
        file: relative to what was verified.
        offset: byte in `file` where the entry starts; null inside a database.
    """

    kind: ProblemKind
    message: str
    index: int | None = None
    file: str | None = None
    offset: int | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A checkpoint that the log was held against.

    Attributes:
        source: where it came from.
        size: entries that it speaks of; null if it could not be read.
        root: hex; null likewise.
        agrees: well signed, and the log has this root at this size.
        outside: given by whoever verifies, not kept beside the log.
    """

    source: str
    size: int | None
    root: str | None
    agrees: bool
    outside: bool = False


@dataclass(slots=True)
class Report:
    """The result, gathered step by step."""

    entries: int = 0
    root: str = ""
    outside: bool = False
    compared: list[Compared] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing was found wrong."""
        return not self.problems

    @property
    def ordered(self) -> list[Problem]:
        """Problems by first entry affected; those about no entry last."""
        return sorted(self.problems, key=lambda item: (item.index is None, item.index or 0))

    def add(self, kind: ProblemKind, message: str, index: int | None = None, file: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(kind, message, index, file))

    def statement(self) -> str:
        """The conclusion in words, with what it does not cover."""
        if self.ok:
            text = f"Verified: {self.entries} entries, root {self.root}."
        else:
            first = self.ordered[0]
            where = "" if first.index is None else f" at entry {first.index}"
            count = f"{len(self.problems)} problem{'' if len(self.problems) == 1 else 's'}"
            text = f"NOT VERIFIED: {count}, first: {first.kind}{where}: {first.message}."
        if not self.outside:
            return " ".join([text, *self.remarks, CANNOT_TELL])
        agreed = ["Every checkpoint given agrees.", *self._beyond()]
        return " ".join([text, *self.remarks, *(agreed if all(item.agrees for item in self.compared) else [])])

    def _beyond(self) -> list[str]:
        """What the newest checkpoint from outside does not speak of."""
        known = max((item.size or 0 for item in self.compared if item.outside), default=0)
        if known >= self.entries:
            return []
        return [f"Entries from {known} on came after the newest of them: of these a rewrite cannot be told."]

    def as_json(self) -> dict[str, Any]:
        """The stable shape."""
        return {
            "ok": self.ok,
            "entries": self.entries,
            "root": self.root,
            "compared_with": [
                {"source": item.source, "size": item.size, "root": item.root, "agrees": item.agrees}
                for item in self.compared
            ],
            "outside_checkpoint": self.outside,
            "problems": [
                {
                    "kind": item.kind,
                    "index": item.index,
                    "file": item.file,
                    "offset": item.offset,
                    "message": item.message,
                }
                for item in self.ordered[:MOST_PROBLEMS]
            ],
            "statement": self.statement(),
        }
