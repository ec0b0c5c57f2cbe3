"""What reconciling a provider's report with the record shows, day by day and at the end of a quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.reconcile.one_day import differences_of_day
from routeproof.app.reconcile.reconcile import reconcile
from routeproof.app.reconcile.reported import providers_reporting
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.policy_in_force import PolicyInForce

STATISTICS = pl.Schema(
    {
        "provider": pl.String(),
        "metric": pl.String(),
        "period": pl.String(),
        "definition": pl.String(),
        "population": pl.String(),
        "stated": pl.Float64(),
        "recomputed": pl.Float64(),
        "lower": pl.Float64(),
        "upper": pl.Float64(),
        "n": pl.Int64(),
        "unit": pl.String(),
        "tolerance": pl.Float64(),
        "differs": pl.Boolean(),
        "source_id": pl.String(),
        "source_row": pl.Int64(),
    }
)
TIMES = pl.Schema(
    {
        "provider": pl.String(),
        "period": pl.String(),
        "fills": pl.Int64(),
        "late": pl.Int64(),
        "late_and_whole_ms": pl.Int64(),
        "late_ms": pl.Float64(),
        "p": pl.Float64(),
        "pattern": pl.String(),
        "execution_ids": pl.List(pl.String()),
    }
)


def vendor_word(
    context: Context,
    policy: PolicyInForce,
    day: date,
    manifest: str,
    members: Mapping[str, Any],
    told: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, pl.DataFrame], dict[str, str]]:
    """Members `vendor_differences`, `vendor_claims` and `vendor_times` of `Facts`, and why others are not there.

    The last two speak of a whole quarter, and are there on its last trading day.

    Args:
        context: lake and records.
        policy: tolerances in force.
        day: trading day.
        manifest: our record as known at this commit.
        members: `fills` and `next_days` of the day.
        told: hears what takes its time.
    """
    found: dict[str, pl.DataFrame] = {}
    absent: dict[str, str] = {}
    tolerances = policy.whole.reconcile.on_or_first(day).value
    rows = differences_of_day(context.lake, context.records, day, manifest, members.get("fills"), tolerances)
    if rows is None:
        absent["vendor_differences"] = "no provider's own orders or fills were taken in for the day"
    else:
        found["vendor_differences"] = rows
    names = ("vendor_claims", "vendor_times")
    period = f"{day.year}Q{(day.month + 2) // 3}"
    if not _is_last(period, members.get("next_days") or ()):
        return found, absent | dict.fromkeys(names, "the day is not the last trading day of a quarter")
    providers = providers_reporting(context.lake, *quarter_days(period))
    if not providers:
        return found, absent | dict.fromkeys(names, "no provider's report of the quarter was taken in")
    statistics: list[dict[str, Any]] = []
    times: list[dict[str, Any]] = []
    for provider in providers:
        told(f"reconciling {provider} {period}")
        compared = reconcile(context.lake, context.records, provider, period, policy, manifest)
        statistics += [_only(STATISTICS, {**row, "provider": provider}) for row in compared.plain["statistics"]]
        pattern = {**compared.plain["timestamps"], "execution_ids": compared.late_and_whole}
        times.append(_only(TIMES, {**pattern, "provider": provider, "period": period}))
    found["vendor_claims"] = pl.DataFrame(statistics, schema=STATISTICS, orient="row")
    found["vendor_times"] = pl.DataFrame(times, schema=TIMES, orient="row")
    return found, absent


def _only(schema: pl.Schema, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in schema}


def _is_last(period: str, later: Sequence[date]) -> bool:
    """No later trading day is of the quarter; false where the calendar ends before that can be told."""
    return bool(later) and later[0] > quarter_days(period)[1]
