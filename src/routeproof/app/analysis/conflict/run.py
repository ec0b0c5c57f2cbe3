"""`conflicts test`: does the chance of routing to a venue rise with what it pays, given the quality predicted there?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.choices.cells import choice_cells
from routeproof.app.analysis.choices.resting import resting_cells
from routeproof.app.analysis.choices.venue_money import ADDED, REMOVED, TIED_KINDS, venue_money
from routeproof.app.analysis.choices.venue_routes import venue_routes
from routeproof.app.analysis.conflict.figures import dose_figure
from routeproof.app.analysis.conflict.judge import Case, case_of, verdicts
from routeproof.app.analysis.conflict.report import provider_answers, provider_row
from routeproof.app.analysis.conflict.resting import RESTING, resting_answers, resting_money, resting_venues
from routeproof.app.analysis.conflict.study import Inducements, study_of
from routeproof.app.analysis.ground import ground_of, plain
from routeproof.app.analysis.headline import headline_of
from routeproof.evidence.answer import refused

if TYPE_CHECKING:
    from routeproof.app.analysis.choices.venue_money import VenueMoney
    from routeproof.app.analysis.conflict.study import Study
    from routeproof.app.analysis.ground import Ground, Span
    from routeproof.app.context import Context
    from routeproof.policy.analysis.conflicts import ConflictsPolicy
    from routeproof.policy.thresholds import EvidenceStandards

Row = dict[str, Any]
TAKING = "taking"


def conflicts_test(context: Context, span: Span) -> Row:
    """The test for each provider of the span.

    Returns:
        The stamp of the ground; `estimate, lower, upper, n, refused, reason, assumptions, detectable` of the headline
        (pull of payment of the only provider, or of the one with the smallest p); `answers`, each with `provider` and
        `about`; `findings`: `provider, orders, kind, verdict, p, pull_p, loss_p, loss_usd_per_share,
        loss_share_unfilled, reason`, `orders` being `taking` or `resting`; `venues`, `resting_venues`: dose and
        response of each; `money` by order class; `left_out` counts; `figures`.

    Raises:
        UsageError: no own flow within the span, or none of the provider.
    """
    ground = ground_of(context, span)
    policy = ground.policy.whole.conflicts.on_or_first(ground.days[-1]).value
    seed = policy.seed if span.seed is None else span.seed
    standards = replace(ground.policy.whole.book.evidence.on_or_first(ground.days[-1]).value, bootstrap_seed=seed)
    money = venue_money(context, ground)
    left_out: dict[str, int] = {}
    parts, rests = [], []
    for day in venue_routes(ground, money):
        parts.append(choice_cells(day.rows))
        rests.append(resting_cells(day.rows.filter(pl.col("order_class").is_in(policy.resting)), policy.rest_ms))
        for reason, count in day.left_out.items():
            left_out[reason] = left_out.get(reason, 0) + count
    found = _studied(pl.concat(parts), pl.concat(rests), money, policy, standards)
    return {**ground.stamp(seed), **_told(found, money, policy, standards, ground), "left_out": left_out}


def _studied(
    cells: pl.DataFrame, rests: pl.DataFrame, money: VenueMoney, policy: ConflictsPolicy, standards: EvidenceStandards
) -> list[tuple[str, Case]]:
    """Cases by provider: of orders that take, then of those that rest."""
    studies = (
        (provider, study)
        for provider in sorted({*cells["provider"].drop_nulls()})
        for study in (
            study_of(cells, provider, policy.classes),
            study_of(rests, provider, policy.resting, rests=True),
        )
        if study is not None
    )
    return [
        (provider, case_of(study, inducements_of(study, provider, money), policy, standards))
        for provider, study in studies
    ]


def inducements_of(study: Study, provider: str, money: VenueMoney) -> Inducements:
    """What each venue pays a provider on each day for orders that take, or rest, and how it is tied."""
    shape = (len(study.days), len(study.venues))
    net, cash, tie, arrangement, untold = (np.zeros(shape) for _ in range(5))
    for place, day in enumerate(study.days):
        rates = money.net_rates(list(study.venues), provider, ADDED if study.rests else REMOVED, day)
        held = [one for one in money.ties if one.holds(provider, day)]
        tied = {one.venue for one in held if one.kind in TIED_KINDS}
        named = {one.venue for one in held} - tied
        unknown = money.unpriced(list(study.venues), provider, day)
        for number, venue in enumerate(study.venues):
            net[place, number], cash[place, number] = rates[venue]
            tie[place, number] = venue in tied
            arrangement[place, number] = venue in named
            untold[place, number] = venue in unknown
    return Inducements(net, cash, tie, arrangement, untold)


def _told(
    found: list[tuple[str, Case]],
    money: VenueMoney,
    policy: ConflictsPolicy,
    standards: EvidenceStandards,
    ground: Ground,
) -> Row:
    words = verdicts([case for _, case in found], policy)
    answers, findings, rows, resting, figures, by_class = [], [], [], [], {}, []
    for (provider, case), said in zip(found, words, strict=True):
        of = {"provider": provider, "orders": RESTING if case.study.rests else TAKING}
        told = resting_answers(case, standards) if case.study.rests else provider_answers(case, standards)
        answers += [plain(answer) | of | about for answer, about in told]
        report = provider_row(case, said, standards)
        findings += [{**of, **row} for row in report["findings"]]
        if case.study.rests:
            resting += [{"provider": provider, **row} for row in resting_venues(case, standards)]
            by_class += [{"provider": provider, **row} for row in resting_money(case)]
            continue
        rows += [{"provider": provider, **row} for row in report["venues"]]
        by_class += [{"provider": provider, **row} for row in report["money"]]
        if report["venues"]:
            figures[f"dose_response_{provider}"] = dose_figure(report["venues"])
    named: dict[str, list[str]] = {}
    for row in rows:
        named.setdefault(row["provider"], []).append(row["venue"])
    return {
        **_headline(answers, findings),
        "sentences": [_sentence(row, answers) for row in findings if row["p"] is not None],
        "answers": answers,
        "findings": findings,
        "venues": rows,
        "resting_venues": resting,
        "money": by_class,
        "notes": [unpaid(name) for name in sorted({one for one, _ in found} - {*money.rates["provider"]})],
        "unpriced": [
            {"provider": provider, "venue": venue}
            for provider, venues in sorted(named.items())
            for venue in money.unpriced(venues, provider, ground.days[-1])
        ],
        "ties": [
            {"provider": one.provider, "venue": one.venue, "kind": one.kind, "source": one.source} for one in money.ties
        ],
        "figures": figures,
    }


def unpaid(provider: str) -> str:
    """What it means that nobody delivered payments of a provider's flow: unknown is not nothing."""
    return (
        f"expected the payments for {provider}'s flow, found none on record up to these days: net payment is rebates "
        "less fees alone, and what is paid beside them is not known"
    )


def _sentence(finding: Row, answers: list[Row]) -> str:
    """One finding in words, with the money of all order classes."""
    own = [
        row
        for row in answers
        if (row["provider"], row["kind"], row["orders"]) == (finding["provider"], finding["kind"], finding["orders"])
        and row.get("order_class") == "all"
        and row.get("bound") == "all sizes"
    ]
    rests = finding["orders"] == RESTING
    whose = f"{finding['provider']}, orders that rest" if rests else finding["provider"]
    said = f"{whose}, {finding['kind']}: {finding['verdict']} (p = {finding['p']:.2g})"
    return "; ".join([said, *(_amount(row, rests=rests) for row in own if row["estimate"] is not None)]) + "."


def _amount(row: Row, *, rests: bool) -> str:
    """Money, or shares of orders that rest, with its interval; less than nothing is told as less."""
    much, least, most, way = row["estimate"], row["lower"], row["upper"], "more"
    if much < 0.0:
        much, least, most, way = -much, -most, -least, "less"
    if rests:
        return f"{much:,.0f} shares ({least:,.0f} to {most:,.0f}) {way} stayed unfilled than elsewhere"
    done = "customers lost" if row["about"] == "loss" else "the router earned"
    return f"{done} {much:,.0f} USD ({least:,.0f} to {most:,.0f}) {way} than elsewhere"


def _headline(answers: list[Row], findings: list[Row]) -> Row:
    taken = [row for row in answers if row["orders"] == TAKING]
    pulls = {row["provider"]: row for row in taken if row["about"] == "pull" and row["kind"] == "payment"}
    if not pulls:
        none = refused(
            "pull of payment on the choice of venue", "log odds per cent per 100 shares",
            "no orders of the judged classes whose routes to venues are known", counted="orders", assumptions=(),
        )  # fmt: skip
        return headline_of(plain(none))
    own = [row for row in findings if row["orders"] == TAKING]
    order = sorted(own, key=lambda row: (row["kind"] != "payment", row["p"] is None, row["p"], row["provider"]))
    chosen = pulls[order[0]["provider"]]
    return headline_of(chosen) | {"headline_provider": order[0]["provider"]}
