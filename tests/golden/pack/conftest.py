"""A plausible quarter, made of arithmetic: enough rows in every section to print the whole pack."""

import math
from datetime import date
from typing import Any

import polars as pl
import pytest

from routeproof.reports.catalog.quarterly_pack import quarterly_pack
from routeproof.reports.document import Document, Verdict
from routeproof.reports.pack.inputs import (
    Change,
    EarlierBuild,
    FrameworkRow,
    PackIdentity,
    PackInputs,
    StatedFigure,
    TopFinding,
    VendorWord,
)
from routeproof.reports.score import Adoption, Companion, Comparison, Estimate, Score, ScoreRow

BETTER_QUARTER = "own prior quarter"
THIN = 2000


def wave(step: float) -> float:
    """A number in (-1, 1) that looks irregular and never changes."""
    return math.sin(step * 12.9898) * math.cos(step * 4.1414)


def estimate(value: float, n: int, population: str, half: float, metric: str) -> Estimate:
    """A measured value with a symmetric interval."""
    return Estimate(
        value=round(value, 6),
        n=n,
        population=population,
        lower=round(value - half, 6),
        upper=round(value + half, 6),
        coverage=0.987,
        metric=metric,
        metric_version="1",
    )


def compared(verdict: Verdict, difference: float, half: float, margin: float) -> Comparison:
    """A comparison with a symmetric interval."""
    return Comparison(
        verdict=verdict,
        difference=difference,
        lower=difference - half,
        upper=difference + half,
        margin=margin,
        detectable=half * 1.45,
    )


NOT_APPLICABLE = Estimate(reason="N/A for market orders")


def beside(scale: float, n: int, drift: float) -> tuple[Companion, tuple[Companion, ...]]:
    """E/Q, and reversion at the other two horizons."""
    market, limit = "market orders", "marketable + midpoint-or-better"
    eq = Companion(
        label="E/Q",
        kind="ratio",
        market=estimate(0.45 - drift, n, market, 0.01, "e_over_q"),
        limit=estimate(0.70 - drift, n, limit, 0.01, "e_over_q"),
        benchmark=estimate(0.55, n, "prior quarter", 0.01, "e_over_q"),
    )
    horizons = tuple(
        Companion(
            label=f"{seconds} s",
            kind="usd_per_share",
            market=estimate(-0.0001 * k * scale, n, market, 0.0001, f"reversion_usd_per_share_{seconds}s"),
            limit=estimate(-0.00005 * k * scale, n, limit, 0.0001, f"reversion_usd_per_share_{seconds}s"),
            benchmark=estimate(-0.00015 * k, n, "prior quarter", 0.0001, f"reversion_usd_per_share_{seconds}s"),
        )
        for seconds, k in ((1, 1), (300, 3))
    )
    return eq, horizons


def score(security: str, scale: float, n: int, drift: float, adopted: Adoption | None = None) -> Score:
    """The five rows; `drift` moves them so that securities differ."""
    market, limit = "market orders", "marketable + midpoint-or-better"
    tell, worse = ("cannot_tell", "cannot_tell") if n < THIN else ("better", "worse")
    eq, horizons = beside(scale, n, drift)
    price = "price_improvement_usd_per_share"
    return Score(
        security=security,
        rows=(
            ScoreRow(
                id="price_improvement",
                market=estimate(0.0015 * scale, n, market, 0.0002, price),
                limit=estimate(0.0008 * scale, n * 2, limit, 0.0002, price),
                benchmark=estimate(0.0012, n * 3, "all orders, prior quarter", 0.0001, price),
                benchmark_name=BETTER_QUARTER,
                market_comparison=compared(tell, 0.0003, 0.0002, 0.0001),
                limit_comparison=compared(worse, -0.0004, 0.0002, 0.0001),
                adoption=adopted,
            ),
            ScoreRow(
                id="spread_capture",
                market=estimate(0.55 + drift, n, market, 0.02, "spread_capture"),
                limit=estimate(0.30 + drift, n * 2, limit, 0.02, "spread_capture"),
                benchmark=estimate(0.45, n * 3, "all orders, prior quarter", 0.01, "spread_capture"),
                benchmark_name=BETTER_QUARTER,
                market_comparison=compared(tell, 0.10, 0.03, 0.02),
                limit_comparison=compared(worse, -0.15, 0.03, 0.02),
                companions=(eq,),
            ),
            ScoreRow(
                id="fill_time",
                market=estimate(150 * (1 - drift), n, market, 9, "time_to_execution_ms_avg"),
                limit=Estimate(reason="N/A: resting orders wait by choice"),
                benchmark=estimate(120, n, "tape-matched prior quarter", 6, "time_to_execution_ms_avg"),
                benchmark_name=BETTER_QUARTER,
                market_comparison=compared(worse, 30, 11, 10),
            ),
            ScoreRow(
                id="limit_fill_rate",
                market=NOT_APPLICABLE,
                limit=estimate(0.75 + drift / 2, n, "executable non-marketable limits", 0.02, "fill_rate_shares"),
                benchmark=estimate(
                    0.80, n, "executable non-marketable limits, prior quarter", 0.02, "fill_rate_shares"
                ),
                benchmark_name=BETTER_QUARTER,
                limit_comparison=compared("cannot_tell", -0.05, 0.06, 0.02),
            ),
            ScoreRow(
                id="reversion",
                market=estimate(-0.0002 * scale, n, market, 0.0001, "reversion_usd_per_share_60s"),
                limit=estimate(-0.0001 * scale, n * 2, limit, 0.0001, "reversion_usd_per_share_60s"),
                benchmark=estimate(-0.0003, n, "prior quarter", 0.0001, "reversion_usd_per_share_60s"),
                benchmark_name=BETTER_QUARTER,
                market_comparison=compared("no_material_difference", -0.0001, 0.0001, 0.0003),
                limit_comparison=compared("no_material_difference", -0.00015, 0.0001, 0.0003),
                companions=horizons,
            ),
        ),
    )


FRAMEWORK = (
    FrameworkRow(
        component="Price improvement",
        metrics="E/Q, price improvement per share",
        data_sources="FIX log, NBBO quotes, provider's report",
        threshold="Worse than the benchmark in the quarter, or in 2 of its 3 months",
        outcome="failed",
        detail="Limit orders are worse in the quarter and in 3 of 3 months.",
    ),
    FrameworkRow(
        component="Execution speed",
        metrics="Average fill time, route to execution (ms)",
        data_sources="FIX timestamps of route and fill",
        threshold="Slower than the declared direct control flow by more than the margin",
        outcome="no_control_flow",
        detail="No control flow is declared.",
    ),
    FrameworkRow(
        component="Fill rates",
        metrics="Share of orders filled, limit order fill rate",
        data_sources="Order versions and executions",
        threshold="Worse than the own prior quarter, by order class",
        outcome="cannot_tell",
        detail="Down 5 points; this much data could have shown 8.7.",
    ),
    FrameworkRow(
        component="Venue analysis",
        metrics="Share of volume by venue, payments, concentration",
        data_sources="Routes, executions, payment schedules",
        threshold="More than 40% of shares at net payers with HHI above 0.250",
        outcome="failed",
        detail="52.4% of shares at net payers, HHI 0.281.",
    ),
)

FINDINGS = (
    TopFinding(
        headline="Over half of the shares go to venues that pay the router.",
        detail="52.4% went to three net payers, and their price improvement is the lowest of all venues used.",
        section_id="venues",
    ),
    TopFinding(
        headline="Limit orders are improved less than last quarter.",
        detail="$0.0008 a share against $0.0012, in all three months and in 21 of 30 securities.",
        section_id="grid",
    ),
    TopFinding(
        headline="Fills slowed from 13 August on.",
        detail="The average went from 118 ms to 163 ms on one day; ask what changed in the router.",
        section_id="fill-times",
    ),
    TopFinding(
        headline="Speed against a direct route cannot be judged.",
        detail="Declare a control flow, for example 2% of orders sent directly.",
        section_id="summary",
    ),
)


IDENTITY = PackIdentity(
    firm="Harbour Street Securities",
    provider="northgate",
    period="2026Q3",
    from_on=date(2026, 7, 1),
    to_on=date(2026, 9, 30),
    dated_on=date(2026, 10, 5),
    manifest="b7c0a1f2a9de45c1b7c0a1f2a9de45c1b7c0a1f2a9de45c1b7c0a1f2a9de45c1",
    policy="best-execution policy 3, in force 2026-06-15",
    digest="4f1d9c2e77ab03d54f1d9c2e77ab03d54f1d9c2e77ab03d54f1d9c2e77ab03d5",
    version="0.1.0",
    command="routeproof review build 2026Q3 --provider northgate --out pack",
    switches={"benchmark": "receipt", "locked": "exclude", "after_close": "null", "tie": "before"},
    metric_versions={"price_improvement_usd_per_share": "1", "e_over_q": "1", "fill_rate_shares": "2"},
    input_hashes={"fix-2026-07.log.zst": "9be1" * 16, "quotes-2026-07.parquet": "03ac" * 16},
)


def vendor_word() -> VendorWord:
    """A report that leaves out two orders, states one figure too well and one that nobody knows."""
    names = ("record", "matched", "missing_at_provider", "missing_here", "set_aside")
    places = ("orders", "inside", "at", "outside", "no_quote", "cost_bps")
    clocks = ("source", "against", "estimate_ms", "lower_ms", "upper_ms", "reason")
    better = {"kind": "ratio", "definition": "benchmark=receipt; order_class=market", "n": 81_000}
    return VendorWord(
        headline="Provider ACME states spread capture 55.0% (E/Q 45.0%); recomputed 49.2% [48.6, 49.8].",
        agrees=False,
        figures=(
            StatedFigure(
                name="Spread capture",
                stated=0.55,
                recomputed=0.492,
                lower=0.486,
                upper=0.498,
                differs=True,
                reason="",
                **better,
            ),
            StatedFigure(
                name="alpha",
                stated=7.0,
                recomputed=None,
                lower=None,
                upper=None,
                differs=None,
                reason="no figure of ours has this name",
                **better,
            ),
        ),
        records=pl.DataFrame([("orders", 80_000, 2, 0, 3), ("fills", 96_000, 4, 1, 0)], schema=names, orient="row"),
        fields=pl.DataFrame({"record": ["execution"], "field": ["price"], "n": [3], "tolerance": ["0.0001 usd"]}),
        places=pl.DataFrame(
            [("left out", 0, 0, 2, 0, 12.5), ("reported", 30_000, 40_000, 10_000, 0, None)], schema=places, orient="row"
        ),
        clocks=pl.DataFrame(
            [
                ("ACME", "its venues", 1.5, -0.5, 3.5, ""),
                ("vendor_orders", "our record", None, None, None, "no stamps"),
            ],
            schema=clocks,
            orient="row",
        ),
        selection="By chance alone, so many outside it: p = 0.002.",
        times="Twelve fills were reported late: they look written afterwards.",
    )


def plausible_inputs(sections: dict[str, Any]) -> PackInputs:
    """A whole quarter of one provider, every section filled."""
    adoption = Adoption(
        text="Market orders do well. Limit orders fell behind after the August change; the provider was "
        "asked on 6 October.",
        by="R. Alvarez",
        at="2026-10-07 14:05 UTC",
    )
    return PackInputs(
        identity=IDENTITY,
        framework=FRAMEWORK,
        findings=FINDINGS,
        overall=score("", 1.0, 81_000, 0.0, adoption),
        vendor_word=vendor_word(),
        securities=tuple(
            score(name, 1 + 0.3 * wave(place), 700 + 900 * (place % 5), 0.05 * wave(place))
            for place, name in enumerate(dict.fromkeys(cell.security for cell in sections["grid"]))
        ),
        **sections,
        earlier=(
            EarlierBuild(
                digest="aa01" * 16,
                built_on=date(2026, 10, 2),
                manifest="11f0" * 16,
                changes=(
                    Change(figure="price improvement, market orders", old="0.0014", new="0.0015", cause="data"),
                    Change(figure="limit order fill rate", old="76.1%", new="75.0%", cause="metric"),
                ),
            ),
        ),
    )


@pytest.fixture(scope="session")
def plausible(sections: dict[str, Any]) -> PackInputs:
    """The inputs."""
    return plausible_inputs(sections)


@pytest.fixture(scope="session")
def pack(plausible: PackInputs) -> Document:
    """The document made from them."""
    return quarterly_pack(plausible)
