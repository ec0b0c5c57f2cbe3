"""Reconcile a provider's report of a quarter with the firm's record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_range import measured_days_together
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.reconcile.clocks import FILLS, ORDERS, clock_offsets
from routeproof.app.reconcile.definitions import claim_of
from routeproof.app.reconcile.differences import DIFFERENCES
from routeproof.app.reconcile.fills import compare_fills
from routeproof.app.reconcile.headline import headline
from routeproof.app.reconcile.lacking import place_of_lacking
from routeproof.app.reconcile.one_provider import OneProvider
from routeproof.app.reconcile.orders import Compared, compare_orders
from routeproof.app.reconcile.record import FILL_COLUMNS, Record, Told, no_fills, orders_of, record_of, told_by
from routeproof.app.reconcile.reported import Report, report_of, reported_days
from routeproof.app.reconcile.statistics import Recomputed
from routeproof.app.reconcile.times import late_and_whole, pattern_of_times
from routeproof.app.shipped_rules import rules_of
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.app.policy_in_force import PolicyInForce
    from routeproof.policy.reconcile import ReconcilePolicy
    from routeproof.policy.thresholds import EvidenceStandards
    from routeproof.stores.lake import Lake
    from routeproof.stores.records import Records
    from routeproof.tables.measured.day import DayRules, MeasuredDay


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose report of which quarter, as known at which commit, judged by which policy."""

    provider: str
    period: str
    manifest: str
    policy: PolicyInForce

    @property
    def span(self) -> tuple[date, date]:
        """First and last calendar day."""
        return quarter_days(self.period)

    @property
    def tolerances(self) -> ReconcilePolicy:
        """Tolerances in force on the last day."""
        return self.policy.whole.reconcile.on_or_first(self.span[1]).value

    @property
    def standards(self) -> EvidenceStandards:
        """What an interval has to satisfy."""
        return self.policy.whole.book.evidence.on(self.span[0]).value


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The comparison.

    Attributes:
        plain: as JSON values.
        differences: rows of `DIFFERENCES`.
        late_and_whole: identities of the fills on which a pattern of times rests.
    """

    plain: dict[str, Any]
    differences: pl.DataFrame
    late_and_whole: list[str]

    @property
    def agrees(self) -> bool:
        """Nothing is missing, and nothing differs beyond tolerance."""
        return not self.plain["has_differences"]


@dataclass(slots=True)
class Comparison:
    """A report and the firm's record of its days, as measured days pass.

    Attributes:
        source: the record as of the commit that is asked for.
        asked: what is compared.
        report: what was reported.
        told: who told what.
        days: trading days of the period.
        own_orders: the provider's orders, as `orders_of`.
        figures: each stated figure, to be recomputed.
    """

    source: LakeSource
    asked: Asked
    report: Report
    told: Told
    days: tuple[date, ...]
    own_orders: pl.DataFrame
    figures: list[Recomputed]
    _fills: list[pl.DataFrame] = field(default_factory=list)

    @property
    def rules(self) -> DayRules:
        """How its days are measured."""
        return rules_of(self.source.lake, self.asked.manifest, self.asked.policy.whole)

    @property
    def switches(self) -> tuple[Switches, ...]:
        """How the market is looked up: as we do, and as the stated figures say that they do."""
        stated = (figure.claim.switches for figure in self.figures if not figure.claim.reason)
        return tuple(dict.fromkeys([Switches(), *stated]))

    @property
    def needs_vwap(self) -> bool:
        """Whether a stated figure speaks of VWAP."""
        return any("vwap" in figure.claim.metric for figure in self.figures)

    def see(self, measured: Mapping[Switches, MeasuredDay]) -> None:
        """Take in one day or several, measured under all `switches`; fills of other providers' orders are left out."""
        rows = measured[Switches()].executions
        if rows.width:
            of_own = pl.col("order_id").is_null() | pl.col("order_id").is_in(self.own_orders["order_id"].implode())
            self._fills.append(rows.select(FILL_COLUMNS).filter(of_own))
        for figure in self.figures:
            if not figure.claim.reason:
                figure.see(measured[figure.claim.switches])

    def finished(self) -> Reconciliation:
        """The comparison, once all days were seen."""
        lake, asked, report, told = self.source.lake, self.asked, self.report, self.told
        measured = pl.concat(self._fills, how="vertical_relaxed") if self._fills else no_fills()
        is_own = told.provider("provider") == asked.provider
        record = record_of(lake, asked.manifest, is_own, self.own_orders, measured, self.days)
        orders = compare_orders(report.orders, record, told.parent, asked.tolerances) if report.orders.height else None
        fills = compare_fills(report.fills, record, told.parent, asked.tolerances) if report.fills.height else None
        rows = [item.row(asked.standards, asked.tolerances) for item in self.figures]
        plain = _plain(lake, asked, report, record, self.days, orders, fills, rows)
        found = [item.differences for item in (orders, fills) if item is not None]
        differences = pl.concat([DIFFERENCES.to_frame(), *found])
        ordered = differences.sort("what", "of", "trading_day", "our_id", "their_id", "field")
        return Reconciliation(plain, ordered, late_and_whole(record.fills, plain["timestamps"]["late_ms"]))


def reconcile(
    lake: Lake,
    records: Records,
    provider: str,
    period: str,
    policy: PolicyInForce | None = None,
    manifest: str | None = None,
) -> Reconciliation:
    """Compare what a provider reported for a quarter with the record.

    Args:
        lake: canonical tables.
        records: who delivered what.
        provider: whose report.
        period: quarter, such as 2026Q3.
        policy: what the firm decided; as the record has it now if omitted.
        manifest: our record as known at this commit; the newest if omitted. Reports change no manifest: all count.

    Raises:
        UsageError: the period is no quarter, or nothing was reported by the provider for it.
    """
    comparing = compared_with(lake, records, provider, period, policy, manifest)
    source = OneProvider(comparing.source, comparing.own_orders)
    every = comparing.switches
    walked = measured_days_together(source, comparing.days, comparing.rules, every, vwap=comparing.needs_vwap)
    for together in walked:
        comparing.see(dict(zip(every, together, strict=True)))
    return comparing.finished()


def compared_with(
    lake: Lake,
    records: Records,
    provider: str,
    period: str,
    policy: PolicyInForce | None = None,
    manifest: str | None = None,
) -> Comparison:
    """The comparison before the days are measured, for whoever measures them anyway; arguments as `reconcile`.

    Raises:
        UsageError: as `reconcile`.
    """
    asked = Asked(provider, period, lake.manifest(manifest).id, policy or policy_in_force(records))
    first, last = asked.span
    report = report_of(lake, provider, first, last)
    claims = [claim for row in report.statistics.to_dicts() if (claim := claim_of(row, first, last)) is not None]
    if report.orders.is_empty() and report.fills.is_empty() and not claims:
        raise UsageError(_nothing(lake, asked), where="--provider, --period")
    source = LakeSource(lake, asked.manifest)
    days = tuple(day for day in source.days() if first <= day <= last)
    told = told_by(records, provider)
    return Comparison(
        source=source,
        asked=asked,
        report=report,
        told=told,
        days=days,
        own_orders=orders_of(lake, asked.manifest, provider, told, days),
        figures=[Recomputed(claim, provider) for claim in claims],
    )


def _nothing(lake: Lake, asked: Asked) -> str:
    days = reported_days(lake)
    there = f"reports there are of {days[0]} to {days[-1]}" if days else "no report was taken in"
    return (
        f"expected a report of {asked.provider!r} for {asked.period}, found none; {there}. Take one in: "
        'routeproof ingest csv FILE --map MAP.toml, with table = "vendor_orders", "vendor_executions" or '
        '"vendor_statistics"'
    )


def _plain(
    lake: Lake,
    asked: Asked,
    report: Report,
    record: Record,
    days: Sequence[date],
    orders: Compared | None,
    fills: Compared | None,
    statistics: list[dict[str, Any]],
) -> dict[str, Any]:
    counted = orders or fills
    sightings = _sightings(lake, asked, record, days)
    late_ms = float(asked.policy.whole.monitoring.limits_on(asked.span[1])["slow_report"].value("report_ms"))
    clocks = clock_offsets(
        asked.provider, _routes(lake, asked, record, days), sightings, _apart(orders, fills), asked.tolerances
    )
    found: dict[str, Any] = {
        "provider": asked.provider,
        "period": asked.period,
        "manifest": asked.manifest,
        "policy": asked.policy.id,
        "counted": None if counted is None else "order" if orders is not None else "execution",
        "matched": counted.matched if counted else None,
        "missing_at_provider": counted.missing_at_provider if counted else None,
        "missing_here": counted.missing_here if counted else None,
        "differing": [*(orders.differing if orders else []), *(fills.differing if fills else [])],
        "orders": _counts(orders),
        "executions": _counts(fills),
        "days_without_report": _silent(report, record, days),
        "missing": _missing(record, orders, fills, asked),
        "statistics": statistics,
        "clock_offset_ms": clocks,
        "timestamps": pattern_of_times(record.fills, sightings, late_ms, asked.tolerances),
    }
    found["has_differences"] = _differs(found)
    return {**found, "headline": headline(found)}


def _differs(found: dict[str, Any]) -> bool:
    return bool(
        found["differing"]
        or any(
            part and (part["missing_at_provider"] or part["missing_here"])
            for part in (found["orders"], found["executions"])
        )
        or any(row["differs"] for row in found["statistics"])
        or any(clock["differs"] for clock in found["clock_offset_ms"].values())
        or found["timestamps"]["pattern"]
    )


def _counts(part: Compared | None) -> dict[str, Any] | None:
    if part is None:
        return None
    return {
        "matched": part.matched,
        "missing_at_provider": part.missing_at_provider,
        "missing_here": part.missing_here,
        "set_aside": part.set_aside,
        "methods": part.methods,
    }


def _silent(report: Report, record: Record, days: Sequence[date]) -> list[str]:
    """Days of ours of which the report says nothing at all."""
    said = {*report.orders["trading_day"], *report.fills["trading_day"]}
    own = {*record.orders.filter("wanted")["trading_day"], *record.fills["trading_day"]}
    return [day.isoformat() for day in days if day in own and day not in said] if said else []


def _missing(record: Record, orders: Compared | None, fills: Compared | None, asked: Asked) -> dict[str, Any] | None:
    """Where the fills lie that the report leaves out: by its own fills, else those of the orders it does not name."""
    if fills is not None:
        lacking = pl.DataFrame({"execution_id": fills.lacking})
    elif orders is not None:
        of_orders = pl.col("order_id").is_in(orders.lacking.implode())
        lacking = record.fills.filter(of_orders).select("execution_id")
    else:
        return None
    return place_of_lacking(record.fills, lacking, asked.standards)


def _apart(orders: Compared | None, fills: Compared | None) -> dict[str, pl.DataFrame]:
    """By kind of file, its stamps beside ours of the same receipts or fills, where it stamps any; see `clocks`."""
    found: dict[str, pl.DataFrame] = {}
    for name, part, stamp in ((ORDERS, orders, "received_at"), (FILLS, fills, "executed_at")):
        if part is None:
            continue
        theirs, ours = pl.col(f"their_{stamp}"), pl.col(stamp)
        told = ours if name == ORDERS else pl.col("reported_at")
        beyond = {ORDERS: "after_ns", FILLS: "before_ns"}[name]
        apart = part.joined.select(
            ours.alias("at"),
            (theirs - ours).cast(pl.Int64).alias("apart_ns"),
            (theirs - told).cast(pl.Int64).alias(beyond),
        )
        if apart["apart_ns"].count():
            found[name] = apart
    return found


def _routes(lake: Lake, asked: Asked, record: Record, days: Sequence[date]) -> pl.DataFrame:
    columns = ["order_id", "hop", "venue", "sent_at", "acknowledged_at"]
    return lake.read("routes", days, columns, manifest=asked.manifest).join(record.orders, on="order_id", how="semi")


def _sightings(lake: Lake, asked: Asked, record: Record, days: Sequence[date]) -> pl.DataFrame:
    """First reports of the standing fills; corrected ones say when the correction came and are left out."""
    plain = record.fills.filter(~pl.col("amended")).select("execution_id", "venue")
    columns = ["execution_id", "role", "seen_at"]
    seen = lake.read("sightings", days, columns, manifest=asked.manifest)
    return seen.join(plain, on="execution_id", how="inner", maintain_order="left")
