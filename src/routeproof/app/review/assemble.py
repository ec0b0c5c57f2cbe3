"""A measured and judged review as the inputs of the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.reconcile.shown import vendor_word
from routeproof.app.review import clock, data_quality, profiles, venues
from routeproof.app.review.adoptions import with_adoptions
from routeproof.app.review.fill_times import histogram
from routeproof.app.review.framework_rows import framework_rows, payer_share
from routeproof.app.review.front.findings import findings_of
from routeproof.app.review.front.noted import noted_of
from routeproof.app.review.grid import grid_of
from routeproof.app.review.intervals import profile_intervals
from routeproof.app.review.scores import overall_score, security_scores
from routeproof.app.review.worst import worst_executions
from routeproof.metrics.registry import ALL
from routeproof.reports.pack.inputs import PackIdentity, PackInputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.review.adoptions import Place
    from routeproof.app.review.benchmark import Benchmark
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.app.review.judge import Judge
    from routeproof.app.review.quarter import Quarter
    from routeproof.reports.pack.inputs import AnalysisShown
    from routeproof.reports.score import Adoption
    from routeproof.stores.lake import Lake
    from routeproof.tables.switches import Switches


REASONS = {
    "worst": "No execution of the period was filled beyond the quote in force at its reference moment.",
    "vendor-word": "No report of the provider's own orders, fills or figures was taken in for the period.",
}
"""Why a section has nothing to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that a pack rests on.

    `sessions`: trading days of the period by the calendar in force, whether anything was measured on them or not;
    `reported`: content of what the provider itself reported, by table and part; `compared`: that against the record;
    `analyses`: what the router really does, where that was asked.
    """

    lake: Lake
    manifest: str
    firm: str
    provider: str
    period: str
    first: date
    last: date
    quarter: Quarter
    prior: CellTable | None
    judge: Judge
    benchmark: Benchmark
    control: str | None
    switches: Switches
    policy_id: str
    policy_notes: Sequence[str]
    checkpoint: str = ""
    version: str
    deliveries: Sequence[Mapping[str, Any]]
    sessions: Sequence[date]
    adoptions: Mapping[Place, Adoption]
    reported: Mapping[str, str]
    compared: Mapping[str, Any] | None = None
    analyses: tuple[AnalysisShown, ...] = ()

    def dated_on(self) -> date:
        """Day of the last fact that the pack rests on."""
        return self.quarter.days[-1]

    def facts(self) -> dict[str, Any]:
        """What the record keeps of a pack beside its files: the inputs that may change, and the headline figures."""
        return {
            "manifest": self.manifest,
            "policy": self.policy_id,
            "version": self.version,
            "dated_on": self.dated_on().isoformat(),
            "benchmark": self.benchmark.name,
            "figures": self.figures(),
        }

    def figures(self) -> dict[str, str]:
        """Headline figures of the provider, for the record and for later comparison."""
        own = self.quarter.tables["provider"].filter(pl.col("provider") == self.provider)
        names = (
            "executions",
            "coverage",
            "price_improvement_usd_per_share",
            "e_over_q",
            "time_to_execution_ms_avg",
            "limit_fill_rate_shares",
            "reversion_usd_per_share_60s",
            "hhi_venue",
        )
        return {name: repr(own[name][0]) for name in names}


def pack_inputs(review: Review, digest: str, command: str) -> PackInputs:
    """The pack's inputs, section by section."""
    judge, cells, provider, benchmark = review.judge, review.quarter.cells, review.provider, review.benchmark
    lake, manifest, quarter = review.lake, review.manifest, review.quarter
    beside = _beside(cells, provider, benchmark)
    overall = overall_score(judge, cells, provider, benchmark)
    intervals = profile_intervals(quarter.profile_sums, judge.book.evidence.on(judge.period_start).value)
    venue_frame = venues.venue_table(lake, manifest, quarter, provider, intervals)
    hhi = _own_hhi(quarter, provider)
    rows = framework_rows(judge, cells, provider, benchmark, review.prior, venue_frame, hhi, review.control)
    symbols = cells.symbols(provider)
    securities = security_scores(judge, cells, provider, benchmark, symbols)
    grid, families = grid_of(judge, cells, provider, benchmark)
    quality = data_quality.totals_of(review.deliveries, quarter, provider, review.sessions)
    thresholds = judge.book.framework.on(judge.period_start).value
    return PackInputs(
        identity=_identity(review, digest, command),
        framework=rows,
        findings=findings_of(
            overall,
            rows,
            venues.undisclosed(lake, manifest, quarter, provider),
            noted_of(quarter, judge, provider, beside, venue_frame),
            quality,
            thresholds.least_coverage,
        ),
        overall=with_adoptions(overall, review.adoptions),
        securities=tuple(with_adoptions(score, review.adoptions) for score in securities.scores),
        security_families=securities.families,
        shrunk=securities.shrunk,
        grid=grid,
        grid_families=families,
        venues=venue_frame,
        hhi=hhi,
        hhi_threshold=thresholds.payer_concentration_hhi,
        payer_share=payer_share(venue_frame),
        vendor_request=data_quality.vendor_request(lake, manifest, quarter.days, provider),
        time_of_day=profiles.time_of_day(quarter, provider, intervals),
        sizes=profiles.sizes(quarter, provider, intervals),
        markouts=profiles.markouts(quarter, provider, intervals),
        fill_times=histogram(quarter.fill_times, provider, beside),
        fill_times_beside=beside,
        fill_quantiles=profiles.fill_quantiles(quarter, provider, beside),
        worst=worst_executions(lake, manifest, quarter, provider),
        quality=quality,
        quality_days=data_quality.days_of(review.deliveries),
        links=data_quality.link_methods(lake, manifest, quarter.days),
        quote_health=data_quality.quote_soundness(lake, manifest, quarter.days, review.switches.stale_after_ns),
        clock_shifts=clock.clock_table(judge, cells, quarter.shifted, provider),
        clock_flips=clock.clock_flips(judge, overall, quarter.shifted, provider, benchmark),
        vendor_word=None if review.compared is None else vendor_word(review.compared),
        analyses=review.analyses,
        reasons=REASONS,
    )


def _beside(cells: CellTable, provider: str, benchmark: Benchmark) -> str:
    """The other provider that is shown beside the reviewed one: the benchmark if it is one, else the first; or none."""
    others = [name for name in cells.providers() if name not in {provider, ""}]
    return benchmark.provider if benchmark.provider in others else next(iter(others), "")


def _own_hhi(quarter: Quarter, provider: str) -> float | None:
    own = quarter.tables["provider"].filter(pl.col("provider") == provider)["hhi_venue"]
    return own[0] if own.len() else None


def _identity(review: Review, digest: str, command: str) -> PackIdentity:
    return PackIdentity(
        firm=review.firm or "(firm not named)",
        provider=review.provider,
        period=review.period,
        from_on=review.first,
        to_on=review.last,
        dated_on=review.dated_on(),
        manifest=review.manifest,
        policy=review.policy_id,
        policy_notes=tuple(review.policy_notes),
        checkpoint=review.checkpoint,
        digest=digest,
        version=review.version,
        command=command,
        switches={name: str(value) for name, value in review.switches.stamped().items()},
        metric_versions={metric.name: str(metric.version) for metric in ALL},
        declared={row: item.said for row, item in review.benchmark.declared.items()} | _public_rows(review.benchmark),
    )


def _public_rows(benchmark: Benchmark) -> dict[str, str]:
    """Which public rows the industry column rests on; a manifest does not name them."""
    if benchmark.industry is None:
        return {}
    return {"industry": f"public rows and readings of Rule 605 sha256 {benchmark.industry.digest}"}
