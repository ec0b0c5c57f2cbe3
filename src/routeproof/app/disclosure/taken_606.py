"""What an ingest of Rule 606 disclosures did, and how it is remembered per file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.stores.raw import RawFile

MOST_KEPT = 10_000
"""Places that are remembered per file; the counts are always whole."""
NEUTRAL_CODES = frozenset({"superseded"})
"""What a document that was not taken has, where nothing is wrong with it."""


@dataclass(slots=True)
class Taken:
    """What one file gave, or several together.

    Attributes:
        formats: of its documents.
        rows: venues, orders or routing venues, by format.
        accepted: of them, those in the lake.
        rejected: row (line of the document) and code.
        corrections: row, column, code, from, to.
        documents: name, format, rows, code and sentence of each document that was not taken.
        rejected_rows: reason to rows; a document that is refused counts each of its rows, and at least one.
    """

    formats: list[str] = field(default_factory=list)
    rows: int = 0
    accepted: int = 0
    rejected: list[dict[str, object]] = field(default_factory=list)
    corrections: list[dict[str, object]] = field(default_factory=list)
    documents: list[dict[str, object]] = field(default_factory=list)
    rejected_rows: dict[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was rejected."""
        return not self.rejected

    def as_json(self) -> dict[str, object]:
        """The document that `ingest rule606 --json` prints."""
        formats = sorted(set(self.formats))
        return {
            "format": formats[0] if len(formats) == 1 else "mixed" if formats else "",
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "corrections": self.corrections,
            "quarantined": [],
        }

    def add(self, other: Taken) -> None:
        """Put the figures of another file with these."""
        self.formats += other.formats
        self.rows += other.rows
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.corrections += other.corrections
        self.documents += other.documents

    def outcome(self, raw: RawFile, table: str) -> dict[str, object]:
        """What the lake remembers of the file: counts as every source has them, and these figures."""
        received = self.accepted + sum(self.rejected_rows.values())
        counts = {"received": received, "accepted": self.accepted, "rejected": dict(sorted(self.rejected_rows.items()))}
        return {
            "source": "rule606",
            "file": raw.name,
            "sha256": raw.sha256,
            "size": raw.size,
            "provider": "",
            "table": table,
            **counts,
            "noise": 0,
            "already_known": 0,
            "refused": "",
            "sections": {},
            "days": [],  # public disclosures are no delivery of the firm's own flow
            "disclosure": {
                "formats": self.formats,
                "rows": self.rows,
                "accepted": self.accepted,
                "rejected": self.rejected[:MOST_KEPT],
                "corrections": self.corrections[:MOST_KEPT],
                "documents": self.documents[:MOST_KEPT],
            },
        }


def remembered(outcome: Mapping[str, Any]) -> Taken:
    """The figures of a file that was taken in before."""
    kept = outcome["disclosure"]
    names: Sequence[str] = ("formats", "rows", "accepted", "rejected", "corrections", "documents")
    return Taken(**{name: kept[name] for name in names})
