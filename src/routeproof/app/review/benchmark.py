"""What a provider's quarter is held against: another provider, its own prior quarter, or a declared figure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from routeproof.app.peers.industry import Industry, Published
    from routeproof.app.review.evidence_cells import CellTable, Selection

TAPE = "tape"
"""What `--against` says for the tape, and whom its cells belong to."""
INDUSTRY = "industry"
"""What `--against` says for public Rule 605 reports."""
COUNTED = "coverage"
"""The evidence metric that counts every execution."""
ROWS = ("price_improvement", "spread_capture", "fill_time", "limit_fill_rate", "reversion")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A figure that somebody declared, taken as exact: its value in the row's unit and where it comes from."""

    value: float
    source: str

    @property
    def said(self) -> str:
        """Value with all its digits, and source: `130, industry survey`."""
        return f"{repr(self.value).removesuffix('.0')}, {self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """The other side of every comparison.

    Attributes:
        name: what people read.
        cells: the other side's evidence cells; empty without one.
        provider: whose cells they are.
        is_same_period: the cells are of the reviewed period itself.
        is_tape: the cells hold the tape and, beside it, the review's own flow without order classes.
        industry: public figures in the own mix, in place of cells.
        declared: figures by scorecard row, which take the place of measured ones.
    """

    name: str
    cells: CellTable | None = None
    provider: str = ""
    is_same_period: bool = False
    is_tape: bool = False
    industry: Industry | None = None
    declared: Mapping[str, Declared] = field(default_factory=dict)

    def published(self, metric: str, selection: Selection) -> Published | None:
        """The public figure of a selection; null without an industry, or for one order class: 605 has others."""
        if self.industry is None or selection.order_class is not None:
            return None
        return self.industry.figure(metric, selection.groups, selection.symbol, selection.month)

    def name_of(self, row: str) -> str:
        """What a row is compared with."""
        return self.declared[row].source if row in self.declared else self.name


def read_declared(path: Path) -> dict[str, Declared]:
    """Declared benchmark figures: TOML tables `[price_improvement] value = 0.0012, source = "…"`, one per row.

    Raises:
        UsageError: an unknown row, or a table without a numeric value and a source.
    """
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"expected a TOML file of declared figures, found: {error}"
        raise UsageError(message, where=str(path)) from error
    found: dict[str, Declared] = {}
    for row, entry in document.items():
        value = entry.get("value") if isinstance(entry, dict) else None
        if row not in ROWS or not isinstance(value, int | float) or not entry.get("source"):
            message = f"expected tables out of {', '.join(ROWS)} with a value and a source, found [{row}]"
            raise UsageError(message, where=str(path))
        found[row] = Declared(value=float(value), source=str(entry["source"]))
    return found


def choose_benchmark(
    cells: CellTable,
    prior: CellTable | None,
    provider: str,
    declared: Mapping[str, Declared],
    against: str | None = None,
    control: str | None = None,
) -> Benchmark:
    """The benchmark of a review.

    Args:
        cells: of the period.
        prior: of the quarter before, if it has any.
        provider: under review.
        declared: declared figures.
        against: another provider's id, or `prior`; else the other provider that has counterparts (of the same security
            and order class) for the most of the own executions is taken (the first by name), else the own prior
            quarter, else none.
        control: provider id of the declared control flow, which is taken only where it is asked for.

    Raises:
        UsageError: `against` names a provider without executions in the period, or there is no prior quarter.
    """
    others = [name for name in cells.providers() if name not in {provider, ""}]
    has_prior = prior is not None and provider in prior.providers()
    if against is not None and against not in (*others, "prior"):
        message = f"expected --against prior or one of {', '.join(others) or '(no other provider)'}, found {against!r}"
        raise UsageError(message, where="--against")
    if against == "prior" and not has_prior:
        message = f"there are no measured orders of {provider} in the quarter before"
        raise UsageError(message, where="--against")
    other = against or _most_alike(cells, provider, [name for name in others if name != control])
    if other is not None and other != "prior":
        return Benchmark(
            name=f"provider {other}, same quarter", cells=cells, provider=other, is_same_period=True, declared=declared
        )
    if has_prior:
        return Benchmark(name="own prior quarter", cells=prior, provider=provider, declared=declared)
    return Benchmark(name="no benchmark", declared=declared)


def _most_alike(cells: CellTable, provider: str, others: Sequence[str]) -> str | None:
    """Of other providers the one with counterparts for the most of the provider's executions; null if none has any."""
    found = {name: alike for name in others if (alike := cells.counterparts(COUNTED, provider, name))}
    return max(found, key=found.__getitem__, default=None)
