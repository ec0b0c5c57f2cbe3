"""Manifests: which immutable file holds which part of which table, as known at one commit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.ledger.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

WHOLE = "all"
"""Part name of tables that are not kept by trading day."""


@dataclass(frozen=True, slots=True)
class Partition:
    """One immutable Parquet file.

    Attributes:
        table: canonical table.
        part: trading day (ISO 8601), `all` for reference tables, the source for rejects.
        path: relative to the lake folder, so the workspace can move.
        sha256: of the file's bytes.
        rows: number of rows.
        size: bytes.
        content: hash of the rows without provenance: equal content has an equal hash, however it was delivered.
    """

    table: str
    part: str
    path: str
    sha256: str
    rows: int
    size: int
    content: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The lake at one moment: `(table, part)` to the file in force."""

    partitions: Mapping[tuple[str, str], Partition] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Hash over what the lake says; the same content has the same id whatever files brought it."""
        tables: dict[str, dict[str, str]] = {}
        for (table, part), content in self.measured().items():
            tables.setdefault(table, {})[part] = content
        return hashlib.sha256(canonical_bytes(tables)).hexdigest()

    def measured(self, part: str | None = None) -> dict[tuple[str, str], str]:
        """`(table, part)` to the content hash of what figures are measured from; of one part, or of all."""
        return {
            key: item.content
            for key, item in self.partitions.items()
            if item.rows and key[0] not in UNMEASURED and part in (None, key[1])
        }

    def parts(self, table: str) -> list[str]:
        """Parts of a table that hold rows, in order."""
        return sorted(part for (name, part), item in self.partitions.items() if name == table and item.rows)


UNMEASURED = frozenset(
    {
        *("rejects", "tape_shares", "fix_misfits", "fix_sequences"),
        *("vendor_figures", "vendor_orders", "vendor_executions", "vendor_statistics"),
        *("rule605_legacy", "rule605_detailed", "rule605_summary", "rule605_remarks"),
        *("rule606_a1_reports", "rule606_a1_months", "rule606_a1_sections", "rule606_a1_venues"),
        *("rule606_b1_reports", "rule606_b1_sections", "rule606_b1_orders", "rule606_b1_routes"),
        *("rule606_b1_transactions", "rule606_b3_reports", "rule606_b3_sections", "rule606_b3_months"),
        *("rule606_b3_exposed_venues", "rule606_b3_venues", "rule606_historical"),
    }
)
"""Tables that say how the data came, what follows from other tables, what others claim or publish; no own figure is
measured from them, and they do not change a manifest's id."""
