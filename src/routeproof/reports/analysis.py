"""Draft analyses: sentences made from the numbers and verdicts, the same sentence for the same numbers.

A draft says what the number is against the benchmark, and what it asks the reader to do, where a verdict stands. Where
none does it states both numbers, praises and blames nothing, and says why it cannot be told. It is never more than a
draft until a named person adopts or edits it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from routeproof.reports.numbers import Kind, spoken
from routeproof.reports.score import Comparison, Estimate, ScoreRow, kind_of
from routeproof.reports.sentences import SENTENCES, Column, Standing

SLIGHT: Final = 1 / 3
"""Relative gap under which a difference is called slight."""
BLIND: Final = "this much data could not have shown less than "
STANDINGS: Final[Mapping[str, Standing]] = {"better": "good", "worse": "bad", "no_material_difference": "level"}
WHOLE: Final = "100%"


@dataclass(frozen=True, slots=True)
class Sides:
    """The two numbers that a verdict holds against each other: means over the compared flow.

    `overlap` is the share of the value's own flow that was compared, 0 to 1.
    """

    value: float
    benchmark: float
    overlap: float

    def is_plain(self, value: float, benchmark: float, kind: Kind) -> bool:
        """Whether nothing that is printed differs from the two numbers over all flow."""
        pairs = ((self.value, value), (self.benchmark, benchmark))
        return all(spoken(one, kind) == spoken(other, kind) for one, other in pairs) and self.covers_all

    @property
    def covers_all(self) -> bool:
        """Whether the compared flow is all of it, as far as that is printed."""
        return spoken(self.overlap, "share") == WHOLE

    def words(self, kind: Kind) -> tuple[str, str]:
        """Value and benchmark like for like, with the share that was compared where it is not all."""
        of = "" if self.covers_all else f" ({spoken(self.overlap, 'share')} of the flow)"
        return spoken(self.value, kind), f"{spoken(self.benchmark, kind)}, like for like{of}"


_WHO: Final[dict[Column, str]] = {"market": "Market orders", "limit": "Limit orders"}


def sides_of(value: float, benchmark: float, comparison: Comparison | None) -> Sides:
    """What was compared; the plain numbers where a comparison does not say."""
    if comparison is None:
        return Sides(value, benchmark, 1.0)
    subject, other, overlap = comparison.subject, comparison.like_for_like, comparison.overlap
    return Sides(
        value if subject is None else subject,
        benchmark if other is None else other,
        1.0 if overlap is None else overlap,
    )


def _standing(row: ScoreRow, comparison: Comparison | None, sides: Sides) -> Standing:
    """Where the value stands: only a verdict says so. Reversion is low where the price came back no further."""
    standing = STANDINGS.get(comparison.verdict if comparison else "", "open")
    came_back = sides.value <= 0 and abs(sides.value) <= abs(sides.benchmark)
    return "low" if row.id == "reversion" and standing == "level" and came_back else standing


def _gap(comparison: Comparison | None, sides: Sides) -> float:
    """Size of the difference, relative to the benchmark."""
    judged = comparison.difference if comparison is not None else None
    difference = sides.value - sides.benchmark if judged is None else judged
    return abs(difference) / abs(sides.benchmark) if sides.benchmark else float(difference != 0)


def _doubt(comparison: Comparison | None, row: ScoreRow) -> str:
    """Why it cannot be told which is better."""
    if comparison is None:
        return "no test was made"
    if comparison.detectable is None or not comparison.is_open:
        return comparison.reason or "the data of the period do not decide"
    return f"{BLIND}{spoken(comparison.detectable, kind_of(row.id).kind)}"


def _phrase(row: ScoreRow, column: Column, estimate: Estimate) -> tuple[str, str]:
    """A sentence on one column, and the doubt about it (empty when there is none)."""
    kind = kind_of(row.id).kind
    if (row.id, column, "good") not in SENTENCES or estimate.reason.startswith("N/A"):
        return "", ""
    if estimate.value is None:
        return f"{_WHO[column]} cannot be judged: {estimate.reason}.", ""
    benchmark = row.benchmark_of(column)
    if benchmark.value is None:
        return f"{_WHO[column]}: {spoken(estimate.value, kind)}, without a benchmark ({benchmark.reason}).", ""
    comparison = row.market_comparison if column == "market" else row.limit_comparison
    sides = sides_of(estimate.value, benchmark.value, comparison)
    said, held = sides.words(kind)
    if sides.is_plain(estimate.value, benchmark.value, kind):
        held = spoken(benchmark.value, kind)
    standing = _standing(row, comparison, sides)
    sentence = SENTENCES[row.id, column, standing].format(
        value=said, benchmark=held, degree="slightly " if _gap(comparison, sides) < SLIGHT else ""
    )
    return sentence, _doubt(comparison, row) if standing == "open" else ""


def _caveat(doubts: Mapping[Column, str]) -> str:
    """One closing sentence on what cannot be told, and for whom."""
    open_ = {column: doubt for column, doubt in doubts.items() if doubt}
    if not open_:
        return ""
    if len(open_) == len(doubts):
        said = "Which is better cannot be told" if len(doubts) == 1 else "For neither can it be told which is better"
    else:
        said = f"For {_WHO[next(iter(open_))].lower()} it cannot be told which is better"
    why = list(dict.fromkeys(open_.values()))
    if len(why) > 1 and all(doubt.startswith(BLIND) for doubt in why):
        why = [f"{BLIND}{' and '.join(doubt.removeprefix(BLIND) for doubt in why)}"]
    return f"{said}: {'; '.join(why)}."


def draft(row: ScoreRow) -> str:
    """The row's draft analysis: a sentence per column, then what cannot be told."""
    phrases: dict[Column, tuple[str, str]] = {
        "market": _phrase(row, "market", row.market),
        "limit": _phrase(row, "limit", row.limit),
    }
    spoken_of = {column: phrase for column, phrase in phrases.items() if phrase[0]}
    caveat = _caveat({column: doubt for column, (_, doubt) in spoken_of.items()})
    return " ".join([sentence for sentence, _ in spoken_of.values()] + ([caveat] if caveat else []))
