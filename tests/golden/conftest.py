"""The measured sections of a plausible quarter, made of arithmetic: enough rows to fill every page of a pack."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

import polars as pl
import pytest

from routeproof.reports.document import Verdict
from routeproof.reports.pack.inputs import GridCell, QualityTotals, TimelineEvent, VerdictFamily, WorstExecution

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


def wave(step: float) -> float:
    """A number in (-1, 1) that looks irregular and never changes."""
    return math.sin(step * 12.9898) * math.cos(step * 4.1414)


def grid() -> Iterator[GridCell]:
    """Thirty securities by four classes, some cells empty."""
    verdicts = (*get_args(Verdict)[1:5], "cannot_tell")
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
                difference_lower=0.0004 * wave(seed + 3) - 0.0003,
                difference_upper=0.0004 * wave(seed + 3) + 0.0003,
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
            when=f"2026-07-13 {9 + rank // 2:02d}:30:{rank:02d}.417",
            exec_id=f"NG{rank:05d}" if rank % 2 else "",
            source=f"{rank:02d}c0ffee00c0ffee row {100 + rank}",
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


def family(scope: str, better: int, worse: int) -> VerdictFamily:
    """Thirty tests of which some stand."""
    return VerdictFamily(
        name=f"price improvement, {scope or 'totals'}",
        scope=scope,
        tested=30,
        better=better,
        worse=worse,
        level=0.05,
        expected_false=0.05 * (better + worse),
        alone=better + worse + 2,
        by_chance=1.5,
    )


def venue_sections() -> dict[str, Any]:
    """The grid and the venues."""
    return {
        "grid": tuple(grid()),
        "grid_families": tuple(family(name, 12, 11) for name in ("", *CLASSES)),
        "security_families": (family("price_improvement/market", 0, 3), family("limit_fill_rate/limit", 0, 0)),
        "shrunk": {symbol: 0.0002 * wave(place) for place, symbol in enumerate(SYMBOLS[:-1])},
        "venues": venues(),
        "hhi": 0.281,
        "hhi_threshold": 0.25,
        "payer_share": 0.524,
        "vendor_request": "Ask for child routes with send and acknowledgement times: 1.8% of fills have none, "
        "so their inner hops are missing.",
    }


def order_sections() -> dict[str, Any]:
    """Profiles and single orders."""
    return {
        "time_of_day": time_of_day(),
        "sizes": sizes(),
        "markouts": markouts(),
        "fill_times": fill_times(),
        "fill_quantiles": pl.DataFrame(
            {
                "group": ["Market orders", "Marketable limit orders"],
                "n": [81_000, 104_000],
                "p50_ms": [118.0, 152.0],
                "p95_ms": [402.0, 861.0],
                "p99_ms": [913.0, 2_410.0],
            }
        ),
        "worst": tuple(worst()),
    }


def data_sections() -> dict[str, Any]:
    """Completeness, links, quotes, clocks."""
    return {
        "quality": QualityTotals(
            sessions=64,
            missing=(date(2026, 8, 14), date(2026, 8, 17)),
            received=11_902_114,
            accepted=11_893_870,
            rejected={"checksum_wrong": 4_120, "cut_mid_message": 2_911, "price_not_positive": 1_213},
            measured=241_380,
            analysed=238_242,
            excluded={"crossed_reference": 811, "locked_reference": 1_604, "one_sided_reference": 723},
        ),
        "quality_days": quality_days(),
        "links": pl.DataFrame(
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
        "quote_health": pl.DataFrame(
            {
                "symbol": SYMBOLS[:8],
                "crossed": [0.0004] * 8,
                "locked": [0.0091] * 8,
                "one_sided": [0.0012] * 8,
                "stale": [0.021, 0.018, 0.04, 0.011, 0.0, 0.002, 0.013, 0.005],
            }
        ),
        "clock_shifts": clock_shifts(),
        "clock_flips": ("price improvement of limit orders in GE (worse at 0 ms, cannot tell at \N{MINUS SIGN}20 ms)",),
    }


def plausible_sections() -> dict[str, Any]:
    """Every measured section of the pack, by the name of its input."""
    return {**venue_sections(), **order_sections(), **data_sections()}


@pytest.fixture(scope="session")
def sections() -> dict[str, Any]:
    """The measured sections."""
    return plausible_sections()
