"""How far the clocks of a provider, of its venues and of its report are off, as far as stamps can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.evidence.clock_offset import ClockOffset, request_and_answer, same_event
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from routeproof.policy.reconcile import ReconcilePolicy

_VENUES = 2
"""Hop of what a provider sends to venues."""
_ANSWERED = ["venue", "sent_at", "acknowledged_at"]
ORDERS, FILLS = "vendor_orders", "vendor_executions"
WINDOW_NS = 900 * NS_PER_S
"""Stamps of a quarter of an hour are held together: a clock that is off by 20 ms a week moves by less than a delay."""


def clock_offsets(
    provider: str,
    routes: pl.DataFrame,
    sightings: pl.DataFrame,
    files: dict[str, pl.DataFrame],
    policy: ReconcilePolicy,
) -> dict[str, dict[str, Any]]:
    """Offsets by source, in milliseconds; each says against which clock.

    Args:
        provider: whose.
        routes: its routes, `hop, venue, sent_at, acknowledged_at`.
        sightings: of its fills, `execution_id, role, seen_at, venue`.
        files: report file kind to their stamps beside ours: `apart_ns`, their stamp minus ours of the same event;
            `after_ns` (orders), their receipt minus ours, which came before; `before_ns` (fills), their fill minus
            when we were told; `at`, ours.
        policy: beyond what a clock differs.
    """
    found: dict[str, tuple[ClockOffset, str]] = {}
    answered = routes.filter(pl.col("hop") == _VENUES, pl.col("venue").is_not_null()).select(_ANSWERED).drop_nulls()
    passed = _passed_on(sightings)
    if passed.height or answered.height:
        found[provider] = (_against_venues(answered, passed, sign=1), "its venues")
        for venue in sorted({*answered["venue"], *passed["venue"]}):
            one = pl.col("venue") == venue
            found[venue] = (_against_venues(answered.filter(one), passed.filter(one), sign=-1), provider)
    else:
        found[provider] = (_against_firm(routes, files), "the firm")
    for kind, apart in files.items():
        stamps = apart.drop_nulls("apart_ns")
        found[kind] = (same_event(stamps["apart_ns"].to_numpy()), "our record of the same events")
    return {source: _plain(offset, against, policy) for source, (offset, against) in found.items()}


def _passed_on(sightings: pl.DataFrame) -> pl.DataFrame:
    """When a venue told of a fill by its clock, and when the provider passed it on by its own; first reports each."""
    first = sightings.group_by("execution_id", "role").agg(pl.col("seen_at").min(), pl.col("venue").first())
    venue, provider = (first.filter(pl.col("role") == role) for role in ("venue", "provider"))
    both = venue.join(provider, on="execution_id", suffix="_provider", maintain_order="left")
    return both.select(
        "venue", pl.col("seen_at").alias("venue_at"), pl.col("seen_at_provider").alias("provider_at")
    ).drop_nulls()


def _against_venues(answered: pl.DataFrame, passed: pl.DataFrame, *, sign: int) -> ClockOffset:
    """The provider's clock against the venues' (sign +1), or the venue's against the provider's (-1)."""
    waited = _by_window(answered, "sent_at", pl.col("acknowledged_at") - pl.col("sent_at"))
    passing = _by_window(passed, "venue_at", pl.col("provider_at") - pl.col("venue_at"))
    if sign > 0:
        return request_and_answer({key: -found for key, found in waited.items()}, passing)
    return request_and_answer({key: -found for key, found in passing.items()}, waited)


def _against_firm(routes: pl.DataFrame, files: dict[str, pl.DataFrame]) -> ClockOffset:
    """What the provider stamped after we sent, and, by its report, before we were told; without a drop copy."""
    first = routes.filter(pl.col("hop") == 1).select(_ANSWERED[1:]).drop_nulls()
    sent = first.select(
        pl.col("sent_at").alias("at"), (pl.col("acknowledged_at") - pl.col("sent_at")).alias("apart_ns")
    )
    got = _stamped(files.get(ORDERS), "after_ns")
    filled = _stamped(files.get(FILLS), "before_ns")
    apart = pl.col("apart_ns")
    return request_and_answer(_by_window(filled, "at", apart), _by_window(pl.concat([sent, got]), "at", apart))


def _stamped(file: pl.DataFrame | None, name: str) -> pl.DataFrame:
    """`at, apart_ns` of the stamps of a file, where it has any."""
    if file is None:
        return pl.DataFrame(schema={"at": pl.Int64, "apart_ns": pl.Int64})
    return file.select("at", pl.col(name).alias("apart_ns")).drop_nulls()


def _by_window(frame: pl.DataFrame, at: str, apart: pl.Expr) -> dict[int, NDArray[np.int64]]:
    windows = frame.select((pl.col(at) // WINDOW_NS).alias("window"), apart.alias("apart"))
    grouped = windows.group_by("window", maintain_order=True).agg("apart")
    return {window: np.array(found, dtype=np.int64) for window, found in grouped.iter_rows()}


def _plain(offset: ClockOffset, against: str, policy: ReconcilePolicy) -> dict[str, Any]:
    ends = (offset.lower, offset.upper)
    allowed = float(policy.time_ms) * NS_PER_MS
    beyond = None if None in ends else bool(ends[0] > allowed or ends[1] < -allowed)  # type: ignore[operator]
    return {
        "estimate": _ms(offset.estimate),
        "lower": _ms(offset.lower),
        "upper": _ms(offset.upper),
        "n": offset.n,
        "windows": offset.windows,
        "against": against,
        "method": offset.method,
        "steady": offset.steady,
        "differs": beyond,
        "reason": offset.reason,
    }


def _ms(ns: float | None) -> float | None:
    return None if ns is None else round(ns / NS_PER_MS, 6)
