"""Findings: hits with an identity that depends only on the rule and the records it speaks of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.rules.hits import HITS
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts
    from routeproof.rules.rule import Rule

FINDINGS = pl.Schema(
    {
        "id": pl.String(),
        "rule": pl.String(),
        "severity": pl.String(),
        "day": pl.Date(),
        **HITS,
        "status": pl.String(),
        "group": pl.String(),
        "family": pl.String(),
    }
)
"""Hits, and: id (16 hex digits), status `final` or `waiting` (what is seen later may still change it), group (findings
of one group are one matter: those of an order, or of an incident), family (see `Rule`); metrics are never null."""

FINAL, WAITING, UNDUE = "final", "waiting", "undue"
"""Undue: a timer that has not run out; it is no finding yet, and tells when to look again."""
_DIGITS = 16
NO_FINDINGS = FINDINGS.to_frame()
_OF_RULE = pl.Schema(
    {
        "rule": pl.String(),
        "severity": pl.String(),
        "family": pl.String(),
        "wide": pl.Boolean(),
        "quoted": pl.Boolean(),
        "is_timer": pl.Boolean(),
        "own_metrics": pl.List(pl.String()),
    }
)


def findings_of(facts: Facts, fired: Sequence[tuple[Rule, Limits, pl.DataFrame]]) -> pl.DataFrame:
    """Hits of rules as findings; of several hits with one identity the first in time stands."""
    if not fired:
        return NO_FINDINGS
    said = [
        (rule.name, limits.severity, rule.family, rule.wide, rule.quoted, rule.kind == "lifecycle", rule.metrics)
        for rule, limits, _ in fired
    ]
    of_rule = pl.DataFrame(said, schema=_OF_RULE, orient="row")
    rule_of = np.repeat(np.arange(len(fired)), [hits.height for _, _, hits in fired])
    hits = pl.concat([hits for _, _, hits in fired]).hstack(of_rule[rule_of])
    hits = hits.with_columns(pl.coalesce("metrics", "own_metrics").alias("metrics"))
    assert not hits["metrics"].has_nulls()  # noqa: S101  # a rule names its metrics, or each of its hits does
    first = hits.sort("at", "observed", "sentence", nulls_last=True)
    day = facts.day.isoformat()
    ids = pl.Series("id", [_id(row["rule"], day, row) for row in first.iter_rows(named=True)])
    status = (
        pl.when(_is_final(facts))
        .then(pl.lit(FINAL))
        .when(_is_undue(facts))
        .then(pl.lit(UNDUE))
        .otherwise(pl.lit(WAITING))
    )
    named = first.with_columns(ids, pl.lit(facts.day).alias("day"), status.alias("status"))
    return (
        named.unique("id", keep="first", maintain_order=True)
        .with_columns(_group().alias("group"))
        .select(FINDINGS.names())
        .sort("at", "rule", "id")
    )


def _is_undue(facts: Facts) -> pl.Expr:
    """Whether a hit is a timer of an order that has not run out."""
    if facts.seen_until is None:
        return pl.lit(value=False)
    return pl.col("is_timer") & (pl.col("settles_at") > facts.seen_until).fill_null(value=False)


def _is_final(facts: Facts) -> pl.Expr:
    """Whether nothing that is seen later can change a hit: messages and, where it looked them up, quotes."""
    if facts.seen_until is None:
        return pl.lit(value=True)
    settled = pl.coalesce("settles_at", "at") <= facts.seen_until
    if facts.quotes_until is None:
        return settled
    waited = pl.col("at") + facts.waits.quote_ms * NS_PER_MS <= facts.seen_until
    return settled & (~pl.col("quoted") | (pl.col("at") <= facts.quotes_until) | waited)


def _id(rule: str, day: str, row: dict[str, object]) -> str:
    names = ("provider", "venue", "symbol", "order_id", "key")
    parts = [rule, day, *(_said(row[name]) for name in names), *sorted(_list(row["execution_ids"]))]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:_DIGITS]


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _group() -> pl.Expr:
    """Findings about one order belong together; others by provider, family and day until incidents are known."""
    of_order = pl.concat_str(pl.lit("order:"), "order_id")
    of_fill = pl.concat_str(pl.lit("fill:"), pl.col("execution_ids").list.first())
    of_family = pl.concat_str(
        pl.lit("incident:"),
        pl.col("day").cast(pl.String),
        pl.lit(":"),
        pl.col("provider").fill_null(""),
        pl.lit(":"),
        pl.when(pl.col("family") == "").then("rule").otherwise("family"),
        pl.lit(":"),
        pl.when("wide").then(pl.lit("")).otherwise(pl.col("venue").fill_null("")),
    )
    return pl.when(pl.col("family") != "").then(of_family).otherwise(pl.coalesce(of_order, of_fill, of_family))
