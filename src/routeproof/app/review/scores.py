"""The scorecard, overall and per security: five rows, market and limit orders, benchmark."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from routeproof.app.peers.industry import NOT_STATED, POPULATION
from routeproof.app.review.evidence_cells import Selection
from routeproof.app.review.families import controlled
from routeproof.app.review.tape_benchmark import none_on_tape, tape_rows_ref
from routeproof.evidence.shrink import shrink
from routeproof.reports.score import Companion, Estimate, Score, ScoreRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.review.benchmark import Benchmark
    from routeproof.app.review.evidence_cells import CellTable
    from routeproof.app.review.judge import Judge, Judged
    from routeproof.reports.numbers import Kind
    from routeproof.reports.pack.inputs import VerdictFamily
    from routeproof.reports.score import ScoreRowId

MARKET = "market orders"
LIMIT = "marketable or midpoint-or-better"
RESTING = "executable non-marketable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPlan:
    """How one scorecard row is measured: its metric, the populations of its two columns, and companions."""

    id: ScoreRowId
    metric: str
    market: str = "market"
    limit: str = "limit"
    companions: tuple[tuple[str, str, Kind], ...] = ()


PLANS: tuple[RowPlan, ...] = (
    RowPlan(id="price_improvement", metric="price_improvement_usd_per_share"),
    RowPlan(id="spread_capture", metric="spread_capture", companions=(("E/Q", "e_over_q", "ratio"),)),
    RowPlan(id="fill_time", metric="time_to_execution_ms_avg"),
    RowPlan(id="limit_fill_rate", metric="limit_fill_rate_shares", market="", limit="resting"),
    RowPlan(
        id="reversion",
        metric="reversion_usd_per_share_60s",
        companions=(
            ("1 s", "reversion_usd_per_share_1s", "usd_per_share"),
            ("300 s", "reversion_usd_per_share_300s", "usd_per_share"),
        ),
    ),
)

_POPULATION = {"market": MARKET, "limit": LIMIT, "resting": RESTING}


@dataclass(frozen=True, slots=True)
class _Column:
    estimate: Estimate
    judged: Judged | None


def overall_score(judge: Judge, cells: CellTable, provider: str, benchmark: Benchmark) -> Score:
    """The dashboard over all securities."""
    return _score(judge, cells, Selection(provider=provider), benchmark)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityScores:
    """The dashboards of all securities, the families that their verdicts belong to, and a ranking.

    `shrunk`: difference in price improvement of market orders, USD a share, drawn toward the common mean by as much
    as it is noise. It ranks and carries no verdict; securities without an interval have none.
    """

    scores: tuple[Score, ...]
    families: tuple[VerdictFamily, ...]
    shrunk: dict[str, float]


def security_scores(
    judge: Judge, cells: CellTable, provider: str, benchmark: Benchmark, symbols: Sequence[str]
) -> SecurityScores:
    """Every security's dashboard; each row and column over all securities is one family of tests."""
    drafts = [_score(judge, cells, Selection(provider=provider, symbol=symbol), benchmark) for symbol in symbols]
    kept: list[list[Judged | None]] = []
    families: list[VerdictFamily] = []
    for place, (plan, column) in enumerate((plan, column) for plan in PLANS for column in ("market", "limit")):
        alone = [columns[place] for _, columns in drafts]
        name = f"{plan.id.replace('_', ' ')}, {column} orders, by security"
        stands, family = controlled(judge, name, f"{plan.id}/{column}", alone)
        kept.append(stands)
        families += [family] if family.tested else []
    return SecurityScores(
        scores=tuple(
            _with_verdicts(score, [family[place] for family in kept]) for place, (score, _) in enumerate(drafts)
        ),
        families=tuple(families),
        shrunk=_shrunk(symbols, [columns[0] for _, columns in drafts]),
    )


def _shrunk(symbols: Sequence[str], judged: Sequence[Judged | None]) -> dict[str, float]:
    measured = {
        symbol: (item.difference.estimate, item.difference.interval.standard_error)
        for symbol, item in zip(symbols, judged, strict=True)
        if item is not None and item.difference.interval is not None and item.difference.estimate is not None
    }
    if not measured:
        return {}
    values, errors = zip(*measured.values(), strict=True)
    return dict(zip(measured, shrink(values, errors).values.tolist(), strict=True))


def _score(
    judge: Judge, cells: CellTable, selection: Selection, benchmark: Benchmark
) -> tuple[Score, list[Judged | None]]:
    rows, judged = [], []
    for plan in PLANS:
        row, columns = _row(judge, cells, selection, benchmark, plan)
        rows.append(row)
        judged += columns
    return Score(security=selection.symbol or "", rows=tuple(rows)), judged


def _row(
    judge: Judge, cells: CellTable, selection: Selection, benchmark: Benchmark, plan: RowPlan
) -> tuple[ScoreRow, list[Judged | None]]:
    market = _column(judge, cells, selection, benchmark, plan, plan.market)
    limit = _column(judge, cells, selection, benchmark, plan, plan.limit)
    row = ScoreRow(
        id=plan.id,
        market=market.estimate,
        limit=limit.estimate,
        benchmark=_benchmark_estimate(judge, selection, benchmark, plan.metric, plan, plan.market or plan.limit),
        limit_benchmark=_limit_benchmark(judge, selection, benchmark, plan),
        benchmark_name=benchmark.name_of(plan.id),
        market_comparison=market.judged.comparison() if market.judged else None,
        limit_comparison=limit.judged.comparison() if limit.judged else None,
        companions=tuple(
            _companion(judge, cells, selection, benchmark, plan, companion) for companion in plan.companions
        ),
    )
    return row, [market.judged, limit.judged]


def _column(
    judge: Judge, cells: CellTable, selection: Selection, benchmark: Benchmark, plan: RowPlan, group: str
) -> _Column:
    if not group:
        return _Column(Estimate(reason="N/A: market orders do not rest"), None)
    chosen = replace(selection, groups=(group,))
    estimate = judge.estimate(cells, plan.metric, chosen, _POPULATION[group])
    judged = judge.compare(cells, plan.metric, chosen, benchmark, plan.id) if estimate.value is not None else None
    return _Column(estimate, judged)


def _limit_benchmark(judge: Judge, selection: Selection, benchmark: Benchmark, plan: RowPlan) -> Estimate | None:
    """What limit orders are held against where it differs from the market column's: like is compared with like."""
    has_classes = benchmark.cells is not None or benchmark.industry is not None
    is_one = plan.id in benchmark.declared or not has_classes or benchmark.is_tape
    if is_one or not (plan.market and plan.limit):
        return None
    return _benchmark_estimate(judge, selection, benchmark, plan.metric, plan, plan.limit)


def _benchmark_estimate(
    judge: Judge, selection: Selection, benchmark: Benchmark, metric: str, plan: RowPlan, group: str
) -> Estimate:
    if plan.id in benchmark.declared and metric == plan.metric:
        declared = benchmark.declared[plan.id]
        return Estimate(value=declared.value, population="declared, taken as exact", metric=metric)
    if benchmark.industry is not None:
        return _published(benchmark, metric, replace(selection, groups=(group,)))
    if benchmark.cells is None:
        return Estimate(reason=_none_of(benchmark, plan, metric))
    chosen = replace(selection, provider=benchmark.provider, groups=(group,))
    if benchmark.is_tape:
        found = judge.estimate(benchmark.cells, metric, chosen, "all eligible prints of the same securities and days")
        traced = replace(found, rows_ref=tape_rows_ref(chosen, benchmark.cells.quarter()))
        return traced if found.value is not None else replace(traced, reason=none_on_tape(benchmark.cells, metric))
    return judge.estimate(benchmark.cells, metric, chosen, _POPULATION[group])


def _published(benchmark: Benchmark, metric: str, selection: Selection) -> Estimate:
    found = benchmark.published(metric, selection)
    if found is None or found.value is None:
        return Estimate(reason=found.reason if found else NOT_STATED)
    return Estimate(value=found.value, n=found.n, coverage=found.coverage, population=POPULATION, metric=metric)


def _none_of(benchmark: Benchmark, plan: RowPlan, metric: str) -> str:
    if metric != plan.metric and plan.id in benchmark.declared:
        return "not declared"
    return "no benchmark: no other provider, no prior quarter, no declared figure"


def _companion(
    judge: Judge,
    cells: CellTable,
    selection: Selection,
    benchmark: Benchmark,
    plan: RowPlan,
    companion: tuple[str, str, Kind],
) -> Companion:
    label, metric, kind = companion
    market, limit = (
        judge.estimate(cells, metric, replace(selection, groups=(group,)), _POPULATION[group])
        for group in (plan.market, plan.limit)
    )
    other = _benchmark_estimate(judge, selection, benchmark, metric, plan, plan.market)
    return Companion(label=label, kind=kind, market=market, limit=limit, benchmark=other)


def _with_verdicts(score: Score, judged: Sequence[Judged | None]) -> Score:
    pairs = zip(judged[::2], judged[1::2], strict=True)
    rows = tuple(
        replace(
            row,
            market_comparison=market.comparison() if market else None,
            limit_comparison=limit.comparison() if limit else None,
        )
        for row, (market, limit) in zip(score.rows, pairs, strict=True)
    )
    return replace(score, rows=rows)
