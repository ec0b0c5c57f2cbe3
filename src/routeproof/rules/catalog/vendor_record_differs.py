"""The provider's report of the day and our record disagree on an order or a fill.

Each reported order and fill is paired with ours, by name first, then by its terms, as `routeproof reconcile` does it
(`docs/reconcile.md`); what lies within the tolerances of the policy `reconcile` agrees. It fires on

- `missing_here`: an order or a fill that the provider reports and we do not have;
- `missing_at_provider`: a fill that its report leaves out though it names orders, or an order without fills that it
  leaves out, which makes its fill rate look better;
- `differs`: a field that both state: symbol, side, shares, limit, receipt of an order; price, shares, time, venue,
  improvement of a fill.

Filled shares, average price and improvement of orders, and filled orders that are left out, are judged by
`vendor_figure_differs` and `vendor_file_incomplete`. What was busted or corrected since is no difference, nor is what
another day knows under the same name. Up to `most_single` differences of one kind are findings of their own, each with
the row of the provider's file; more of one kind on a day are one finding that names the executions, and
`routeproof reconcile --out` lists every row. Reports mostly come later, and may be corrected: `exceptions run --stale`
judges the days again of which one was taken in since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

_KIND = ("provider", "what", "of", "field")
_ELSEWHERE = ("filled_quantity", "average_price", "improvement_usd")
"""Fields of orders that other rules judge."""


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Differences one by one, or together where there are many of a kind."""
    rows = facts.need("vendor_differences").filter(~_judged_elsewhere())
    counted = rows.with_columns(
        pl.len().over(_KIND).cast(pl.Int64).alias("count"),
        pl.concat_str("what", "of", "field", separator=" ", ignore_nulls=True).alias("kind"),
        pl.col("at").fill_null(end_of(facts)),
    )
    is_single = pl.col("count") <= limit(limits, "most_single")
    return pl.concat([_single(counted.filter(is_single)), _together(counted.filter(~is_single))])


def _judged_elsewhere() -> pl.Expr:
    of_order, missing = pl.col("of") == "order", pl.col("what") == "missing_at_provider"
    by_figures = of_order & pl.col("field").is_in(_ELSEWHERE)
    by_shares = of_order & missing & (pl.col("own_filled") > 0)
    by_orders = ~of_order & missing & ~pl.col("orders_told")
    return pl.any_horizontal(
        by_figures.fill_null(value=False), by_shares.fill_null(value=False), by_orders.fill_null(value=False)
    )


def _name() -> pl.Expr:
    return pl.coalesce("our_id", "their_id", pl.lit("without a name"))


def _single(rows: pl.DataFrame) -> pl.DataFrame:
    what = pl.col("what")
    sentence = (
        pl.when(what == "missing_here")
        .then(pl.format("{} reports {} {}, which is not in our record.", "provider", "of", _name()))
        .when(what == "missing_at_provider")
        .then(pl.format("The report of {} does not name {} {}.", "provider", "of", _name()))
        .otherwise(
            pl.format(
                "{} reports {} {} of {} {}; by our record it is {}.",
                "provider",
                pl.col("field").fill_null(""),
                pl.col("theirs").fill_null("nothing"),
                "of",
                _name(),
                pl.col("ours").fill_null("nothing"),
            )
        )
    )
    ordered = rows.sort("provider", "kind", "their_id", "source_id", "source_row", nulls_last=True)
    named = pl.concat_str("kind", "their_id", separator=" ", ignore_nulls=True)
    again = pl.int_range(pl.len()).over("provider", "kind", "our_id", "their_id")
    key = pl.when(what != "missing_here").then("kind").when(again > 0).then(pl.format("{} ({})", named, again + 1))
    return hits(ordered, pl.lit(value=True), Shape(at=pl.col("at"), key=key.otherwise(named), sentence=sentence))


def _together(rows: pl.DataFrame) -> pl.DataFrame:
    sums = rows.group_by(*_KIND, maintain_order=True).agg(
        pl.col("kind", "count").first(),
        pl.col("at").max(),
        pl.col("execution_id").drop_nulls().unique().sort().alias("execution_ids"),
    )
    said = (
        pl.when(pl.col("what") == "missing_here")
        .then(pl.lit("not in our record"))
        .when(pl.col("what") == "missing_at_provider")
        .then(pl.lit("not named by it"))
        .otherwise(pl.format("with another {} than ours", pl.col("field").fill_null("")))
    )
    return hits(
        sums,
        pl.lit(value=True),
        Shape(
            at=pl.col("at"),
            key=pl.col("kind"),
            unit="records",
            observed=pl.col("count"),
            sentence=pl.format("The report of {} has {} {}s {}.", "provider", "count", "of", said),
        ),
    )


RULE = Rule(
    code="RP178",
    name="vendor_record_differs",
    title="The provider's report is not our record",
    kind="window",
    scope=("provider",),
    needs=("vendor_differences",),
    units={"most_single": "records"},
    source="FINRA Rule 5310.09(c): what another party reports is checked before it is relied on",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="vendor_data",
)
