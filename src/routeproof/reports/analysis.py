"""Draft analyses: sentences made from the numbers and verdicts, the same sentence for the same numbers.

A draft says what the number is against the benchmark, what it asks the reader to do, and how sure anybody can be.
It is never more than a draft until a named person adopts or edits it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from routeproof.reports.numbers import Kind, spoken
from routeproof.reports.score import Better, Comparison, Estimate, ScoreRow, kind_of
from routeproof.reports.sentences import SENTENCES, Column

Standing = Literal["good", "level", "bad"]
SLIGHT: Final = 1 / 3
LEVEL: Final = 0.02
"""Relative gaps: under LEVEL two numbers are called level where policy gives no margin; under SLIGHT "slightly"."""
BLIND: Final = "this much data could not have shown less than "


@dataclass(frozen=True, slots=True)
class Reading:
    """A value read against its benchmark: where it stands, by how much (relative), and whether that is established."""

    standing: Standing
    gap: float
    established: bool


_WHO: Final[dict[Column, str]] = {"market": "Market orders", "limit": "Limit orders"}


def _better_by(value: float, benchmark: float, better: Better) -> float:
    """How much better the value is, in its own unit; negative = worse."""
    if better == "lower":
        return benchmark - value
    if better == "nearer_zero":
        return abs(benchmark) - abs(value)
    return value - benchmark


def read(value: float, benchmark: float, better: Better, comparison: Comparison | None) -> Reading:
    """Where the value stands against the benchmark.

    A verdict decides where there is one; otherwise the point estimate does, beyond the policy margin or, without
    one, beyond a fiftieth of the benchmark, and the reading is not established.
    """
    advantage = _better_by(value, benchmark, better)
    if comparison is not None and comparison.difference is not None:
        advantage = comparison.difference if better == "higher" else -comparison.difference
    gap = abs(advantage) / abs(benchmark) if benchmark else float(advantage != 0)
    verdict = comparison.verdict if comparison else ""
    if verdict in ("better", "worse"):
        return Reading("good" if verdict == "better" else "bad", gap, established=True)
    if verdict == "no_material_difference":
        return Reading("level", gap, established=True)
    margin = comparison.margin if comparison and comparison.margin is not None else LEVEL * abs(benchmark)
    if abs(advantage) <= margin:
        return Reading("level", gap, established=False)
    return Reading("good" if advantage > 0 else "bad", gap, established=False)


def _doubt(comparison: Comparison | None, row: ScoreRow) -> str:
    """Why a difference that looks like one is not established."""
    if comparison is None:
        return "no test was made"
    if comparison.detectable is None or not comparison.is_open:
        return comparison.reason or "the data of the period do not decide"
    return f"{BLIND}{spoken(comparison.detectable, kind_of(row.id).kind)}"


def _phrase(row: ScoreRow, column: Column, estimate: Estimate) -> tuple[str, str]:
    """A sentence on one column, and the doubt about it (empty when there is none)."""
    kind = kind_of(row.id)
    if (row.id, column, "good") not in SENTENCES or estimate.reason.startswith("N/A"):
        return "", ""
    if estimate.value is None:
        return f"{_WHO[column]} cannot be judged: {estimate.reason}.", ""
    value = spoken(estimate.value, kind.kind)
    benchmark = row.benchmark_of(column)
    if benchmark.value is None:
        return f"{_WHO[column]}: {value}, without a benchmark ({benchmark.reason}).", ""
    comparison = row.market_comparison if column == "market" else row.limit_comparison
    matched = comparison.like_for_like if comparison is not None else None
    held = benchmark.value if matched is None else matched
    reading = read(estimate.value, held, kind.better, comparison)
    standing: str = reading.standing
    if row.id == "reversion" and standing == "level" and abs(estimate.value) <= abs(held):
        standing = "low"
    sentence = SENTENCES[row.id, column, standing].format(
        value=value,
        benchmark=_benchmark_text(benchmark.value, held, kind.kind),
        degree="slightly " if reading.gap < SLIGHT else "",
    )
    unsure = not reading.established and reading.standing != "level"
    return sentence, _doubt(comparison, row) if unsure else ""


def _benchmark_text(plain: float, held: float, kind: Kind) -> str:
    """The benchmark that decided; where weighting it by the subject's mix changes what is read, it says so."""
    text = spoken(held, kind)
    return text if text == spoken(plain, kind) else f"{text} like for like"


def _caveat(doubts: Mapping[Column, str]) -> str:
    """One closing sentence on what is not established, and for whom."""
    open_ = {column: doubt for column, doubt in doubts.items() if doubt}
    if not open_:
        return ""
    if len(open_) == len(doubts):
        said = "The difference is not" if len(doubts) == 1 else "Neither difference is"
    else:
        said = f"For {_WHO[next(iter(open_))].lower()} the difference is not"
    why = list(dict.fromkeys(open_.values()))
    if len(why) > 1 and all(doubt.startswith(BLIND) for doubt in why):
        why = [f"{BLIND}{' and '.join(doubt.removeprefix(BLIND) for doubt in why)}"]
    return f"{said} established: {'; '.join(why)}."


def draft(row: ScoreRow) -> str:
    """The row's draft analysis: a sentence per column, then what is not established."""
    phrases: dict[Column, tuple[str, str]] = {
        "market": _phrase(row, "market", row.market),
        "limit": _phrase(row, "limit", row.limit),
    }
    spoken_of = {column: phrase for column, phrase in phrases.items() if phrase[0]}
    caveat = _caveat({column: doubt for column, (_, doubt) in spoken_of.items()})
    return " ".join([sentence for sentence, _ in spoken_of.values()] + ([caveat] if caveat else []))
