"""Whether times of fills look written afterwards: reported late, and stamped on whole milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.evidence.association import Table2x2, exact_p
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.reconcile import ReconcilePolicy

BACKFILLED = "backfilled"


def pattern_of_times(
    fills: pl.DataFrame, sightings: pl.DataFrame, late_ms: float, policy: ReconcilePolicy
) -> dict[str, Any]:
    """What the times of the period's fills show.

    Args:
        fills: our fills, as `Record.fills`; corrected ones say when the correction came and are left out.
        sightings: of them, `execution_id, role, seen_at`.
        late_ms: from the stated time to the first report, beyond which a report is late (rule `slow_report`).
        policy: what makes a pattern.

    Returns:
        `fills`; `late`; `whole_ms`: stamped on a whole millisecond; `late_and_whole_ms`; `before_venue`: stated to be
        earlier than the venue's own report by more than the tolerance for times; `p`: exact chance that so many late
        reports stand on whole milliseconds if lateness had nothing to do with it; `pattern`: `backfilled` or null;
        `reason` why no pattern can be told.
    """
    known = _known(fills, late_ms)
    late, whole = known["late"], known["whole"]
    table = Table2x2(
        both=int((late & whole).sum()),
        first=int((late & ~whole).sum()),
        second=int((~late & whole).sum()),
        neither=int((~late & ~whole).sum()),
    )
    p = exact_p(table)
    return {
        "fills": known.height,
        "late": table.both + table.first,
        "late_ms": late_ms,
        "whole_ms": table.both + table.second,
        "late_and_whole_ms": table.both,
        "before_venue": _before_venue(known, sightings, policy),
        "p": p,
        **_judged(table, p, policy),
    }


def late_and_whole(fills: pl.DataFrame, late_ms: float) -> list[str]:
    """Identities, in order, of fills that were reported late and stand on a whole millisecond."""
    return _known(fills, late_ms).filter("late", "whole")["execution_id"].sort().to_list()


def _known(fills: pl.DataFrame, late_ms: float) -> pl.DataFrame:
    return fills.filter(~pl.col("amended"), pl.col("reported_at").is_not_null()).select(
        "execution_id",
        (pl.col("reported_at") - pl.col("executed_at") > round(late_ms * NS_PER_MS)).alias("late"),
        (pl.col("executed_at") % NS_PER_MS == 0).alias("whole"),
        "executed_at",
    )


def _judged(table: Table2x2, p: float | None, policy: ReconcilePolicy) -> dict[str, Any]:
    late = table.both + table.first
    if table.n == 0:
        return {"pattern": None, "reason": "no fill says both when it traded and when it was reported"}
    if late < policy.least_pairs:
        return {"pattern": None, "reason": f"{late} late reports; a pattern needs {policy.least_pairs}"}
    if p is None:
        return {"pattern": None, "reason": "all or none of the times stand on whole milliseconds"}
    found = p < policy.chance and table.both / late >= policy.round_share
    return {"pattern": BACKFILLED if found else None, "reason": ""}


def _before_venue(known: pl.DataFrame, sightings: pl.DataFrame, policy: ReconcilePolicy) -> int | None:
    """Fills stated to be earlier than the venue told of them, beyond tolerance; null without a venue's report."""
    told = sightings.filter(pl.col("role") == "venue").group_by("execution_id").agg(pl.col("seen_at").min())
    both = known.join(told, on="execution_id", how="inner")
    if both.is_empty():
        return None
    allowed = int(policy.time_ms * NS_PER_MS)
    return int((both["seen_at"] - both["executed_at"] > allowed).sum())
