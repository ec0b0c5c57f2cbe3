"""`leakage`: what the market does after own orders arrive, are routed and are filled, against matched controls."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.ground import Ground, Span, ground_of, plain
from routeproof.app.analysis.leakage.cells import CUTS, Standards, population, table, whole_of
from routeproof.app.analysis.leakage.day import day_differences
from routeproof.app.analysis.leakage.events import ROUTE, events_of
from routeproof.app.analysis.leakage.flow import day_flow
from routeproof.app.analysis.leakage.said import CAUTION, answer_of, figures, questions, sentences

if TYPE_CHECKING:
    from routeproof.app.context import Context
    from routeproof.policy.analysis.leakage import LeakagePolicy


def leakage(context: Context, span: Span) -> dict[str, Any]:
    """Differences in differences of the far side around own events against matched controls.

    Returns:
        `estimate`, `lower`, `upper` (basis points that the far side moves against the order after a route beyond its
        controls, over all venues), `n` (routes), `refused, reason, assumptions`; `answers`, the headline and one per
        provider; tables `CUTS`, one row per cell and outcome (`move` in basis points, `size` as a share of what was
        displayed) with interval, adjusted p, detectable effect, placebo, other venues and what it `tells`; `questions`
        (sentences to put to a provider); `caution`; `left_out`; `standards`; `figures`.

    Raises:
        UsageError: as `ground_of`.
    """
    ground = ground_of(context, span)
    first = ground.days[0]
    policy = ground.policy.whole.leakage.on_or_first(first).value
    seed = policy.seed if span.seed is None else span.seed
    standards = Standards(policy=policy, evidence=ground.policy.whole.book.evidence.on_or_first(first).value)
    days, left_out = _day_sums(ground, policy, seed)
    every = [part for part in days if part.height]
    sums = pl.concat(every) if every else pl.DataFrame()
    if span.provider is not None and sums.height:
        sums = sums.filter(pl.col("provider") == span.provider)
    tables = {cut: table(sums, cut, standards) if sums.height else [] for cut in CUTS}
    headline, answers = _answers(sums, standards)
    return {
        **ground.stamp(seed),
        **{name: headline[name] for name in ("estimate", "lower", "upper", "n", "refused", "reason", "assumptions")},
        "sentences": sentences(tables),
        "answers": [headline, *answers],
        **tables,
        "questions": questions(tables),
        "caution": CAUTION,
        "left_out": left_out,
        "standards": asdict(policy),
        "figures": figures(tables["by_venue"]),
    }


def _answers(sums: pl.DataFrame, standards: Standards) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if not sums.height:
        return plain(answer_of(None, standards.policy)), []
    routed = population(sums, "by_venue").filter(pl.col("phase") == ROUTE)
    total = plain(answer_of(whole_of(routed, "move", standards), standards.policy))
    answers = []
    for name in sorted(set(sums["provider"])):
        mine = whole_of(routed.filter(pl.col("provider") == name), "move", standards)
        answers.append({"provider": name, **plain(answer_of(mine, standards.policy))})
    return total, answers


def _day_sums(ground: Ground, policy: LeakagePolicy, seed: int) -> tuple[list[pl.DataFrame], dict[str, int]]:
    """Sums day by day, and how many routes were left out because their order is not of the day."""
    found, strangers = [], 0
    for day in ground.days:
        hours = ground.rules.hours(day)
        flow = day_flow(ground.source, day)
        strangers += flow.strangers
        if hours is None or flow.routes.is_empty():
            continue
        events = events_of(flow.routes, flow.fills, flow.orders, flow.quotes, policy)
        found.append(day_differences(events, flow.own, flow.book, day, hours, policy, seed))
    return found, {"routes_of_orders_of_other_days": strangers}
