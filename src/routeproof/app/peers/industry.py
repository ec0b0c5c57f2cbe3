"""Public Rule 605 reports as benchmark: what others published of the same months, classes, sizes and securities."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.peers.benchmark_605 import asked, parts_by_layout, said_month
from routeproof.app.peers.beside_605 import Beside, Sides, sides_of
from routeproof.app.peers.own_days import NO_POSITIVE_DAY, by_day
from routeproof.app.peers.sources_605 import public_kinds, venue_kinds
from routeproof.evidence.compare import Difference, compare_fixed
from routeproof.evidence.quantiles import settle
from routeproof.ledger.canonical import canonical_bytes
from routeproof.metrics.rule605.peer_mix import (
    CELL,
    E_OVER_Q,
    PER_SHARE,
    Average,
    divisor_of,
    in_cells_of,
    matched,
    upper,
)
from routeproof.metrics.rule605.peer_sums import added_up
from routeproof.policy.disclosure605 import first_of
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.policy_in_force import PolicyInForce
    from routeproof.evidence.partials import Partials
    from routeproof.policy.report605 import Report605Policy
    from routeproof.policy.thresholds import EvidenceStandards

_BY_NAME = {item.name: item for item in PER_SHARE}
AVERAGES: dict[str, Average] = {
    "price_improvement_usd_per_share": _BY_NAME["price_improvement_usd_per_share"],
    "spread_capture": E_OVER_Q,
    "e_over_q": E_OVER_Q,
    "time_to_execution_ms_avg": _BY_NAME["time_ms"],
    "limit_fill_rate_shares": _BY_NAME["fill_rate_shares"],
}
"""What a public report states of a scorecard's metrics."""
NOT_STATED = "Rule 605 reports do not state it"
POPULATION = "covered orders of others, in our mix"
NONE_MATCHED = "no public report has such orders in these months"
CATEGORIES = {
    "market": ("market",),
    "limit": ("marketable_limit", "marketable_limit_ioc", "midpoint_or_better", "midpoint_or_better_ioc"),
    "resting": ("non_marketable", "non_marketable_ioc"),
}
"""Order group of the scorecard -> categories of Rule 605."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A public figure in the own mix, and the own flow that it stands against.

    Attributes:
        value: null with a reason.
        reason: why there is none.
        n: covered orders of others in the cells that both have.
        coverage: share of the own weight in those cells.
        own: own flow in those cells, by day; null where it carries no interval.
        own_value: the own figure where `own` is null; `reason` says why.
        doubt: why no verdict may rest on it; empty if one may.
    """

    value: float | None = None
    reason: str = ""
    n: int | None = None
    coverage: float | None = None
    own: Partials | None = None
    own_value: float | None = None
    doubt: str = ""

    def against(self, standards: EvidenceStandards, *, nearer_zero: bool) -> Difference:
        """Own flow less the public figure: published figures have no sampling error, the interval is of our side."""
        if self.value is None or self.own is None:
            return _untold(self.reason, subject=self.own_value, benchmark=self.value)
        if self.doubt:
            found = _untold(self.doubt, subject=self.own.value, benchmark=self.value)
            return replace(found, overlap=settle(self.coverage or 0.0))
        if (self.coverage or 0.0) < standards.least_overlap:
            share = f"{self.coverage or 0.0:.0%}"
            return _untold(f"public reports have cells for {share} of our shares only", subject=None, benchmark=None)
        found = compare_fixed(self.own, self.value, standards, nearer_zero=nearer_zero)
        return replace(found, overlap=settle(self.coverage or 0.0))


def _untold(reason: str, subject: float | None = None, benchmark: float | None = None) -> Difference:
    is_known = subject is not None and benchmark is not None
    return Difference(
        estimate=settle(subject - benchmark) if subject is not None and benchmark is not None else None,
        subject=subject, benchmark=benchmark, interval=None, reason=reason, pairing="fixed" if is_known else "none",
        overlap=0.0, days=0, effective_days=0.0, largest_order_share=0.0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry:
    """Public rows and own flow in cells.

    Attributes:
        name: of the benchmark, for people.
        public: sums of all reporters together by `CELL`.
        own: own sums by `CELL`.
        daily: own sums by `CELL` and day.
        codes: order group -> order types.
        doubt: why no verdict may rest on these rows; empty if one may.
        digest: of the public rows, and of the readings by which own flow is counted.
    """

    name: str
    public: pl.DataFrame
    own: pl.DataFrame
    daily: pl.DataFrame
    codes: Mapping[str, tuple[str, ...]]
    doubt: str
    digest: str
    _cells: dict[str, pl.DataFrame] = field(default_factory=dict)

    def figure(
        self, metric: str, groups: Sequence[str] = (), symbol: str | None = None, month: str | None = None
    ) -> Published:
        """The public figure of order groups (all if none is named), of a symbol, of a month YYYY-MM."""
        average = AVERAGES.get(metric)
        if average is None:
            return Published(reason=NOT_STATED)
        chosen = self._chosen(groups, symbol, month)
        both = self._matched(average).filter(chosen)
        if both.is_empty():
            return Published(reason=NONE_MATCHED, coverage=0.0)
        value, weight = both.select(
            (pl.col("top") * pl.col("weight")).sum()
            / (pl.col("bottom") * pl.col("weight")).sum()
            / divisor_of(average),
            pl.col("weight").sum(),
        ).row(0)
        total = self.own.filter(chosen).select(pl.col(average.weight).cast(pl.Float64()).sum()).item()
        daily = self._own_by_day(metric, average, both)
        own, lower = by_day(daily), float(daily["bottom"].sum())
        return Published(
            reason="" if own else NO_POSITIVE_DAY,
            own_value=float(daily["top"].sum()) / lower if own is None and lower else None,
            value=1.0 - value if metric == "spread_capture" else value,
            n=int(both["orders"].sum()),
            coverage=weight / total if total else None,
            own=own,
            doubt=self.doubt,
        )

    def _chosen(self, groups: Sequence[str], symbol: str | None, month: str | None) -> pl.Expr:
        codes = [code for group in groups or self.codes for code in self.codes.get(group, ())]
        chosen = pl.col("order_type").is_in(codes)
        if symbol is not None:
            chosen &= pl.col("security") == symbol
        if month is not None:
            chosen &= pl.col("month") == month.replace("-", "")
        return chosen

    def _matched(self, average: Average) -> pl.DataFrame:
        if average.name not in self._cells:
            self._cells[average.name] = matched(self.public, self.own, (), average)
        return self._cells[average.name]

    def _own_by_day(self, metric: str, average: Average, both: pl.DataFrame) -> pl.DataFrame:
        rows = self.daily.filter(pl.col(average.weight) > 0).join(both.select(CELL), on=CELL, how="semi")
        top, bottom = upper(average) / divisor_of(average), pl.col(average.bottom).cast(pl.Float64())
        return rows.select(
            "day",
            (bottom - top if metric == "spread_capture" else top).alias("top"),
            bottom.alias("bottom"),
        )


def industry_of(
    context: Context, provider: str, span: tuple[date, date], manifest: str, policy: PolicyInForce
) -> Industry:
    """All detailed public reports of the period, in the mix of the provider's flow.

    Raises:
        UsageError: no detailed public rows of the period were taken in.
    """
    question = asked("", first=f"{span[0]:%Y-%m}", last=f"{span[1]:%Y-%m}", layout="detailed")
    parts = parts_by_layout(context.lake, question).get("detailed", [])
    if not parts:
        message = (
            f"expected detailed Rule 605 reports of others for {span[0]:%Y-%m} to {span[1]:%Y-%m}, found none: take "
            "them in with `routeproof ingest rule605`"
        )
        raise UsageError(message, where="--against industry")
    sides = sides_of(context, parts, replace(question, manifest=manifest), Beside(provider=provider), policy.whole)
    months = [said_month(month) for month in sides.months]
    reporters = {item.part.rpartition("-")[0] for item in parts}
    said = f"public Rule 605, {len(reporters)} reporter{'s' if len(reporters) > 1 else ''}, {months[0]}"
    said += f" to {months[-1]}" if len(months) > 1 else ""
    contents = {item.part: item.content for item in parts}
    own = added_up(sides.own.lazy(), CELL)
    return Industry(
        name=f"industry: {said}",
        public=added_up(in_cells_of(sides.public, own), CELL),
        own=own,
        daily=added_up(sides.own.lazy(), [*CELL, "day"]),
        codes=_codes(sides.months, policy.whole.rule605),
        doubt=_doubt(context, provider, sides, manifest),
        digest=hashlib.sha256(canonical_bytes([contents, policy.readings])).hexdigest(),
    )


def _codes(months: Sequence[str], readings: Report605Policy) -> dict[str, tuple[str, ...]]:
    reporting = readings.on(first_of(max(months)))
    return {group: tuple(reporting.order_type(name) for name in names) for group, names in CATEGORIES.items()}


def _doubt(context: Context, provider: str, sides: Sides, manifest: str) -> str:
    """Rows of one kind alone carry no verdict about flow that went elsewhere too."""
    theirs = public_kinds(sides.public)
    if len(theirs) > 1:
        return ""
    ours = venue_kinds(context, provider, sides.months, manifest)
    if ours == theirs:
        return ""
    (kind,) = theirs
    went = " and ".join(sorted(ours)) or "venues of unknown kind"
    return f"all public rows are of {kind} reporters, our flow went to {went}: not like for like"
