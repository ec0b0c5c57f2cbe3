"""What to build a pack from, as one value that is recorded, printed as a command, and built again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeproof.app.review.benchmark import TAPE
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.review.benchmark import Declared


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to build.

    Attributes:
        quarter: `2026Q3`.
        provider: under review.
        against: another provider's id, `prior`, `tape` or `industry`; else chosen, see `choose_benchmark`.
        control: provider id of a declared direct (control) flow, for the latency threshold.
        declared: declared benchmark figures by scorecard row.
        switches: how the market is looked up.
        manifest: as known at this commit; the newest if omitted.
        analyses: whether what the router really does is asked too (`app.analysis.in_pack`).
        as_built: digest (or its beginning) of an earlier pack: from what the record held when that was built first.
    """

    quarter: str
    provider: str
    against: str | None = None
    control: str | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)
    switches: Switches = field(default_factory=Switches)
    manifest: str | None = None
    analyses: bool = False
    as_built: str | None = None

    @property
    def stream(self) -> str:
        """Of the review's ledger entries."""
        return f"review/{self.quarter}/{self.provider}"

    def options(self) -> dict[str, Any]:
        """What builds the same pack again, beside quarter and provider, as plain values."""
        declared = {row: [item.value, item.source] for row, item in self.declared.items()}
        asked = {"analyses": True} if self.analyses else {}
        return {"against": self.against, "control": self.control, "declared": declared, **asked}

    def command(self, manifest: str) -> str:
        """The command that builds the same pack again; declared figures stand in the provenance, not in a path."""
        words = ["routeproof", "review", "build", self.quarter, "--provider", self.provider]
        words += ["--analyses"] if self.analyses else []
        declared = "declared.toml" if self.declared else None
        for option, value in (
            ("--against", self.against),
            ("--control", self.control),
            ("--declared", declared),
            ("--manifest", manifest),
            ("--out", "pack"),
        ):
            if value is not None:
                words += [option, value]
        return shlex.join(words)


def switches_against(against: str | None) -> Switches:
    """The switches of a review: at receipt, but at execution where the tape is the benchmark."""
    return Switches(benchmark="execution") if against == TAPE else Switches()
