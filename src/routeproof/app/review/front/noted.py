"""Differences that page one may name: shares of venues, fills outside the quote, medians. Only what is beyond chance.

Each is a test by days, like every other interval of the pack; how large a difference must be to be named is policy.
Where days are too few for an interval nothing is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.review.intervals import IMPROVEMENT, partials_of
from routeproof.evidence.compare import compare, compare_fixed
from routeproof.evidence.interval import UNVARYING
from routeproof.evidence.multiple import benjamini_yekutieli
from routeproof.evidence.partials import Partials
from routeproof.evidence.quantiles import settle
from routeproof.evidence.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.review.judge import Judge
    from routeproof.app.review.quarter import Quarter
    from routeproof.evidence.verdict import Word
    from routeproof.policy.thresholds import EvidenceStandards


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareMove:
    """A venue whose share of executed shares (0 to 1) is another in the last month than in the first."""

    venue: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerShare:
    """A venue that pays more than it charges: its share here and at the other provider, and what customers got there.

    Improvements are USD a share, of the venue's executions and of all others on the same days, of orders that met the
    market; null where one side was not measured. `word` says which is better.
    """

    venue: str
    share: float
    elsewhere: float
    improvement: float | None
    others: float | None
    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A figure of the provider and the same of another one."""

    own: float
    other: float
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is large enough by policy and more than chance.

    `moves`: by the size of the move. `payers`: largest first. `outside`: share of covered shares filled outside the
    quote, over days that both providers have. `slow`: median fill time of market orders in ms, beside the fastest.
    """

    moves: tuple[ShareMove, ...] = ()
    payers: tuple[PayerShare, ...] = ()
    outside: Beside | None = None
    slow: Beside | None = None


def noted_of(quarter: Quarter, judge: Judge, provider: str, beside: str, venues: pl.DataFrame) -> Noted:
    """What stands out of a provider's quarter; `beside` is the other provider, `venues` the pack's frame."""
    return Noted(
        moves=tuple(share_moves(quarter, judge, provider)),
        payers=tuple(payer_shares(quarter, judge, provider, beside, venues)),
        outside=outside_beside(quarter, judge, provider),
        slow=slow_beside(quarter, judge, provider),
    )


def share_moves(quarter: Quarter, judge: Judge, provider: str) -> list[ShareMove]:
    """Venues whose share moved from the first month to the last, the largest move first; all venues are one family."""
    shares = _venue_days(quarter, provider).filter(pl.col("venue").is_not_null())
    months = sorted(shares["trading_day"].dt.strftime("%Y-%m").unique()) if shares.height else []
    if len(months) <= 1:
        return []
    parts = [shares.filter(pl.col("trading_day").dt.strftime("%Y-%m") == month) for month in (months[0], months[-1])]
    venues = sorted(shares["venue"].unique())
    standards = judge.book.evidence.on(judge.period_start).value
    found = [_tested(_share_of(parts[1], venue), _share_of(parts[0], venue), standards) for venue in venues]
    least = judge.book.framework.on(judge.period_start).value.venue_share_move
    moves = [
        ShareMove(venue=venue, before=item.other, after=item.own)
        for venue, item, stands in zip(venues, found, _beyond_chance(found, standards), strict=True)
        if stands and item.own is not None and item.other is not None and abs(item.difference) >= least
    ]
    return sorted(moves, key=lambda move: (-settle(abs(move.after - move.before)), move.venue))


def payer_shares(quarter: Quarter, judge: Judge, provider: str, beside: str, venues: pl.DataFrame) -> list[PayerShare]:
    """Net payers that get more of this provider's shares than of the other's; empty without another."""
    if not venues.width or not beside or beside == provider:
        return []
    own, theirs = _venue_days(quarter, provider), _venue_days(quarter, beside)
    payers = venues.filter(pl.col("payer").fill_null(value=False))["venue"].to_list()
    standards = judge.book.evidence.on(judge.period_start).value
    found = [_tested(_share_of(own, venue), _share_of(theirs, venue), standards) for venue in payers]
    least = judge.book.framework.on(judge.period_start).value.payer_share_excess
    share = dict(venues.select("venue", "share").iter_rows())
    return [
        _payer(quarter, judge, provider, venue, share[venue], _share_of(theirs, venue).value or 0.0)
        for venue, item, stands in zip(payers, found, _beyond_chance(found, standards), strict=True)
        if stands and item.difference >= least
    ]


def _payer(quarter: Quarter, judge: Judge, provider: str, venue: str, share: float, elsewhere: float) -> PayerShare:
    sums = pl.concat(quarter.profile_sums).filter(
        (pl.col("provider") == provider) & (pl.col("dimension") == "venue") & (pl.col("metric") == IMPROVEMENT)
    )
    is_there = pl.col("level").eq_missing(venue)
    standards = judge.book.evidence.on(judge.period_start).value
    found = compare(partials_of(sums.filter(is_there)), partials_of(sums.filter(~is_there)), standards)
    margin = judge.book.margin(IMPROVEMENT, judge.period_start)
    return PayerShare(
        venue=venue,
        share=share,
        elsewhere=elsewhere,
        improvement=found.subject,
        others=found.benchmark,
        word=verdict(found, margin, "higher", judge.period_start).word,
    )


def outside_beside(quarter: Quarter, judge: Judge, provider: str) -> Beside | None:
    """Share of shares filled outside the quote, where it is by policy's factor above the worst other provider's."""
    meeting = quarter.tables["day_meeting"].filter(pl.col("order_group").is_in(["market", "limit"]))
    days = meeting.group_by("provider", "trading_day").agg(pl.col("outside_shares", "covered_shares").sum())
    split = days.drop_nulls("provider").partition_by("provider", as_dict=True)
    parts = {str(name): _parts(rows, "outside_shares", "covered_shares") for (name,), rows in split.items()}
    others = {name: part.value for name, part in parts.items() if name != provider and part.value is not None}
    if provider not in parts or not others:
        return None
    worst = max(sorted(others), key=lambda name: others[name])
    standards = judge.book.evidence.on(judge.period_start).value
    found = _tested(parts[provider], parts[worst], standards)
    factor = judge.book.framework.on(judge.period_start).value.outside_ratio
    if found.own is None or found.other is None or found.own <= factor * found.other or not found.is_above(standards):
        return None
    return Beside(own=found.own, other=found.other, provider=worst)


def slow_beside(quarter: Quarter, judge: Judge, provider: str) -> Beside | None:
    """Median fill time of market orders, where it is by policy's factor above the fastest other provider's.

    Medians side by side: a delay added to every order shows there long before it moves a mean. Chance is judged by the
    medians of the days.
    """
    market = quarter.tables["group"].filter((pl.col("order_group") == "market") & (pl.col("executions") > 0))
    median = dict(market.select("provider", "time_to_execution_ms_p50").drop_nulls().iter_rows())
    others = {name: value for name, value in median.items() if name != provider}
    if provider not in median or not others:
        return None
    fastest = min(others, key=lambda name: (others[name], name))
    factor = judge.book.framework.on(judge.period_start).value.median_ratio
    if median[provider] <= factor * others[fastest]:
        return None
    days = quarter.tables["day_meeting"].filter(pl.col("order_group") == "market")
    timed = days.select("provider", "trading_day", median="time_to_execution_ms_p50", one=pl.lit(1.0)).drop_nulls()
    own, other = (_parts(timed.filter(pl.col("provider") == name), "median", "one") for name in (provider, fastest))
    standards = judge.book.evidence.on(judge.period_start).value
    if not _tested(own, other, standards).is_above(standards):
        return None
    return Beside(own=median[provider], other=others[fastest], provider=fastest)


def _venue_days(quarter: Quarter, provider: str) -> pl.DataFrame:
    """`trading_day, venue, executed_shares` of a provider."""
    table = quarter.tables["venue_charges"].filter(pl.col("provider") == provider)
    return table.select("trading_day", "venue", "executed_shares")


def _share_of(days: pl.DataFrame, venue: str) -> Partials:
    """A venue's share of executed shares by day; a day without the venue counts as none of them."""
    shares = pl.col("executed_shares")
    sums = days.group_by("trading_day").agg(there=shares.filter(pl.col("venue") == venue).sum(), all=shares.sum())
    return _parts(sums, "there", "all")


def _parts(rows: pl.DataFrame, numerator: str, denominator: str) -> Partials:
    return Partials.of(
        day=rows["trading_day"].cast(pl.Int32).to_numpy(),
        numerator=rows[numerator].cast(pl.Float64).to_numpy(),
        denominator=rows[denominator].cast(pl.Float64).to_numpy(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """Two means over the compared days, and the p-value of their difference; null where there is no test."""

    own: float | None
    other: float | None
    p_value: float | None

    @property
    def difference(self) -> float:
        return 0.0 if self.own is None or self.other is None else self.own - self.other

    def is_above(self, standards: EvidenceStandards) -> bool:
        """Whether the first is above the second by more than chance."""
        return self.p_value is not None and self.p_value < 1.0 - standards.confidence and self.difference > 0.0


def _tested(own: Partials, other: Partials, standards: EvidenceStandards) -> _Tested:
    """The test by days. A side whose days are all the same, as of a venue that is new, stands as a fixed number."""
    found = compare(own, other, standards)
    tests = [found]
    if found.reason == UNVARYING and own.value is not None and other.value is not None:
        tests = [compare_fixed(own, other.value, standards), compare_fixed(other, own.value, standards)]
    p_values = [one.interval.p_value for one in tests if one.interval is not None]
    if not p_values and all(one.reason == UNVARYING for one in tests):
        p_values = [0.0 if found.estimate else 1.0]
    return _Tested(own=found.subject, other=found.benchmark, p_value=max(p_values, default=None))


def _beyond_chance(found: Sequence[_Tested], standards: EvidenceStandards) -> list[bool]:
    """Which differences stand among the others; one without a test does not."""
    tested = [(place, item.p_value) for place, item in enumerate(found) if item.p_value is not None]
    family = benjamini_yekutieli("venues", [p for _, p in tested], standards.false_discovery_rate)
    standing = {place for (place, _), stands in zip(tested, family.discovered, strict=True) if stands}
    return [place in standing for place in range(len(found))]
