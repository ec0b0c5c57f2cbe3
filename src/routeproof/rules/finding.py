"""Findings: hits with an identity that depends only on the rule and the records it speaks of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import HITS
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
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
of one group are one matter: those of an order, or of an incident), family (see `Rule`)."""

FINAL, WAITING, UNDUE = "final", "waiting", "undue"
"""Undue: a timer that has not run out; it is no finding yet, and tells when to look again."""
_DIGITS = 16


def findings_of(rule: Rule, limits: Limits, facts: Facts, hits: pl.DataFrame) -> pl.DataFrame:
    """Hits of one rule as findings; of several hits with one identity the first in time stands."""
    is_final = _is_final(facts, quoted=rule.quoted)
    first = hits.sort("at", "observed", "sentence", nulls_last=True)
    ids = pl.Series("id", [_id(rule.name, facts.day.isoformat(), row) for row in first.iter_rows(named=True)])
    return (
        first.with_columns(
            ids,
            pl.lit(rule.name).alias("rule"),
            pl.lit(limits.severity).alias("severity"),
            pl.lit(facts.day).alias("day"),
            pl.when(is_final)
            .then(pl.lit(FINAL))
            .when(_is_undue(facts, rule))
            .then(pl.lit(UNDUE))
            .otherwise(pl.lit(WAITING))
            .alias("status"),
            pl.lit(rule.family).alias("family"),
        )
        .with_columns(_group(wide=rule.wide).alias("group"))
        .select(FINDINGS.names())
        .unique("id", keep="first", maintain_order=True)
    )


def _is_undue(facts: Facts, rule: Rule) -> pl.Expr:
    """Whether a hit is a timer of an order that has not run out."""
    if facts.seen_until is None or rule.kind != "lifecycle":
        return pl.lit(value=False)
    return (pl.col("settles_at") > facts.seen_until).fill_null(value=False)


def _is_final(facts: Facts, *, quoted: bool) -> pl.Expr:
    """Whether nothing that is seen later can change a hit: messages and, where it looked them up, quotes."""
    if facts.seen_until is None:
        return pl.lit(value=True)
    settled = pl.coalesce("settles_at", "at") <= facts.seen_until
    if not quoted or facts.quotes_until is None:
        return settled
    waited = pl.col("at") + facts.waits.quote_ms * NS_PER_MS <= facts.seen_until
    return settled & ((pl.col("at") <= facts.quotes_until) | waited)


def _id(rule: str, day: str, row: dict[str, object]) -> str:
    names = ("provider", "venue", "symbol", "order_id", "key")
    parts = [rule, day, *(_said(row[name]) for name in names), *sorted(_list(row["execution_ids"]))]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:_DIGITS]


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _list(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _group(*, wide: bool) -> pl.Expr:
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
        pl.lit("") if wide else pl.col("venue").fill_null(""),
    )
    return pl.when(pl.col("family") != "").then(of_family).otherwise(pl.coalesce(of_order, of_fill, of_family))
