"""Everything the quarterly pack is made from: plain values and frames, no matter who measured them.

Conventions: dollars, milliseconds and shares of one are floats ready to print (the exact integers stay in the
measured rows); `_at` are Int64 UTC nanoseconds; a null in a frame prints as a dash with the reason "not measured".
An empty frame or tuple prints the text in `reasons[section id]` instead of its section.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import polars as pl

from routeproof.reports.document import Verdict
from routeproof.reports.numbers import Kind
from routeproof.reports.score import Score

Outcome = Literal["passed", "failed", "cannot_tell", "no_control_flow"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackIdentity:
    """Who, what, when, and from which data: all that is needed to build the same pack again.

    `dated_on` is the date of the last fact the pack rests on (never the wall clock). `manifest` and `policy` are
    digests or version names; `declared` are the declared benchmark figures by row; `digest` identifies all inputs
    together and is printed on every page. `policy_notes` say who adopted the policy, and what of it came after the
    period had begun. `checkpoint` is the ledger's signed note over all that the pack rests on; empty in a workspace
    without people.
    """

    firm: str
    provider: str
    period: str
    from_on: date
    to_on: date
    dated_on: date
    manifest: str
    policy: str
    digest: str
    version: str
    command: str
    switches: Mapping[str, str] = field(default_factory=dict)
    metric_versions: Mapping[str, str] = field(default_factory=dict)
    input_hashes: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)
    policy_notes: tuple[str, ...] = ()
    checkpoint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkRow:
    """One line of the review framework and the outcome of its test; `detail` says in words what was found."""

    component: str
    metrics: str
    data_sources: str
    threshold: str
    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopFinding:
    """Something to look at, in plain words; `section_id` is where its evidence stands."""

    headline: str
    detail: str
    section_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridCell:
    """Security by order class: `value` price improvement in USD a share, `difference` against the benchmark.

    `difference_lower` and `difference_upper` bound the difference's 95% interval; the value has none here.
    `security` is empty in the row of all securities together. `detectable` is the smallest difference that a cell
    without a verdict could have shown; `alone` the verdict that the cell would have had without the family's other
    tests, where those took it away.
    """

    security: str
    order_class: str
    n: int
    value: float | None = None
    difference: float | None = None
    difference_lower: float | None = None
    difference_upper: float | None = None
    detectable: float | None = None
    verdict: Verdict = "not_tested"
    alone: Verdict = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFamily:
    """Tests judged together: at false discovery rate `level`, at most `expected_false` of its `verdicts` are false.

    `scope` is what the tests have in common: an order class, or a scorecard row and column (`fill_time/market`);
    empty for the totals. `better` and `worse` verdicts stand; `alone` would if each test stood alone, where chance by
    itself makes some `by_chance` of the `tested` exclude zero.
    """

    name: str
    scope: str
    tested: int
    better: int
    worse: int
    level: float
    expected_false: float
    alone: int
    by_chance: float

    @property
    def verdicts(self) -> int:
        """Verdicts that stand."""
        return self.better + self.worse


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One step of an order's life; `what` is a fixed word (received, routed, acknowledged, executed, cancelled)."""

    at: int
    what: str
    label: str = ""
    price: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorstExecution:
    """An execution with its cost to the customer against the quote at receipt, and what happened around it.

    `exec_id` is the identity in the provider's own report (empty where none was seen), `when` the moment in words,
    `source` the file and row of the report: what the provider and the firm need to find the fill again.
    `events` stand in the order of an order's way, receipt first where it is known, whatever their clocks say.
    `quotes` has `at` Int64 UTC ns, `bid`, `ask` Float64 USD (nullable), the NBBO in force from each `at` on.
    """

    execution_id: str
    order_id: str
    symbol: str
    side: str
    order_class: str
    venue: str
    quantity: float
    price: float
    executed_at: int
    when: str
    exec_id: str
    source: str
    cost_usd: float
    cost_usd_per_share: float
    why: str
    events: tuple[TimelineEvent, ...]
    quotes: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityTotals:
    """Input completeness: received = accepted + rejected by reason; measured = analysed + excluded by reason.

    `sessions` are those of the period by the calendar, `missing` those without an execution of the provider, ascending.
    """

    received: int
    accepted: int
    rejected: Mapping[str, int]
    measured: int
    analysed: int
    excluded: Mapping[str, int]
    sessions: int = 0
    missing: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A figure, verdict or option that differs from an earlier build; `cause` is data, policy, program or asking."""

    figure: str
    old: str
    new: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierBuild:
    """An earlier build of the same pack and how this one differs."""

    digest: str
    built_on: date
    manifest: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedFigure:
    """A figure that the provider states about itself beside ours, in `kind`'s unit; `reason` where ours is null.

    `lower` and `upper` are the interval of ours; `differs` is null where nothing could be compared.
    """

    name: str
    kind: Kind
    definition: str
    stated: float
    recomputed: float | None
    lower: float | None
    upper: float | None
    n: int
    differs: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VendorWord:
    """The provider's own report of the period against the firm's record.

    - `records`: record str, matched, missing_at_provider, missing_here, set_aside int
    - `fields`: record str, field str, n int, tolerance str
    - `places`: orders str (left out, reported), inside, at, outside, no_quote int, cost_bps?
    - `clocks`: source str, against str, estimate_ms?, lower_ms?, upper_ms?, reason str

    `selection` says what the tests found of the orders left out, `times` of times written afterwards; empty if nothing.
    """

    headline: str
    agrees: bool
    figures: tuple[StatedFigure, ...] = ()
    records: pl.DataFrame = field(default_factory=pl.DataFrame)
    fields: pl.DataFrame = field(default_factory=pl.DataFrame)
    places: pl.DataFrame = field(default_factory=pl.DataFrame)
    clocks: pl.DataFrame = field(default_factory=pl.DataFrame)
    selection: str = ""
    times: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisShown:
    """One analysis: its question, and `found`, the answer as its command gives it with `--json`.

    `lead` names the member of the answer that is the table to print, `caption` says what its rows are, `columns` are
    those of it to print (empty: all that are one value).
    """

    name: str
    title: str
    question: str
    lead: str
    caption: str
    columns: tuple[str, ...]
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PackInputs:
    """The pack's inputs, section by section.

    `reasons` says, by section id, why a section has no data. `vendor_request` is a full sentence naming the data to
    ask the provider for, empty when nothing is missing. `shrunk` ranks securities: the difference in price
    improvement of market orders (USD a share), drawn toward the common mean by as much as it is noise.

    Frames and their columns (floats unless said otherwise; `?` may be null or absent):

    - `venues`: venue str, name? str, share (of executed shares, 0 to 1), executed_shares, executions int,
      coverage?, price_improvement_usd_per_share?, lower?, upper? (its interval), e_over_q?, fill_time_ms?,
      reversion_usd_per_share_60s?, net_payment_usd? (positive = the router was paid), payer? bool, tape_share?,
      has_tape? bool (whether there is a tape at all: a venue may have no prints of its own on it)
    - `time_of_day`: bucket str (`09:30`), executed_shares, executions int, e_over_q?, lower?, upper?
    - `sizes`: bucket str (in order), scheme? str (what sizes were counted in), executed_shares, executions int,
      price_improvement_usd_per_share?, lower?, upper?
    - `markouts`: group str, horizon_s, markout_bps?, lower?, upper?, n int (executions behind the value)
    - `fill_times`: group str, from_ms, to_ms (histogram bin), share (of the group's executions), beside? (the same
      of the provider named in `fill_times_beside`)
    - `fill_quantiles`: group str, n int, p50_ms, p95_ms, p99_ms
    - `quality_days`: day str, source str, received, accepted, rejected int
    - `links`: method str, count int, share
    - `quote_health`: symbol str, crossed, locked, one_sided, stale (shares of quote time or rows)
    - `clock_shifts`: shift_ms, metric str, value?, lower?, upper?
    """

    identity: PackIdentity
    framework: tuple[FrameworkRow, ...]
    findings: tuple[TopFinding, ...]
    overall: Score
    securities: tuple[Score, ...] = ()
    grid: tuple[GridCell, ...] = ()
    grid_families: tuple[VerdictFamily, ...] = ()
    security_families: tuple[VerdictFamily, ...] = ()
    shrunk: Mapping[str, float] = field(default_factory=dict)
    venues: pl.DataFrame = field(default_factory=pl.DataFrame)
    hhi: float | None = None
    hhi_threshold: float | None = None
    payer_share: float | None = None
    vendor_request: str = ""
    time_of_day: pl.DataFrame = field(default_factory=pl.DataFrame)
    sizes: pl.DataFrame = field(default_factory=pl.DataFrame)
    markouts: pl.DataFrame = field(default_factory=pl.DataFrame)
    fill_times: pl.DataFrame = field(default_factory=pl.DataFrame)
    fill_times_beside: str = ""
    fill_quantiles: pl.DataFrame = field(default_factory=pl.DataFrame)
    worst: tuple[WorstExecution, ...] = ()
    quality: QualityTotals | None = None
    quality_days: pl.DataFrame = field(default_factory=pl.DataFrame)
    links: pl.DataFrame = field(default_factory=pl.DataFrame)
    quote_health: pl.DataFrame = field(default_factory=pl.DataFrame)
    clock_shifts: pl.DataFrame = field(default_factory=pl.DataFrame)
    clock_flips: tuple[str, ...] = ()
    vendor_word: VendorWord | None = None
    analyses: tuple[AnalysisShown, ...] = ()
    earlier: tuple[EarlierBuild, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
