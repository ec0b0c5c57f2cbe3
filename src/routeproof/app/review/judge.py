"""A selection of cells measured, and held against its benchmark: estimate, comparison, p-value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from routeproof.app.review.evidence_cells import Selection
from routeproof.evidence.compare import compare, compare_fixed, estimate_mean
from routeproof.evidence.multiple import Family, benjamini_yekutieli
from routeproof.evidence.verdict import Verdict, verdict, withdrawn
from routeproof.metrics.registry import BY_NAME
from routeproof.reports.score import Comparison, Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.review.benchmark import Benchmark
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.evidence.compare import Difference
    from routeproof.evidence.interval import Interval
    from routeproof.policy.book import PolicyBook


@dataclass(frozen=True, slots=True)
class Judged:
    """A comparison with what its family's error control needs: the difference, the verdict, the p-value."""

    difference: Difference
    verdict: Verdict

    @property
    def p_value(self) -> float | None:
        """Two-sided p-value against no difference; `None` without an interval."""
        found = self.difference.interval
        return None if found is None else found.p_value

    def comparison(self) -> Comparison:
        """The comparison as the scorecard prints it."""
        found = self.difference.interval
        return Comparison(
            verdict=self.verdict.word,
            difference=self.difference.estimate,
            lower=found.lower if found else None,
            upper=found.upper if found else None,
            margin=self.verdict.margin,
            detectable=self.verdict.detectable,
            margin_late=self.verdict.margin_after_start,
            reason=self.verdict.reason,
            subject=self.difference.subject,
            like_for_like=self.difference.benchmark,
            overlap=None if self.difference.pairing == "none" else self.difference.overlap,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Standards and margins of a period, applied the same way to every cell; `point` is the benchmark moment."""

    book: PolicyBook
    period_start: date
    point: str = "receipt"

    def estimate(self, cells: CellTable, metric: str, selection: Selection, population: str) -> Estimate:
        """The measured value of a selection with its interval; without one the estimate keeps its value."""
        standards = self.book.evidence.on(self.period_start).value
        found = estimate_mean(cells.partials(metric, selection), standards)
        rows = cells.rows_behind(metric, selection)
        lower, upper = _possible(metric, found.interval)
        return Estimate(
            value=found.value,
            reason="" if found.value is not None else BY_NAME[metric].reason,
            n=rows,
            population=population,
            lower=lower,
            upper=upper,
            coverage=cells.coverage(metric, selection),
            rows_ref=selection.rows_ref(cells.quarter(), self.point),
            metric=metric,
            metric_version=str(BY_NAME[metric].version),
        )

    def compare(
        self, cells: CellTable, metric: str, selection: Selection, benchmark: Benchmark, row: str = ""
    ) -> Judged | None:
        """The selection against its benchmark; `None` where there is nothing to compare with."""
        standards = self.book.evidence.on(self.period_start).value
        better = BY_NAME[metric].better
        nearer_zero = better == "nearer_zero"
        if benchmark.is_tape and benchmark.cells is not None:
            known = benchmark.cells.partials(metric, Selection(provider=benchmark.provider)).value is not None
            if selection.order_class is not None or not known:
                return None
            cells = benchmark.cells
        subject = cells.partials(metric, selection)
        if row in benchmark.declared:
            difference = compare_fixed(subject, benchmark.declared[row].value, standards, nearer_zero=nearer_zero)
        elif benchmark.industry is not None:
            published = benchmark.published(metric, selection)
            if published is None:
                return None
            difference = published.against(standards, nearer_zero=nearer_zero)
        elif benchmark.cells is not None:
            same_months = benchmark.is_same_period or benchmark.is_tape
            other = replace(selection, provider=benchmark.provider, month=selection.month if same_months else None)
            beside = benchmark.cells.partials_beside(cells, metric, other)
            difference = compare(subject, beside, standards, nearer_zero=nearer_zero)
        else:
            return None
        margin = self.book.margin(metric, self.period_start)
        return Judged(difference, verdict(difference, margin, better, self.period_start))

    def control(self, name: str, judged: Sequence[Judged | None]) -> tuple[list[Judged | None], Family]:
        """The same comparisons after Benjamini-Yekutieli control over those that have an interval, and the family."""
        rate = self.book.evidence.on(self.period_start).value.false_discovery_rate
        tested = [(item, p) for item in judged if item is not None and (p := item.p_value) is not None]
        family = benjamini_yekutieli(name, [p for _, p in tested], rate)
        stands = {id(item): bool(found) for (item, _), found in zip(tested, family.discovered, strict=True)}
        kept = [
            item if item is None or stands.get(id(item), True) else replace(item, verdict=withdrawn(item.verdict))
            for item in judged
        ]
        return kept, family


RANGES: dict[str, tuple[float, float]] = {
    "time_to_execution_ms_avg": (0.0, inf),
    "route_to_execution_ms_avg": (0.0, inf),
    "limit_fill_rate_shares": (0.0, 1.0),
}
"""What a figure can be at all: an interval that reaches beyond is cut, which loses no truth."""


def _possible(metric: str, interval: Interval | None) -> tuple[float | None, float | None]:
    """The ends of an interval within what the metric can be; nulls without an interval."""
    if interval is None:
        return None, None
    least, most = RANGES.get(metric, (-inf, inf))
    return max(interval.lower, least), min(interval.upper, most)
