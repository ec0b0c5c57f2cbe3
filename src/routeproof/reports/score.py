"""What the scorecard is made from: plain values that do not say how they were measured."""

from dataclasses import dataclass, field
from typing import Final, Literal

from routeproof.reports.document import Verdict
from routeproof.reports.numbers import Kind

Better = Literal["higher", "lower", "nearer_zero", "none"]
ScoreRowId = Literal["price_improvement", "spread_capture", "fill_time", "limit_fill_rate", "reversion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRowKind:
    """A scorecard row: its printed title, how its numbers print, which direction is good, how it may be read."""

    id: ScoreRowId
    title: str
    kind: Kind
    better: Better
    gloss: str


SCORE_ROWS: Final[tuple[ScoreRowKind, ...]] = (
    ScoreRowKind(
        id="price_improvement",
        title="Price improvement vs NBBO",
        kind="usd_per_share",
        better="higher",
        gloss="dollars a share inside the quote; share-weighted",
    ),
    ScoreRowKind(
        id="spread_capture",
        title="Effective / spread capture",
        kind="share",
        better="higher",
        gloss="1 \N{MINUS SIGN} E/Q: the part of the quoted spread the customer kept",
    ),
    ScoreRowKind(
        id="fill_time",
        title="Average fill time",
        kind="ms",
        better="lower",
        gloss="receipt (or executability) to execution; share-weighted",
    ),
    ScoreRowKind(
        id="limit_fill_rate",
        title="Limit order fill rate",
        kind="rate",
        better="higher",
        gloss="shares filled of executable limit orders",
    ),
    ScoreRowKind(
        id="reversion",
        title="Reversion after the trade, 60 s",
        kind="usd_per_share",
        better="nearer_zero",
        gloss="midpoint move, dollars a share; negative = the price came back",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured value. `value` null needs a `reason`; `coverage` is the share of shares behind it (0 to 1)."""

    value: float | None = None
    reason: str = ""
    n: int | None = None
    population: str = ""
    lower: float | None = None
    upper: float | None = None
    coverage: float | None = None
    rows_ref: str = ""
    metric: str = ""
    metric_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A value against the benchmark, in the metric's unit: `difference` = value minus benchmark.

    For a metric that is better nearer zero the difference is of magnitudes, |value| minus |benchmark|.
    `margin` is the smallest difference that matters, from policy; `detectable` the smallest that this much data could
    have shown; `margin_late` marks a margin decided after the period began. `reason` says why nothing can be told.
    `subject` and `like_for_like` are the value and the benchmark as the difference was taken: means over the flow that
    has its like on both sides, weighted by the value's own mix of days, securities and order classes. `overlap` is the
    share of the value's weight that was compared (0 to 1).
    """

    verdict: Verdict
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    margin: float | None = None
    detectable: float | None = None
    margin_late: bool = False
    reason: str = ""
    subject: float | None = None
    like_for_like: float | None = None
    overlap: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether even the direction of the difference is open: no interval, or one that includes zero."""
        return self.lower is None or self.upper is None or self.lower <= 0.0 <= self.upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A number printed small beside the row's own: E/Q beside capture, 1 s and 300 s beside 60 s reversion."""

    label: str
    kind: Kind
    market: Estimate
    limit: Estimate
    benchmark: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A named person's decision on a draft analysis: `text` equals the draft when adopted as it stood.

    `for_draft` is the draft that they had before them, `for_verdicts` the verdicts of its market and limit cells; where
    today's are others the numbers have changed, and the adoption no longer speaks for them. Empty: made for today's
    draft, and under any verdicts (adoptions of earlier programs did not record them).
    """

    text: str
    by: str
    at: str
    for_draft: str = ""
    for_verdicts: tuple[str, ...] = ()

    def is_for(self, draft: str, verdicts: tuple[str, str]) -> bool:
        """Whether the decision was made on this draft, under these verdicts of the market and limit cells."""
        return self.for_draft in ("", draft) and self.for_verdicts in ((), verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One row of the dashboard before wording: three values, two comparisons, and what stands beside them.

    `limit_benchmark` is set where the benchmark of limit orders is another number than that of market orders.
    """

    id: ScoreRowId
    market: Estimate
    limit: Estimate
    benchmark: Estimate
    benchmark_name: str
    market_comparison: Comparison | None = None
    limit_comparison: Comparison | None = None
    limit_benchmark: Estimate | None = None
    companions: tuple[Companion, ...] = ()
    adoption: Adoption | None = None

    @property
    def verdicts(self) -> tuple[str, str]:
        """Verdicts of the market and limit cells; empty where there is none."""
        pairs = ((self.market, self.market_comparison), (self.limit, self.limit_comparison))
        market, limit = (one.verdict if one is not None and cell.value is not None else "" for cell, one in pairs)
        return market, limit

    def benchmark_of(self, column: str) -> Estimate:
        """The benchmark that a column (`market` or `limit`) is held against."""
        return self.limit_benchmark if column == "limit" and self.limit_benchmark is not None else self.benchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The dashboard of one security, or of everything when `security` is empty."""

    security: str = ""
    rows: tuple[ScoreRow, ...] = field(default=())


def kind_of(row_id: ScoreRowId) -> ScoreRowKind:
    """The row's fixed properties."""
    return next(kind for kind in SCORE_ROWS if kind.id == row_id)
