"""Facts about the choice of venue: first venues of a day and of the sessions before it, counted once a day and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.choices.cells import choice_cells
from routeproof.app.analysis.choices.venue_money import RATE, VenueMoney
from routeproof.app.analysis.choices.venue_routes import venue_routes
from routeproof.app.analysis.ground import Ground, Span
from routeproof.app.analysis.routing.drift import notices_of
from routeproof.app.facts.kept_days import KeptDays
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.shipped_rules import rules_of
from routeproof.rules.announcements import ANNOUNCEMENTS
from routeproof.rules.choice_streams import CHOICES
from routeproof.rules.stream_metrics import MARKETABLE
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.records import Records

_READ = ("parent_orders", "order_versions", "routes", "executions", "quotes", "market_status", "instruments")
"""Tables that a day's choices follow from."""


def choice_facts(
    context: Context, day: date, manifest: str, sessions: int | None, told: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The members `choices` and `announcements` of `Facts`, or why they are not there.

    Args:
        context: the workspace.
        day: trading day.
        manifest: the lake as it is judged.
        sessions: how many sessions before the day are counted too; null: nobody looks at choices.
        told: is told what is being counted.
    """
    if sessions is None:
        return {}, {"choices": "no rule that is on looks at them"}
    source = LakeSource(context.lake, manifest)
    routed = set(context.lake.days("routes", manifest))
    days = [one for one in source.days() if one <= day and one in routed][-sessions - 1 :]
    if not days:
        return {}, {"choices": "there are no routes"}
    found = list(_choices(context, source, days, told))
    every = pl.concat([CHOICES.to_frame(), *found])
    return {"choices": every, "announcements": announcements(context.records)}, {}


def announcements(records: Records) -> pl.DataFrame:
    """Versions of configurations that were not rejected, `ANNOUNCEMENTS`."""
    rows = [
        (provider, one.config, one.number, one.effective_from, one.notice_on)
        for provider, known in notices_of(records).items()
        for one in known
    ]
    return pl.DataFrame(rows, schema=ANNOUNCEMENTS, orient="row")


def _choices(
    context: Context, source: LakeSource, days: list[date], told: Callable[[str], None]
) -> Iterator[pl.DataFrame]:
    policy = policy_in_force(context.records)
    kept = KeptDays(source=source, folder=context.workspace.choices_folder, tables=_READ, made_of=(policy.id,))
    read = {one: kept.read(one) for one in days}
    missing = tuple(one for one, found in read.items() if found is None)
    yield from (found.cast(CHOICES) for found in read.values() if found is not None)
    if not missing:
        return
    told(f"counting first venues, {missing[0]} to {missing[-1]}")
    rules = rules_of(context.lake, source.manifest, policy.whole)
    ground = Ground(source=source, days=missing, rules=rules, policy=policy, span=Span())
    lasting = source.long_lived()[0].select("order_id")
    money = VenueMoney(fees=TABLES["fee_schedules"].empty(), rates=RATE.to_frame(), ties=())
    for measured in venue_routes(ground, money):
        short = measured.rows.join(lasting, on="order_id", how="anti", maintain_order="left")
        yield kept.keep(measured.day, _counted(short))


def _counted(rows: pl.DataFrame) -> pl.DataFrame:
    """`CHOICES` of one day, of orders that meet the market; what they paid or cost plays no part."""
    cells = choice_cells(rows).filter(pl.col("order_class").is_in(MARKETABLE))
    named = cells.rename({"trading_day": "day"})
    return named.group_by(*(name for name in CHOICES if name != "n")).agg(pl.col("n").sum()).select(
        CHOICES.names()).cast(CHOICES).sort(CHOICES.names())  # fmt: skip
