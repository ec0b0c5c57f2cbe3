"""Figures of a clause, window by window, measured over the lake; what cannot be computed says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.measure import Question, measure
from routeproof.app.sla.deliveries import delivery_counts
from routeproof.governance.sla.terms import DELIVERY_METRICS, Covered
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.times import period_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.sla.terms import Clause, Terms

COUNTS = {"executions": "executions", "orders": "orders", "routes": "routes"}
"""The metric that counts the rows of a frame."""
VENDOR = "the provider's own figure for this clause was not taken in"


@dataclass(frozen=True, slots=True)
class Figure:
    """One window of a clause: `observed` is null with a reason; `n` counts the rows (or files) behind it."""

    window: str
    observed: float | None
    n: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What is evaluated: days of a quarter of a provider's data, as known at a manifest.

    Attributes:
        period: the quarter.
        first, last: days of it that the agreement covers, both included.
    """

    provider: str
    period: str
    first: date
    last: date
    manifest: str

    def windows(self, kind: str) -> list[str]:
        """Names of the windows of that kind that have a covered day: the months, or the quarter itself."""
        if kind == "quarter":
            return [self.period]
        return [f"{self.first.year}-{month:02d}" for month in range(self.first.month, self.last.month + 1)]

    def covered(self, window: str) -> Covered:
        """How much of a window the agreement covers."""
        days = period_days(window)
        assert days is not None  # noqa: S101  # a name of `windows`, or the quarter
        first, last = max(days[0], self.first), min(days[1], self.last)
        return Covered((last - first).days + 1, (days[1] - days[0]).days + 1)


def figures(context: Context, terms: Terms, span: Span) -> dict[str, list[Figure]]:
    """Figures by clause; clauses of the same scope and window are measured together.

    Raises:
        UsageError: if a filter is none.
    """
    found: dict[str, list[Figure]] = {}
    measured = [c for c in terms.clause if c.metric not in DELIVERY_METRICS and c.source == "own"]
    for scope in dict.fromkeys((clause.where, clause.window) for clause in measured):
        together = [clause for clause in measured if (clause.where, clause.window) == scope]
        found.update(_measured(context, together, span))
    counts = delivery_counts(context, terms, span.first, span.last) if terms.delivery else {}
    for clause in terms.clause:
        if clause.source == "vendor":
            found[clause.id] = [Figure(name, None, 0, VENDOR) for name in span.windows(clause.window)]
        elif clause.delivery is not None:
            found[clause.id] = _counted(clause, counts[clause.delivery], span)
    return found


def _measured(context: Context, clauses: Sequence[Clause], span: Span) -> dict[str, list[Figure]]:
    """Figures of clauses that share their filters and window."""
    window, where = clauses[0].window, clauses[0].where
    names = {clause.metric for clause in clauses}
    counted = {COUNTS[BY_NAME[name].frame] for name in names}
    question = Question(
        by=(window,),
        metrics=tuple(sorted(names | counted)),
        first=span.first,
        last=span.last,
        where=(*where, f"provider={span.provider}"),
        manifest=span.manifest,
    )
    plain = measure(context.lake, question, context.workspace.cache_folder).as_plain()["rows"]
    rows: dict[str, Mapping[str, Any]] = {str(row[window]): row for row in plain}
    return {clause.id: [_figure(clause, name, rows.get(name)) for name in span.windows(window)] for clause in clauses}


def _figure(clause: Clause, window: str, row: Mapping[str, Any] | None) -> Figure:
    if row is None:
        return Figure(window, None, 0, "no orders, routes or executions of this scope in the window")
    n = int(row[COUNTS[BY_NAME[clause.metric].frame]] or 0)
    value = row[clause.metric]
    if value is None:
        return Figure(window, None, n, row["reasons"].get(clause.metric, "not computed"))
    return Figure(window, float(value), n)


def _counted(clause: Clause, counts: Sequence[Mapping[str, Any]], span: Span) -> list[Figure]:
    """Late, missing or incomplete files per window."""
    figures_ = []
    for window in span.windows(clause.window):
        due = [item for item in counts if clause.window == "quarter" or item["day"].startswith(window)]
        state = clause.metric.removesuffix("_files")
        if not due:
            figures_.append(Figure(window, None, 0, "no file was due in the window"))
            continue
        figures_.append(Figure(window, float(sum(state in item["found"] for item in due)), len(due)))
    return figures_
