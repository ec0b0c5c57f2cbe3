"""A month's orders and fills added up for Rule 605: day by day, by runs of symbols, so that little is held at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.disclosure.report605_runs import WORKERS, groups_of, is_elsewhere, run_of, whole_group, whole_run
from routeproof.app.measuring.day_walk import concerns, long_lived_of, walked_days
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.one_ahead import one_ahead
from routeproof.metrics.measure import Grouping, collect
from routeproof.metrics.rule605.additive import KEYS, of_fills, of_versions
from routeproof.metrics.rule605.judged import judged
from routeproof.metrics.rule605.sizes import assumed_lot
from routeproof.tables.measured.day import Carry
from routeproof.tables.measured.day_pieces import carry_of, joined_carry
from routeproof.tables.measured.version_day import Readings, VersionDay, measure_version_day, with_route_cancels
from routeproof.tables.switches import Switches
from routeproof.tables.wide import among

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.disclosure.report605_runs import Group, Run
    from routeproof.app.measuring.day_walk import DaySource, LongLived
    from routeproof.metrics.metric import Metric
    from routeproof.metrics.rule605.judged import Reporter
    from routeproof.policy.report605 import Reporting605
    from routeproof.tables.measured.day import DayRules, DayTables


@dataclass(frozen=True, slots=True, kw_only=True)
class Month605:
    """What is to be added up.

    Attributes:
        days: first and last calendar day of the month.
        reporting: readings in force.
        reporter: whose report it is.
        rules: hours and round lots.
        provider: only orders given to this provider; all if empty.
    """

    days: tuple[date, date]
    reporting: Reporting605
    reporter: Reporter
    rules: DayRules
    provider: str = ""

    def switches(self) -> Switches:
        """How the market is looked up for 605."""
        value = self.reporting.value
        return Switches(locked=value("locked"), after_close=value("after_close"))

    def readings(self) -> Readings:
        """Which quotes and prints count."""
        prints = self.reporting.value("regular_prints")
        return Readings(
            crossed=self.reporting.value("crossed") == "include",
            event_quote=self.reporting.value("clock_quote") == "of_the_event",
            off_exchange=tuple(prints["off_exchange"]),
        )


@dataclass(frozen=True, slots=True)
class Sums605:
    """Exact sums of a month.

    Attributes:
        rows: one row per `KEYS` with the sums of orders and fills by name.
        metrics: by name, what the sums are of.
        reasons: reason ("" = covered) -> versions, orders, fills.
        stray_fills: fills that name no known order.
        other_fills: fills of orders of other months.
        fills_seen: standing fills of the walked days.
        overfilled: covered versions with more shares executed than they had.
        assumed_lots: covered versions of which nobody declared the round lot that decides their flag.
        has_tape: whether any print was there.
    """

    rows: pl.DataFrame
    metrics: dict[str, Metric]
    reasons: dict[str, dict[str, int]]
    stray_fills: int
    other_fills: int
    fills_seen: int
    overfilled: int
    assumed_lots: int
    has_tape: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """What some orders add: sums by `KEYS` of versions and of fills, counts by reason, and how many fills are what."""

    versions: pl.DataFrame
    fills: pl.DataFrame
    reasons: pl.DataFrame
    stray: int
    seen: int
    overfilled: int
    assumed_lots: int


@dataclass(frozen=True, slots=True)
class _Measured:
    """A run measured: what it adds, what lives on, what it names and does not have."""

    piece: _Piece
    left: VersionDay
    strays: Mapping[str, Sequence[str]]


@dataclass(slots=True)
class _Month:
    """A month's walk: what it reads, and what lives on from the days so far."""

    source: DaySource
    month: Month605
    lasting: LongLived
    carry: VersionDay | None = None
    has_tape: bool = False

    def opened(self) -> Carry:
        """What the day so far begins with."""
        return Carry() if self.carry is None else Carry(versions=self.carry.versions)


def month_sums(source: DaySource, all_days: Sequence[date], month: Month605) -> Sums605:
    """Everything that the reports of a month are made of.

    Args:
        source: canonical rows and quotes.
        all_days: days that the source has flow on.
        month: what is asked.
    """
    walk, total = _Month(source, month, long_lived_of(source)), None
    for _, piece in _walk(walk, all_days):
        total = piece if total is None else _merged([total, piece])
    metrics = {metric.name: metric for metric in (*of_versions(), *of_fills(month.reporting))}
    if total is None:
        return Sums605(_NOTHING, metrics, {}, 0, 0, 0, 0, 0, walk.has_tape)
    reasons = _reasons(total.reasons)
    other = total.seen - total.stray - sum(item["fills"] for item in reasons.values())
    counts = (total.stray, other, total.seen, total.overfilled, total.assumed_lots)
    return Sums605(_joined(total), metrics, reasons, *counts, walk.has_tape)


def daily_sums(source: DaySource, all_days: Sequence[date], month: Month605) -> pl.DataFrame:
    """The same sums by the day on which the orders were done with: `day`, `KEYS`, sums by name."""
    days: dict[date, _Piece] = {}
    for day, piece in _walk(_Month(source, month, long_lived_of(source)), all_days):
        days[day] = _merged([days[day], piece]) if day in days else piece
    parts = [_joined(piece).with_columns(pl.lit(day).alias("day")) for day, piece in days.items()]
    return pl.concat(parts) if parts else _NOTHING.with_columns(pl.lit(None, dtype=pl.Date()).alias("day"))


_NOTHING = pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String()) | {"order_size": pl.Int64()})


def _merged(pieces: Sequence[_Piece]) -> _Piece:
    """What several pieces, at least one, add together."""
    return _Piece(
        versions=_added([piece.versions for piece in pieces], KEYS),
        fills=_added([piece.fills for piece in pieces], KEYS),
        reasons=_added([piece.reasons for piece in pieces], ["reason"]),
        stray=sum(piece.stray for piece in pieces),
        seen=sum(piece.seen for piece in pieces),
        overfilled=sum(piece.overfilled for piece in pieces),
        assumed_lots=sum(piece.assumed_lots for piece in pieces),
    )


def _added(parts: Sequence[pl.DataFrame], keys: Sequence[str]) -> pl.DataFrame:
    return pl.concat(parts).group_by(keys).agg(pl.exclude(keys).sum())


def _joined(piece: _Piece) -> pl.DataFrame:
    return piece.versions.join(piece.fills, on=KEYS, how="left")


def _reasons(counts: pl.DataFrame) -> dict[str, dict[str, int]]:
    return {
        row["reason"] or "": {name: int(row[name]) for name in ("versions", "orders", "fills")}
        for row in counts.sort("reason", nulls_last=False).iter_rows(named=True)
        if row["versions"]
    }


def _added_up(day: VersionDay, month: Month605) -> _Piece:
    """The exact sums of complete versions and their fills, and why the others are not counted."""
    item = judged(day, month.days, month.reporting, month.reporter)
    by = Grouping(("group",), of_versions()), Grouping(("group",), of_fills(month.reporting))
    sums = collect(item.versions, by[0], "orders").sums, collect(item.fills, by[1], "executions").sums
    keyed = [item.groups.join(part, on="group", how="inner").drop("group") for part in sums]
    assumed, tiers = 0, month.rules.lot_tiers
    if tiers is not None:
        told = item.versions.select(assumed_lot(tiers.on_or_first(month.days[1]).value, item.versions.columns).sum())
        assumed = int(told.item())
    return _Piece(keyed[0], keyed[1], item.reasons, item.stray_fills, day.fills.height, item.overfilled, assumed)


def _walk(walk: _Month, all_days: Sequence[date]) -> Iterator[tuple[date, _Piece]]:
    """What each day adds; orders that outlive their day are added up last."""
    first, last = walk.month.days
    wanted = [day for day in all_days if first <= day <= last]
    days = walked_days(walk.source, wanted, walk.lasting)
    groups = one_ahead(group for day in days for group in groups_of(walk.source, day, walk.lasting))
    with ThreadPoolExecutor(WORKERS) as pool:
        for day, of_day in groupby(groups, lambda group: group.tables.day):
            if day not in wanted and not concerns(day, walk.lasting, walk.opened(), walk.month.rules):
                continue
            done = [item for group in of_day for item in _measured(walk, group, pool)]
            strays = [item.strays for item in done if any(item.strays.values())]
            known = walk.lasting.orders["order_id"]
            if strays and isinstance(walk.source, LakeSource) and is_elsewhere(walk.source, day, strays, known):
                done = _measured(walk, whole_group(walk.source, day, walk.lasting), pool)
            walk.carry = joined_carry([item.left for item in done])
            yield day, _merged([item.piece for item in done])
    if walk.carry is not None and walk.carry.versions.height:
        yield last, _added_up(walk.carry.placed_anew(), walk.month)


def _measured(walk: _Month, group: Group, pool: ThreadPoolExecutor) -> list[_Measured]:
    """A group run by run, a few at a time."""
    walk.has_tape = walk.has_tape or group.has_tape
    opened, source, month = walk.opened(), walk.source, walk.month

    def measured(run: Run, carry: VersionDay | None) -> _Measured:
        tables = with_route_cancels(_of_provider(run.tables, month.provider, carry))
        done, left = measure_version_day(tables, run.book, month.rules, month.switches(), month.readings(), carry)
        return _Measured(_added_up(done, month), left, run.strays)

    def of_symbols(symbols: tuple[str, ...]) -> _Measured:
        assert isinstance(source, LakeSource)  # noqa: S101 others come in one piece
        carry = walk.carry if walk.carry is None else carry_of(walk.carry, symbols)
        return measured(run_of(source, group, symbols, opened), carry)

    if not group.runs:
        return [measured(whole_run(source, group, opened), walk.carry)]
    return list(pool.map(of_symbols, group.runs))


def _of_provider(tables: DayTables, provider: str, carry: VersionDay | None) -> DayTables:
    """Only a provider's orders, and fills of these and of its orders from days before; all where none is named."""
    if not provider:
        return tables
    terms = tables.terms.filter(pl.col("provider_id") == provider)
    known = [terms["order_id"], *([] if carry is None else [carry.versions["order_id"]])]
    fills = among(tables.executions, pl.concat(known).unique().to_frame(), ["order_id"])
    return replace(tables, terms=terms, executions=fills)
