"""A venue's share of what the provider routes has left what it was, or what the provider disclosed.

Counted are the last routes (to venues) of market orders and of limit orders that meet the market: there the provider
chooses. Routes of the last `window_sessions` sessions, the judged day among them, are pooled and set beside each of the
sessions before, at most `history_sessions` and at least `least_history` of them. It fires when the share moved by at
least `least_change` and by at least `least_z` standard errors; the spread between sessions is the larger of their
robust deviation (median and MAD) and what chance alone would give. Each earlier session's share is that of the window's
mix of order types: when customers send more limit orders, which go elsewhere, nobody changed the routing. One finding
per provider, at the venue that gained most: where one share rises, others fall.

Where the configuration in force holds `routing_share.MIC` (a share of 1), the window is also compared with that: it
fires beyond `disclosed_tolerance`, with the key `disclosed`.

Left out: orders that rest, auctions, stops and sliced orders, directed orders, a provider with fewer than `least_n`
routes in the window. Ask the provider what changed in its routing logic, when, why, and where the notice is.
"""

from __future__ import annotations

from math import fsum, sqrt
from statistics import median
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, percent
from routeproof.rules.windows import MEETING, counts, divided_days, end_of, share_error, share_of, spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

ByDay = dict["date", dict[str, int]]
SETTING = "routing_share."
_ROWS = {
    "provider": pl.String,
    "venue": pl.String,
    "key": pl.String,
    "share": pl.Float64,
    "usual": pl.Float64,
    "allowed": pl.Float64,
    "sessions": pl.Int64,
    "earlier": pl.Int64,
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose recent shares of venues differ from earlier ones, or from the disclosed ones."""
    rows: list[dict[str, Any]] = []
    history = facts.need("history")
    by_type = {kind: counts(history, "route_share", [kind]) for kind in MEETING}
    for provider, by_day in counts(history, "route_share", MEETING).items():
        own = limits.within(provider=provider)
        types = [found[provider] for found in by_type.values() if provider in found]
        moved = sorted(_moved(by_day, types, facts.day, own), key=_gain)
        rows += [{"provider": provider, "key": "", **row} for row in moved[-1:]]
        disclosed = _disclosed(facts.settings, provider)
        rows += [
            {"provider": provider, "key": "disclosed", **row} for row in _departed(by_day, facts.day, own, disclosed)
        ]
    frame = pl.DataFrame(rows, schema=_ROWS)
    usual = (
        pl.when(pl.col("key") == "disclosed")
        .then(pl.format("the provider disclosed {}", percent(pl.col("usual"))))
        .otherwise(pl.format("it was {} over the {} sessions before", percent(pl.col("usual")), "earlier"))
    )
    return hits(
        frame,
        pl.lit(value=True),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.col("key"),
            unit="ratio",
            observed=pl.col("share"),
            threshold=pl.col("allowed"),
            sentence=pl.format(
                "{} sent {} of its routes of orders that meet the market to {} over {}; {}.",
                "provider",
                percent(pl.col("share")),
                "venue",
                counted("sessions", "sessions"),
                usual,
            ),
        ),
    )


def _gain(row: dict[str, Any]) -> tuple[float, str]:
    return row["share"] - row["usual"], row["venue"]


def _moved(by_day: ByDay, types: Sequence[ByDay], day: date, own: Limits) -> Iterator[dict[str, Any]]:
    recent, before = divided_days(by_day, day, own.value("window_sessions"))
    before = before[-own.value("history_sessions") :]
    routed = sum(sum(by_day[one].values()) for one in recent)
    if len(before) < own.value("least_history") or routed < own.value("least_n"):
        return
    mix = [(found, _routed(found, recent)) for found in types if _routed(found, before)]
    typical = int(median(_routed(by_day, [one]) for one in before))
    for venue in sorted({venue for one in (*recent, *before) for venue in by_day[one]}):
        share = _share_of_mix(mix, recent, venue)
        daily = [found for one in before if (found := _share_of_mix(mix, [one], venue)) is not None]
        if share is None or len(daily) < own.value("least_history"):
            continue
        usual = median(daily)
        between = max(spread(daily), share_error(usual, typical))
        error = between * sqrt(1 / len(recent) + 1 / len(daily))
        change = share - usual
        if abs(change) >= own.value("least_change") and abs(change) >= own.value("least_z") * error:
            side = 1 if change > 0 else -1
            reach = max(own.value("least_change"), own.value("least_z") * error)
            yield {
                "venue": venue,
                "share": share,
                "usual": usual,
                "allowed": usual + side * reach,
                "sessions": len(recent),
                "earlier": len(daily),
            }


def _routed(by_day: ByDay, days: Sequence[date]) -> int:
    """Routes of some days."""
    return sum(sum(by_day[one].values()) for one in days if one in by_day)


def _share_of_mix(mix: Sequence[tuple[ByDay, int]], days: Sequence[date], venue: str) -> float | None:
    """A venue's share on some days, each order type's own by its weight in the mix; null where none was routed."""
    shares = []
    for by_day, weight in mix:
        there = [one for one in days if one in by_day]
        if weight and _routed(by_day, there):
            shares.append((weight, share_of(by_day, there, [venue])[0]))
    whole = sum(weight for weight, _ in shares)
    return fsum(weight * share for weight, share in shares) / whole if whole else None


def _disclosed(settings: pl.DataFrame | None, provider: str) -> dict[str, float]:
    if settings is None:
        return {}
    told = settings.filter((pl.col("provider") == provider) & pl.col("name").str.starts_with(SETTING))
    shares = told.select(pl.col("name").str.strip_prefix(SETTING), pl.col("value").cast(pl.Float64, strict=False))
    return {venue: share for venue, share in shares.sort("name").iter_rows() if share is not None}


def _departed(by_day: ByDay, day: date, own: Limits, disclosed: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    recent, _ = divided_days(by_day, day, own.value("window_sessions"))
    for venue, told in disclosed.items():
        share, whole = share_of(by_day, recent, [venue])
        tolerance = own.value("disclosed_tolerance")
        error = own.value("least_z") * share_error(told, int(whole))
        reach = max(tolerance, error)
        if whole >= own.value("least_n") and abs(share - told) > reach:
            side = 1 if share > told else -1
            told_reach = told + side * reach
            yield {
                "venue": venue,
                "share": share,
                "usual": told,
                "allowed": told_reach,
                "sessions": len(recent),
                "earlier": 0,
            }


RULE = Rule(
    code="RP162",
    name="routing_share_drift",
    title="Routing has changed",
    kind="window",
    scope=("provider",),
    needs=("history",),
    units={
        "window_sessions": "sessions",
        "history_sessions": "sessions",
        "least_history": "sessions",
        "least_n": "routes",
        "least_change": "ratio",
        "least_z": "standard_errors",
        "disclosed_tolerance": "ratio",
    },
    source="FINRA Rule 5310.09(b): review of where orders are routed; change notices of the agreement",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="routing",
)
