"""Measure a workspace: the figures, and beside them everything that made them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_frames import grouping_of
from routeproof.app.measuring.measure_range import Range, measure_range
from routeproof.app.measuring.measured_cache import MeasuredCache
from routeproof.app.measuring.row_filter import RowFilter, Sieve, parse_filters
from routeproof.app.shipped_rules import rules_of
from routeproof.metrics.measure import Grouping, columns_read
from routeproof.metrics.registry import ALL, BY_NAME
from routeproof.sources.map_file import nearest
from routeproof.stores.shipped_policy import shipped_policy_id
from routeproof.tables.measured.tape import NOT_OF_PRINTS
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.app.policy_in_force import PolicyInForce
    from routeproof.stores.lake import Lake


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a workspace.

    Attributes:
        by: dimensions.
        metrics: names of the metrics wanted; all if empty. Few cost less.
        first: first trading day, or all.
        last: last trading day, or all.
        provider: only this provider's orders.
        where: further filters, joined by *and*.
        switches: how the market is looked up.
        shifts_ns: clock shifts to repeat the look-ups with.
        manifest: as known at this commit; the newest if omitted.
    """

    by: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    provider: str | None = None
    where: tuple[str, ...] = ()
    switches: Switches = field(default_factory=Switches)
    shifts_ns: tuple[int, ...] = ()
    manifest: str | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """Figures and their provenance: `meta` as plain values, `rows` one per group; `meta["notes"]` is for people."""

    meta: dict[str, Any]
    rows: pl.DataFrame

    def as_plain(self) -> dict[str, Any]:
        """`{"meta", "rows"}` as JSON values; each row names the reason of each null under `reasons`."""
        return {"meta": self.meta, "rows": [_plain_row(row, self.meta) for row in self.rows.iter_rows(named=True)]}


def measure(
    lake: Lake, question: Question, cache_folder: Path | None = None, policy: PolicyInForce | None = None
) -> Measurement:
    """The figures of a workspace's lake.

    Args:
        lake: canonical tables.
        question: what is asked.
        cache_folder: where measured rows are kept for the next question, if anywhere.
        policy: what the firm decided; the shipped values if omitted.

    Raises:
        UsageError: an unknown dimension, a filter that is none, a range that ends before it begins, a provider that
            no order of the lake has.
    """
    if question.first is not None and question.last is not None and question.first > question.last:
        message = f"expected a first day on or before the last, found {question.first} and {question.last}"
        raise UsageError(message, where="--from, --to")
    manifest = lake.manifest(question.manifest).id
    source = LakeSource(lake, manifest, question.switches.population)
    filters = parse_filters(question.where)
    if question.provider is not None:
        filters = (*filters, RowFilter("provider", "=", (question.provider,)))
    days = tuple(day for day in source.days() if _inside(day, question))
    if question.provider is not None and question.switches.population == "own":
        _require_provider(source, question.provider, days)
    what, sieve = Range(days, grouping_of(question.by, question.metrics), filters), Sieve(filters)
    rules = rules_of(lake, manifest, policy.whole if policy else None)
    policy_id = policy.id if policy else shipped_policy_id()
    if question.shifts_ns:
        shifted = [
            measure_range(source, what, rules, replace(question.switches, shift_ns=shift), sieve=sieve).select(
                pl.lit(shift / NS_PER_MS).alias("shift_ms"), pl.all()
            )
            for shift in question.shifts_ns
        ]
        rows = pl.concat(shifted)
    else:
        cache = (
            None
            if cache_folder is None
            else MeasuredCache(
                cache_folder, _made_of(question, manifest, days, policy_id) | {"files": lake.stamp(manifest)}
            )
        )
        rows = measure_range(source, what, rules, question.switches, cache, sieve)
    child_routes = _has_child_routes(source, days)
    found = {
        "child_routes": child_routes,
        "notes": _notes(source, sieve, days, is_blind=question.switches.benchmark == "venue" and not child_routes),
    }
    return Measurement(_meta(question, manifest, days, policy_id) | found, rows)


def _notes(source: LakeSource, sieve: Sieve, days: Sequence[date], *, is_blind: bool) -> list[str]:
    """What whoever asked should know; `is_blind`: at a moment that no route tells."""
    if not days:
        return [f"expected days of the lake between --from and --to, found none; {source.held()}"]
    blind = "expected child routes, which tell when a venue got an order, found none: nothing is covered at that moment"
    return [*sieve.notes(), *([blind] if is_blind else [])]


def _require_provider(source: LakeSource, name: str, days: Sequence[date]) -> None:
    """The days asked for are looked at first: one of them has the provider, as a rule."""
    known: set[str] = set()
    for day in dict.fromkeys((*days, *source.lake.days("parent_orders", source.manifest))):
        known |= source.providers(day)
        if name in known:
            return
    there = ", ".join(item or "(unnamed)" for item in sorted(known)) or "none: ingest orders first"
    near = nearest(name, sorted(known)) or f"; providers there: {there}"
    message = f"expected a provider of the lake's orders, found none named {name!r}{near}"
    raise UsageError(message, where="--provider")


def _has_child_routes(source: LakeSource, days: Sequence[date]) -> bool:
    """Whether any route beyond the first hop was delivered: without one the inner hops stay unseen."""
    routes = source.lake.scan("routes", list(days), ["hop"], manifest=source.manifest)
    return bool(routes.select((pl.col("hop") > 1).any()).collect().item())


def _made_of(question: Question, manifest: str, days: Sequence[date], policy_id: str) -> dict[str, object]:
    return {
        "manifest": manifest,
        "policy": policy_id,
        "switches": question.switches.stamped(),
        "days": [day.isoformat() for day in days],
        "metric_versions": {metric.name: metric.version for metric in ALL},
    }


def _inside(day: date, question: Question) -> bool:
    return (question.first is None or day >= question.first) and (question.last is None or day <= question.last)


def _meta(question: Question, manifest: str, days: Sequence[date], policy_id: str) -> dict[str, Any]:
    return {
        "manifest": manifest,
        "policy": policy_id,
        "switches": question.switches.stamped() | {"shifts_ns": list(question.shifts_ns)},
        "by": list(question.by),
        "metrics": list(question.metrics),
        "where": list(question.where),
        "provider": question.provider,
        "from": days[0].isoformat() if days else None,
        "to": days[-1].isoformat() if days else None,
        "days": len(days),
        "metric_versions": {name: BY_NAME[name].version for name in question.metrics or BY_NAME},
    }


def _plain_row(row: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}
    empty = [name for name, value in row.items() if value is None and name in BY_NAME]
    return plain | {"reasons": null_reasons(empty, meta)}


def null_reasons(names: Iterable[str], meta: Mapping[str, Any]) -> dict[str, str]:
    """Why each of these metrics is null, where it is, in a measurement with this `meta`."""
    asked = (*meta["by"], *(item.column for item in parse_filters(meta["where"])))
    tape, inner = meta["switches"]["population"] == "tape", meta["child_routes"]
    return {name: null_reason(name, asked, child_routes=inner, tape=tape) for name in names}


INNER_HOPS = ("delay_cost_usd_per_share_provider", "delay_cost_usd_per_share_venue")
LACKED = {
    "orders": ("venue", "liquidity", "hop", "strategy", "price", "executed_at", "fee", "rebate", "payment"),
    "routes": ("liquidity", "session", "beyond_displayed", "halted", "short_sale_restricted", "price", "executed_at"),
}
"""Columns that executions can be grouped and filtered by, and orders or routes cannot."""


def null_reason(name: str, asked: Sequence[str], *, child_routes: bool = True, tape: bool = False) -> str:
    """Why a metric is null where rows were grouped and filtered by these columns."""
    metric = BY_NAME[name]
    if tape and metric.frame != "executions":
        return f"the tape has no {metric.frame}"
    if tape and columns_read(Grouping((), (metric,)), "executions") & NOT_OF_PRINTS:
        return "a print on the tape has no order, route or fee"
    if name in INNER_HOPS and not child_routes:
        return "no child routes"
    lacked = sorted(set(LACKED.get(metric.frame, ())) & set(asked))
    if lacked:
        return f"{metric.frame} have no {' or '.join(lacked)}"
    return metric.reason or "no rows of this kind in the group"
