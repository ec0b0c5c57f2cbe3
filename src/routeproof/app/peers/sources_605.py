"""Sources of liquidity in the firm's symbols by public reports, and whether its provider uses them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.measure import Question, measure
from routeproof.policy.disclosure605 import first_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from routeproof.app.context import Context

FINRA = "T"
EXCHANGE, OFF_EXCHANGE = "exchange", "off-exchange"


@dataclass(frozen=True, slots=True)
class Used:
    """One reporter.

    Attributes:
        kind: `exchange`, or `off-exchange` for a dealer or ATS, whose designated participant is FINRA.
        share: of the shares that all reporters of the table executed in the firm's symbols; null if none did.
        used: the provider has fills there.
    """

    kind: str
    share: float | None
    used: bool


def used_venues(context: Context, provider: str, months: Sequence[str], manifest: str | None) -> frozenset[str]:
    """Names by which the venues of a provider's fills may stand in a report: its codes, operators, owners."""
    seen = _seen(context, provider, months, manifest)
    venues = context.lake.read("venues", manifest=manifest)
    others = venues.filter(pl.col("mic").is_in(sorted(seen))).select("operator", "affiliate_of")
    return frozenset(seen | {name for row in others.iter_rows() for name in row if name})


def venue_kinds(context: Context, provider: str, months: Sequence[str], manifest: str | None) -> frozenset[str]:
    """Kinds of the venues of a provider's fills, of those whose kind is known."""
    seen = _seen(context, provider, months, manifest)
    venues = context.lake.read("venues", manifest=manifest)
    kinds = venues.filter(pl.col("mic").is_in(sorted(seen)) & (pl.col("kind") != "")).get_column("kind")
    return frozenset(EXCHANGE if kind == EXCHANGE else OFF_EXCHANGE for kind in kinds)


def public_kinds(public: pl.LazyFrame) -> frozenset[str]:
    """Kinds of the reporters of additive rows."""
    participants = public.select(pl.col("participant").unique()).collect().get_column("participant")
    return frozenset(OFF_EXCHANGE if name == FINRA else EXCHANGE for name in participants)


def _seen(context: Context, provider: str, months: Sequence[str], manifest: str | None) -> set[str]:
    """Venue codes of a provider's fills in the months."""
    first, last = first_of(min(months)), first_of(max(months))
    question = Question(
        by=("venue",),
        metrics=("executions",),
        first=first,
        last=last.replace(day=monthrange(last.year, last.month)[1]),
        where=(f"provider={provider}",),
        manifest=manifest,
    )
    rows = measure(context.lake, question, context.workspace.cache_folder).rows
    return {row["venue"] for row in rows.iter_rows(named=True) if row["executions"] and row["venue"]}


def liquidity(public: pl.LazyFrame, own: pl.DataFrame, used: Collection[str]) -> dict[str, Used]:
    """Reporter -> what it is to the firm's symbols."""
    symbols = own.filter(pl.col("covered_shares") > 0).get_column("symbol").unique().to_list()
    sums = public.group_by("reporter", "participant").agg(
        pl.when(pl.col("symbol").is_in(symbols)).then("executed_shares").sum().alias("shares")
    )
    rows = sums.sort("reporter", "participant", nulls_last=True).collect().rows()
    total = sum(shares or 0 for _, _, shares in rows)
    found: dict[str, Used] = {}
    for reporter, participant, shares in rows:
        before = found.get(reporter)
        share = (shares or 0) / total if total else None
        if before is not None and share is not None:
            share += before.share or 0.0
        kind = OFF_EXCHANGE if participant == FINRA else EXCHANGE
        is_used = reporter in used or reporter.removeprefix(participant or "") in used
        found[reporter] = Used(before.kind if before else kind, share, is_used)
    return found
