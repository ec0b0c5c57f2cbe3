"""A plausible quarter, made of arithmetic: enough rows in every section to print the whole pack."""

import math
from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from routeproof.reports.catalog.quarterly_pack import quarterly_pack
from routeproof.reports.document import Document, Verdict
from routeproof.reports.pack.inputs import (
    Change,
    EarlierBuild,
    FrameworkRow,
    GridCell,
    GridFamily,
    PackIdentity,
    PackInputs,
    QualityTotals,
    TimelineEvent,
    TopFinding,
    WorstExecution,
)
from routeproof.reports.score import Adoption, Companion, Comparison, Estimate, Score, ScoreRow

OPEN = 1_783_949_400_000_000_000  # 2026-07-13 13:30:00 UTC
MS = 1_000_000
SYMBOLS = (
    "AAPL",
    "AMD",
    "AMZN",
    "BAC",
    "C",
    "COST",
    "CSCO",
    "DIS",
    "F",
    "GE",
    "GOOGL",
    "IBM",
    "INTC",
    "JPM",
    "KO",
    "MCD",
    "META",
    "MSFT",
    "NFLX",
    "NKE",
    "NVDA",
    "ORCL",
    "PFE",
    "QCOM",
    "T",
    "TSLA",
    "UNH",
    "V",
    "WMT",
    "XOM",
)
CLASSES = ("market", "marketable_limit", "midpoint_or_better", "non_marketable")
BETTER_QUARTER = "own prior quarter"


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


def score(security: str, scale: float, n: int, drift: float, adopted: Adoption | None = None) -> Score:
    """The five rows; `drift` moves them so that securities differ."""
    market, limit = "market orders", "marketable + midpoint-or-better"
    thin = n < 2000
    tell: Verdict = "cannot_tell" if thin else "better"
    worse: Verdict = "cannot_tell" if thin else "worse"
    price = "price_improvement_usd_per_share"
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
                market_comparison=compared("no_material_difference", 0.0001, 0.0001, 0.0003),
                limit_comparison=compared("no_material_difference", 0.0002, 0.0001, 0.0003),
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
        outcome="no_data",
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


def grid() -> Iterator[GridCell]:
    """Thirty securities by four classes, some cells empty."""
    verdicts: tuple[Verdict, ...] = ("better", "worse", "no_material_difference", "cannot_tell", "cannot_tell")
    for row, symbol in enumerate(SYMBOLS):
        for column, order_class in enumerate(CLASSES):
            seed = row * 4 + column
            n = int(900 + 800 * wave(seed + 0.5))
            if row % 11 == 7 and column == 2:
                yield GridCell(security=symbol, order_class=order_class, n=0, reason="no covered executions")
                continue
            value = 0.0012 - 0.0003 * column + 0.0005 * wave(seed)
            yield GridCell(
                security=symbol,
                order_class=order_class,
                n=n,
                value=value,
                difference=0.0004 * wave(seed + 3),
                lower=value - 0.0003,
                upper=value + 0.0003,
                verdict=verdicts[seed % 5],
            )


def venues() -> pl.DataFrame:
    """Three venues that pay the router, five that do not."""
    rows = [
        ("CDRG", "Cedar wholesale", 0.274, None, 0.0007, 0.62, 92.0, -0.0004, 81_200.0, True),
        ("XNAS", "Nasdaq", 0.181, 0.164, 0.0011, 0.51, 141.0, -0.0002, -9_400.0, False),
        ("ELMX", "Elm wholesale", 0.168, None, 0.0006, 0.66, 88.0, -0.0005, 48_900.0, True),
        ("XNYS", "New York Stock Exchange", 0.121, 0.118, 0.0013, 0.48, 139.0, -0.0001, -6_100.0, False),
        ("BATS", "Cboe BZX", 0.094, 0.071, 0.0012, 0.49, 133.0, -0.0002, -2_200.0, False),
        ("MAPL", "Maple dark pool", 0.082, None, 0.0009, 0.55, 176.0, -0.0003, 12_300.0, True),
        ("IEXG", "IEX", 0.051, 0.028, 0.0019, 0.39, 210.0, -0.0001, -1_900.0, False),
        ("ARCX", "NYSE Arca", 0.029, 0.083, 0.0012, 0.50, 150.0, -0.0002, -800.0, False),
    ]
    names = (
        "venue name share tape_share price_improvement_usd_per_share e_over_q fill_time_ms "
        "reversion_usd_per_share_60s net_payment_usd payer"
    )
    frame = pl.DataFrame(rows, schema=names.split(), orient="row")
    improvement = pl.col("price_improvement_usd_per_share")
    return frame.with_columns(
        executed_shares=pl.col("share") * 12_400_000,
        executions=(pl.col("share") * 241_000).cast(pl.Int64),
        coverage=pl.lit(0.991),
        lower=improvement - 0.0001 / pl.col("share").sqrt(),
        upper=improvement + 0.0001 / pl.col("share").sqrt(),
    )


def time_of_day() -> pl.DataFrame:
    """Half hours, busier and worse at both ends."""
    rows = []
    for step in range(13):
        minutes = 570 + 30 * step
        centre = abs(step - 6) / 6
        value = 0.50 + 0.14 * centre**2 + 0.02 * wave(step)
        rows.append(
            {
                "bucket": f"{minutes // 60:02d}:{minutes % 60:02d}",
                "executed_shares": 400_000 + 1_300_000 * centre**2,
                "executions": int(8_000 + 24_000 * centre**2),
                "e_over_q": value,
                "lower": value - 0.03,
                "upper": value + 0.03,
            }
        )
    return pl.DataFrame(rows)


def sizes() -> pl.DataFrame:
    """Six buckets, worse as they grow."""
    buckets = ("under 100 shares", "100 to 499", "500 to 1,999", "2,000 to 4,999", "5,000 to 9,999", "10,000 and more")
    rows = []
    for step, bucket in enumerate(buckets):
        value = 0.0017 - 0.0004 * step
        half = 0.0001 * 1.6**step
        rows.append(
            {
                "bucket": bucket,
                "executed_shares": 2_000_000.0 + 300_000 * step,
                "executions": 90_000 // (step + 1),
                "price_improvement_usd_per_share": value,
                "lower": value - half,
                "upper": value + half,
            }
        )
    return pl.DataFrame(rows)


def markouts() -> pl.DataFrame:
    """Three groups drifting at five horizons."""
    rows = []
    for group, sign in (("market orders", -0.35), ("limit orders", -0.15), ("tape, same securities", -0.55)):
        for horizon in (0.05, 1.0, 15.0, 60.0, 300.0):
            value = sign * math.log1p(horizon * 20) / math.log1p(6000)
            half = 0.02 + 0.03 * math.log1p(horizon)
            rows.append(
                {
                    "group": group,
                    "horizon_s": horizon,
                    "markout_bps": value,
                    "lower": value - half,
                    "upper": value + half,
                    "n": 81_000,
                }
            )
    return pl.DataFrame(rows)


def fill_times() -> pl.DataFrame:
    """Two log-normal histograms."""
    rows = []
    for group, centre, spread in (("Market orders", 2.1, 0.32), ("Marketable limit orders", 2.25, 0.42)):
        edges = [10 ** (1 + 0.1 * step) for step in range(31)]
        weights = [math.exp(-((1 + 0.1 * step + 0.05 - centre) ** 2) / (2 * spread**2)) for step in range(30)]
        rows += [
            {"group": group, "from_ms": low, "to_ms": high, "share": weight / sum(weights)}
            for low, high, weight in zip(edges, edges[1:], weights, strict=False)
        ]
    return pl.DataFrame(rows)


def worst() -> Iterator[WorstExecution]:
    """Ten orders with four steps each."""
    causes = (
        "Routed 212 ms after receipt while the offer moved up; filled at the new offer.",
        "Two venues acknowledged without a fill before the third; the quote faded.",
        "Filled outside the quote by a venue that pays the router.",
        "Larger than the displayed size; the remainder swept three levels.",
        "Filled at the far side while a better displayed price stood elsewhere.",
    )
    for rank in range(10):
        buy = rank % 2 == 0
        base = 40.0 + 21 * rank
        drift = 0.03 if buy else -0.03
        received = OPEN + rank * 7_919_000 * MS
        wait = 90 + 60 * (rank % 4)
        quotes = pl.DataFrame(
            [
                {
                    "at": received + int((step / 12 - 0.15) * wait * 1.25 * MS),
                    "bid": base + drift * step / 6,
                    "ask": base + 0.02 + drift * step / 6 + (0.01 if step % 5 == 3 else 0),
                }
                for step in range(14)
            ]
        )
        price = base + (0.02 + drift * 2 + 0.03 if buy else drift * 2 - 0.03)
        quantity = 1_200.0 + 350 * rank
        events = (
            TimelineEvent(at=received, what="received", label="firm", price=base + 0.01),
            TimelineEvent(
                at=received + int(0.3 * wait) * MS, what="routed", label="provider", price=base + 0.01 + drift / 2
            ),
            TimelineEvent(
                at=received + int(0.45 * wait) * MS, what="acknowledged", label="CDRG", price=base + 0.01 + drift
            ),
            TimelineEvent(at=received + wait * MS, what="executed", label="CDRG", price=price),
        )
        per_share = 0.09 - 0.004 * rank
        yield WorstExecution(
            execution_id=f"{rank:02d}e4c19b7f3a5d60",
            order_id=f"{rank:02d}a91d02c4478be5",
            symbol=SYMBOLS[rank * 3],
            side="buy" if buy else "sell",
            order_class="market" if rank % 3 else "marketable_limit",
            venue=("CDRG", "ELMX", "XNAS")[rank % 3],
            quantity=quantity,
            price=price,
            executed_at=received + wait * MS,
            cost_usd=per_share * quantity,
            cost_usd_per_share=per_share,
            why=causes[rank % 5],
            events=events,
            quotes=quotes,
        )


def quality_days() -> pl.DataFrame:
    """Two sources a day."""
    rows = []
    for day in range(63):
        on = date.fromordinal(date(2026, 7, 1).toordinal() + day + 2 * (day // 5))
        for source in ("fix_log", "quotes"):
            rejected = int(40 + 39 * wave(day)) * (1 if source == "fix_log" else 3)
            received = 21_000 + 17 * day if source == "fix_log" else 164_000 + 91 * day
            rows.append(
                {
                    "day": on.isoformat(),
                    "source": source,
                    "received": received,
                    "accepted": received - rejected,
                    "rejected": rejected,
                }
            )
    return pl.DataFrame(rows)


def clock_shifts() -> pl.DataFrame:
    """Two metrics at seven shifts."""
    rows = []
    for metric, base, slope in (("price improvement, $ a share", 0.0011, -0.000006), ("E/Q", 0.53, 0.0014)):
        rows += [
            {"metric": metric, "shift_ms": float(shift), "value": base + slope * shift, "lower": None, "upper": None}
            for shift in (-50, -20, -10, 0, 10, 20, 50)
        ]
    return pl.DataFrame(rows)


def plausible_inputs() -> PackInputs:
    """A whole quarter of one provider, every section filled."""
    adoption = Adoption(
        text="Market orders do well. Limit orders fell behind after the August change; the provider was "
        "asked on 6 October.",
        by="R. Alvarez",
        at="2026-10-07 14:05 UTC",
    )
    return PackInputs(
        identity=PackIdentity(
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
        ),
        framework=FRAMEWORK,
        findings=FINDINGS,
        overall=score("", 1.0, 81_000, 0.0, adoption),
        securities=tuple(
            score(s, 1 + 0.3 * wave(i), 700 + 900 * (i % 5), 0.05 * wave(i)) for i, s in enumerate(SYMBOLS)
        ),
        grid=tuple(grid()),
        grid_family=GridFamily(
            name="price improvement, security by order class", tested=118, verdicts=47, level=0.05, expected_false=2.4
        ),
        venues=venues(),
        hhi=0.281,
        hhi_threshold=0.25,
        payer_share=0.524,
        vendor_request="Ask for child routes with send and acknowledgement times: 1.8% of fills have none, "
        "so their inner hops are missing.",
        time_of_day=time_of_day(),
        sizes=sizes(),
        markouts=markouts(),
        fill_times=fill_times(),
        fill_quantiles=pl.DataFrame(
            {
                "group": ["Market orders", "Marketable limit orders"],
                "n": [81_000, 104_000],
                "p50_ms": [118.0, 152.0],
                "p95_ms": [402.0, 861.0],
                "p99_ms": [913.0, 2_410.0],
            }
        ),
        worst=tuple(worst()),
        quality=QualityTotals(
            received=11_902_114,
            accepted=11_893_870,
            rejected={"checksum_wrong": 4_120, "cut_mid_message": 2_911, "price_not_positive": 1_213},
            measured=241_380,
            analysed=238_242,
            excluded={"crossed_reference": 811, "locked_reference": 1_604, "one_sided_reference": 723},
        ),
        quality_days=quality_days(),
        links=pl.DataFrame(
            {
                "method": [
                    "exact",
                    "declared pattern",
                    "tag 198",
                    "attributes, unique both ways",
                    "ambiguous",
                    "unlinked",
                ],
                "count": [228_400, 8_120, 3_290, 880, 214, 476],
                "share": [0.9463, 0.0336, 0.0136, 0.0036, 0.0009, 0.0020],
            }
        ),
        quote_health=pl.DataFrame(
            {
                "symbol": SYMBOLS[:8],
                "crossed": [0.0004] * 8,
                "locked": [0.0091] * 8,
                "one_sided": [0.0012] * 8,
                "stale": [0.021, 0.018, 0.04, 0.011, 0.0, 0.002, 0.013, 0.005],
            }
        ),
        clock_shifts=clock_shifts(),
        clock_flips=("price improvement of limit orders in GE (worse at 0 ms, cannot tell at \N{MINUS SIGN}20 ms)",),
        earlier=(
            EarlierBuild(
                digest="aa01" * 16,
                dated_on=date(2026, 10, 2),
                manifest="11f0" * 16,
                changes=(
                    Change(figure="price improvement, market orders", old="0.0014", new="0.0015", cause="data"),
                    Change(figure="limit order fill rate", old="76.1%", new="75.0%", cause="metric"),
                ),
            ),
        ),
    )


@pytest.fixture(scope="session")
def plausible() -> PackInputs:
    """The inputs."""
    return plausible_inputs()


@pytest.fixture(scope="session")
def pack(plausible: PackInputs) -> Document:
    """The document made from them."""
    return quarterly_pack(plausible)
