"""Liquidity access: venues that a provider disclosed, venues that it used, venues that matter; the gaps each way."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import fsum
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.tape_shares import tape_shares
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.file import provider_of
from routeproof.app.provider.listed_venues import listed_on
from routeproof.stores.shipped_policy import load_equity_calendar
from routeproof.tables.through_provider import through
from routeproof.vocab.fixed import SCALE, SCALE_DIGITS
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from routeproof.app.context import Context

OFF_EXCHANGE = ("FINN", "FINC", "FINY", "FINR", "XADF")
"""Trade reporting facilities: where prints are reported, not where anybody can route to."""

COUNTED = ["order_id", "provider_id", "symbol", "venue", "quantity"]
COLUMNS = [*COUNTED, "route_id", "status"]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was seen in a period: fills by symbol and venue, and the tape's share by symbol and venue, of 1."""

    fills: Sequence[Row]
    tape: Mapping[tuple[str, str], Fraction]


def liquidity_access(context: Context, provider_id: str, period: str) -> Row:
    """Disclosed against used against material venues of a quarter; disclosed is what the list named at its end.

    Returns:
        `provider, period, from, to, manifest, material_share, disclosed`; `reach`: see `_reach`; `venues`: one row per
        venue of any of the three kinds; `gaps`: `kind` is `used_not_disclosed`, `disclosed_not_used`,
        `material_not_disclosed` or `material_not_used` (disclosed, but without a fill in that symbol), with symbol and
        shares; `notes`: what could not be told. A venue's `tape_share` is null where the tape says nothing of the
        provider's symbols.

    Raises:
        UsageError: if there is no such provider, or the period is no quarter.
    """
    first, last = quarter_days(period)
    disclosed = disclosed_in(context, provider_id, period)
    threshold = policy_in_force(context.records).whole.providers.material_venue_share.on_or_first(first).value
    manifest = context.lake.manifest().id
    seen = _seen(context, provider_id, first, last, manifest)
    material = {key: share for key, share in seen.tape.items() if share >= Fraction(threshold) and _reachable(key[1])}
    return {
        "provider": provider_id,
        "period": period.upper(),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "manifest": manifest,
        "material_share": float(threshold),
        "disclosed": disclosed,
        "reach": _reach(disclosed, seen),
        "venues": _venues(disclosed, seen, material),
        "gaps": _gaps(disclosed, seen, material),
        "notes": _notes(seen, threshold),
    }


def disclosed_in(context: Context, provider_id: str, period: str) -> list[str]:
    """Venues of the provider's list in force on the last day of a quarter, sorted.

    Raises:
        UsageError: if there is no such provider, or the period is no quarter.
    """
    provider_of(context, provider_id)
    return sorted(listed_on(context.records, provider_id, quarter_days(period)[1]))


def flow_by_venue(context: Context, provider_id: str, period: str) -> dict[str, float]:
    """Share of a provider's executed shares of a quarter by venue; empty without executions.

    Raises:
        UsageError: the period is no quarter.
    """
    first, last = quarter_days(period)
    fills = _fills(context, provider_id, first, last, context.lake.manifest().id)
    total = sum(row["executed_shares"] for row in fills)
    sums: dict[str, int] = {}
    for row in fills:
        if row["venue"]:
            sums[row["venue"]] = sums.get(row["venue"], 0) + row["executed_shares"]
    return {venue: shares / total for venue, shares in sums.items()} if total else {}


def _reachable(venue: str) -> bool:
    return venue not in OFF_EXCHANGE


def _seen(context: Context, provider_id: str, first: date, last: date, manifest: str) -> _Seen:
    fills = _fills(context, provider_id, first, last, manifest)
    symbols = sorted({row["symbol"] for row in fills})
    shares = tape_shares(context.lake, manifest, load_equity_calendar().sessions(first, last))
    return _Seen(fills, _shares_of(shares, symbols))


def _fills(context: Context, provider_id: str, first: date, last: date, manifest: str) -> list[Row]:
    """Fills by symbol and venue: `symbol, venue, executions, executed_shares` at 1e-9; no quote is looked up for it."""
    source = LakeSource(context.lake, manifest)
    days = [day for day in source.days() if first <= day <= last]
    if not days:
        return []
    orders = context.lake.scan("parent_orders", manifest=manifest).select("order_id", "provider_id")
    theirs = orders.filter(pl.col("provider_id") == provider_id).collect()
    fills = pl.concat([source.standing_fills(day, COLUMNS).select(COUNTED) for day in days])
    sums = (
        fills.filter(through(provider_id, theirs))
        .group_by("symbol", "venue")
        .agg(pl.len().alias("executions"), pl.col("quantity").sum().alias("executed_shares"))
    )
    return sums.sort("symbol", "venue", nulls_last=True).to_dicts()


def _shares_of(shares: pl.DataFrame, symbols: Sequence[str]) -> dict[tuple[str, str], Fraction]:
    """Each venue's share of a symbol's reported prints over all days, exactly."""
    if shares.is_empty():
        return {}
    sums = (
        shares.filter(pl.col("symbol").is_in(symbols) & pl.col("venue").is_not_null())
        .group_by("symbol", "venue")
        .agg(pl.col("quantity").sum())
    )
    totals: dict[str, int] = {}
    for symbol, _, quantity in sums.iter_rows():
        totals[symbol] = totals.get(symbol, 0) + quantity
    return {(symbol, venue): Fraction(quantity, totals[symbol]) for symbol, venue, quantity in sums.iter_rows()}


def _reach(disclosed: Sequence[str], seen: _Seen) -> dict[str, float | None]:
    """Share of the tape that the provider reaches, each symbol weighed by the provider's own executed shares in it.

    Returns:
        `disclosed`: printed at venues it disclosed; `used`: at venues where it had a fill in that symbol;
        `off_exchange`: at facilities where nobody routes to; `not_reached`: the rest. Null without tape or fills.
    """
    weights: dict[str, int] = {}
    for row in seen.fills:
        weights[row["symbol"]] = weights.get(row["symbol"], 0) + row["executed_shares"]
    used = {(row["symbol"], row["venue"]) for row in seen.fills}
    total = sum(weights[symbol] for symbol in {symbol for symbol, _ in seen.tape})

    def share(counts: Callable[[str, str], bool]) -> float | None:
        sums = (share * weights[symbol] for (symbol, venue), share in seen.tape.items() if counts(symbol, venue))
        return float(sum(sums, Fraction(0)) / total) if total else None

    return {
        "disclosed": share(lambda _, venue: venue in disclosed),
        "used": share(lambda symbol, venue: (symbol, venue) in used),
        "off_exchange": share(lambda _, venue: not _reachable(venue)),
        "not_reached": share(lambda _, venue: venue not in disclosed and _reachable(venue)),
    }


def gaps_by_venue(gaps: Sequence[Row]) -> list[Row]:
    """Gaps of a kind at a venue as one row, with the symbols, the most of the tape first."""
    together: dict[tuple[str, str], list[Row]] = {}
    for gap in gaps:
        together.setdefault((gap["kind"], gap["venue"]), []).append(gap)
    rows = [
        {
            "kind": kind,
            "venue": venue,
            "symbols": [gap["symbol"] for gap in found if gap["symbol"]],
            "executed_shares": round(fsum(gap["executed_shares"] for gap in found), SCALE_DIGITS),
            "largest_tape_share": max((gap["tape_share"] or 0.0 for gap in found), default=None) or None,
        }
        for (kind, venue), found in together.items()
    ]
    return sorted(rows, key=lambda row: -(row["largest_tape_share"] or 0.0))


def _venues(disclosed: Sequence[str], seen: _Seen, material: Mapping[tuple[str, str], Fraction]) -> list[Row]:
    total = sum(row["executed_shares"] for row in seen.fills)
    names = {*disclosed, *(row["venue"] for row in seen.fills if row["venue"]), *(venue for _, venue in material)}
    rows = []
    for venue in sorted(names):
        own = [row for row in seen.fills if row["venue"] == venue]
        shares = sum(row["executed_shares"] for row in own)
        rows.append(
            {
                "venue": venue,
                "disclosed": venue in disclosed,
                "used": bool(own),
                "material_in": sorted(symbol for symbol, name in material if name == venue),
                "executions": sum(row["executions"] for row in own),
                "executed_shares": shares / SCALE,
                "share_of_flow": shares / total if total else None,
                "symbols": sorted({row["symbol"] for row in own}),
            }
        )
    return rows


def _gaps(disclosed: Sequence[str], seen: _Seen, material: Mapping[tuple[str, str], Fraction]) -> list[Row]:
    used = {(row["symbol"], row["venue"]): row["executed_shares"] for row in seen.fills if row["venue"]}
    used_venues = {venue for _, venue in used}
    gaps = [
        _gap("used_not_disclosed", venue, symbol, seen, shares)
        for (symbol, venue), shares in sorted(used.items())
        if venue not in disclosed
    ]
    gaps += [_gap("disclosed_not_used", venue, None, seen, 0) for venue in sorted({*disclosed} - used_venues)]
    for symbol, venue in sorted(material):
        if venue not in disclosed:
            gaps.append(_gap("material_not_disclosed", venue, symbol, seen, used.get((symbol, venue), 0)))
        elif (symbol, venue) not in used:
            gaps.append(_gap("material_not_used", venue, symbol, seen, 0))
    return gaps


def _gap(kind: str, venue: str, symbol: str | None, seen: _Seen, shares: int) -> Row:
    share = seen.tape.get((symbol, venue)) if symbol else None
    return {
        "kind": kind,
        "venue": venue,
        "symbol": symbol,
        "executed_shares": shares / SCALE,
        "tape_share": float(share) if share is not None else None,
    }


def _notes(seen: _Seen, threshold: Decimal) -> list[str]:
    notes = [f"A venue is material in a symbol from a share of {threshold} of its reported regular-hours prints."]
    lost = sum(row["executed_shares"] for row in seen.fills if row["venue"] is None)
    if not seen.fills:
        notes.append("No executions of this provider in the period: what it uses cannot be told.")
    if lost:
        notes.append(f"{lost / SCALE:,.0f} executed shares have no venue: where they went cannot be told.")
    if not seen.tape:
        notes.append("No tape of these symbols in the period: which venues are material cannot be told.")
    if off := sorted({venue for _, venue in seen.tape if not _reachable(venue)}):
        notes.append(f"Prints reported off exchange ({', '.join(off)}) count in the tape; nobody routes there.")
    return notes
