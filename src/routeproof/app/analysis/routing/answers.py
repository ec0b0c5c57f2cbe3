"""`routing answers`: each testable answer of a provider's questionnaire as a claim, its test, the result, the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from routeproof.app.analysis.choices.cells import choice_cells
from routeproof.app.analysis.choices.venue_money import TIED_KINDS, venue_money
from routeproof.app.analysis.choices.venue_routes import venue_routes
from routeproof.app.analysis.conflict.judge import case_of, verdicts
from routeproof.app.analysis.conflict.run import inducements_of
from routeproof.app.analysis.conflict.study import study_of
from routeproof.app.analysis.ground import ground_of
from routeproof.app.analysis.routing.checks import CHECKS, EXAMPLES, Record
from routeproof.app.analysis.routing.drift import change_rows, found_changes, notices_of, streams
from routeproof.app.analysis.routing.lists import START, hops_of
from routeproof.app.analysis.routing.on_file import CANNOT_TELL
from routeproof.app.provider.file import provider_of, questions_of
from routeproof.evidence.choice.logit import fit
from routeproof.tables.through_provider import through
from routeproof.vocab.errors import UsageError
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.app.analysis.choices.venue_money import VenueMoney
    from routeproof.app.analysis.ground import Ground, Span
    from routeproof.app.context import Context
    from routeproof.policy.analysis.routing import RoutingPolicy

Row = dict[str, Any]


def routing_answers(context: Context, span: Span) -> Row:
    """Test the answers of the span's provider.

    Returns:
        The stamp of the ground; `estimate` (answers contradicted), `n` (answers tested), `refused`, `reason`,
        `assumptions`; `checks`: `question_id, question, answer, claim, test, result, why, rows` in the order of the
        questionnaire; `result` is `supported`, `contradicted` or `cannot tell`.

    Raises:
        UsageError: no provider is named, there is none of that name, or no own flow of it within the span.
    """
    if span.provider is None:
        message = "expected the provider whose answers are to be tested, found none"
        raise UsageError(message, where="--provider")
    provider = provider_of(context, span.provider)
    asked = questions_of(provider.round)
    ground = ground_of(context, span)
    policy = ground.policy.whole.routing.on_or_first(ground.days[-1]).value
    seed = policy.seed if span.seed is None else span.seed
    record = _record(context, ground, span.provider, policy, seed)
    rows = []
    for name, check in CHECKS.items():
        given = provider.round.answers.get(name)
        if name not in asked:
            continue
        row = {"question_id": name, "question": asked[name].question, "answer": given.answer if given else None}
        if given is None:
            said: Row = {"claim": None, "test": None, "result": CANNOT_TELL, "why": "not answered", "rows": []}
        else:
            found = check(given.answer, record)
            said = {"claim": found.claim, "test": found.test, "result": found.result, "why": found.why}
            said |= {"rows": list(found.rows)}
        rows.append(row | said)
    told = [row for row in rows if row["result"] != CANNOT_TELL]
    wrong = sum(row["result"] == "contradicted" for row in rows)
    return {
        **ground.stamp(seed),
        "estimand": "answers of the questionnaire that the record contradicts",
        "unit": "answers",
        "estimate": wrong if told else None,
        "lower": wrong if told else None,
        "upper": wrong if told else None,
        "n": len(told),
        "counted": "answers that could be tested",
        "refused": not told,
        "reason": None if told else "no answer could be tested",
        "assumptions": ["A claim is read from the answer's first words and the MICs in it; read the answer too."],
        "detectable": None,
        "sentences": [f"{row['question_id']} is {row['result']}: {row['why']}." for row in told],
        "checks": rows,
        "figures": {},
    }


def _record(context: Context, ground: Ground, provider: str, policy: RoutingPolicy, seed: int) -> Record:
    money = venue_money(context, ground)
    cells, hops = [], []
    for day in venue_routes(ground, money):
        cells.append(choice_cells(day.rows))
        hops.append(hops_of(day.rows))
    together = pl.concat(cells)
    payment, preference = _choice(ground, provider, together, money, seed)
    all_streams = list(streams(together, policy))
    notices = notices_of(context.records).get(provider, [])
    found = found_changes(all_streams, policy, seed)
    all_hops = pl.concat(hops)
    return Record(
        fills=_fills(ground, provider),
        routed=_routed(all_hops),
        first_looks=_first_looks(all_hops, policy),
        payment=payment,
        preference=preference,
        changes=[row for one in found for row in change_rows(one, notices, policy)],
        scanned=len(found),
        payments=_payments(ground, provider),
        ties=[
            {"venue": one.venue, "kind": one.kind, "source": one.source}
            for one in money.ties
            if one.provider == provider and one.kind in TIED_KINDS and one.holds(provider, ground.days[-1])
        ],
        policy=policy,
    )


def _choice(
    ground: Ground, provider: str, cells: pl.DataFrame, money: VenueMoney, seed: int
) -> tuple[Row | None, tuple[float, float, float] | None]:
    """The finding on payment, and how predicted cost enters the choice when quality alone explains it."""
    policy = ground.policy.whole.conflicts.on_or_first(ground.days[-1]).value
    standards = replace(ground.policy.whole.book.evidence.on_or_first(ground.days[-1]).value, bootstrap_seed=seed)
    study = study_of(cells, provider, policy.classes)
    if study is None:
        return None, None
    case = case_of(study, inducements_of(study, provider, money), policy, standards)
    (payment, *_), (verdict, adjusted), pull = case.inducements, verdicts([case], policy)[0][0], case.pull
    lost = payment.per_share.value if payment.per_share else None
    row = {"verdict": verdict, "p": adjusted, "pull_p": payment.pull_p, "loss_p": payment.loss_p, "lost_usd": lost}
    if pull is None or "cost" not in pull.names or pull.fit.effective_days < standards.least_effective_days:
        return row, None
    plain = np.array([place for place, name in enumerate(pull.names) if name in ("cost", "fill", "shown")])
    alone = fit(pull.choices.only(plain), np.full(len(plain), policy.ridge))
    return row, alone.interval([pull.names[place] for place in plain].index("cost"), standards.confidence)


def _fills(ground: Ground, provider: str) -> list[Row]:
    """`venue, fills, with_route, examples` of standing fills that name a venue, by venue."""
    parts = []
    for day in ground.days:
        orders = ground.source.rows("parent_orders", day)
        routes = ground.source.rows("routes", day).filter(pl.col("venue").is_not_null())
        fills = ground.source.rows("executions", day).filter(
            (pl.col("status") != "busted") & pl.col("venue").is_not_null()
        )
        known = fills.filter(through(provider, orders)).join(
            routes.select("route_id", pl.col("venue").alias("sent_to")), on="route_id", how="left"
        )
        parts.append(known.select("venue", "execution_id", (pl.col("sent_to") == pl.col("venue")).alias("has_route")))
    has_route = pl.col("has_route").fill_null(value=False)
    found = pl.concat(parts).group_by("venue").agg(
        pl.len().cast(pl.Int64).alias("fills"),
        has_route.sum().cast(pl.Int64).alias("with_route"),
        pl.col("execution_id").filter(~has_route).sort().head(EXAMPLES).alias("examples"),
    )  # fmt: skip
    return found.sort("venue").to_dicts()


def _routed(hops: pl.DataFrame) -> list[Row]:
    routes = hops.group_by(pl.col("venue").cast(pl.String)).agg(pl.len().cast(pl.Int64).alias("routes"))
    return routes.sort("venue").to_dicts()


def _first_looks(hops: pl.DataFrame, policy: RoutingPolicy) -> list[Row]:
    first = hops.filter(
        (pl.col("before").cast(pl.String) == START) & pl.col("order_class").cast(pl.String).is_in(list(policy.classes))
    )
    return (
        first.group_by(pl.col("venue").cast(pl.String))
        .agg(
            pl.len().cast(pl.Int64).alias("first_routes"),
            pl.col("fill_ns").is_not_null().mean().alias("filled_share"),
        )
        .sort("venue")
        .to_dicts()
    )


def _payments(ground: Ground, provider: str) -> list[Row]:
    months = {day.replace(day=1) for day in ground.days}
    found = ground.source.lake.read("payments", manifest=ground.source.manifest).filter(
        (pl.col("provider_id") == provider) & pl.col("month").is_in(sorted(months)) & (pl.col("payment_usd") > 0)
    )
    return [
        {"venue": venue, "month": month.isoformat()[:7], "payment_usd": paid / SCALE}
        for venue, month, paid in found.sort("venue", "month").select("venue", "month", "payment_usd").iter_rows()
    ]
