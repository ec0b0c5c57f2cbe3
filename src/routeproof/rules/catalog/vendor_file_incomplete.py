"""The provider's report leaves out fills that it gave us, or a file that it sent lacks rows that were agreed.

Two findings are told apart by their key:

- `report`: for orders received on the day, the provider's own report (table `vendor_orders`) states fewer shares than
  were filled by our record, or does not name the order at all though it was filled. It fires from `least_orders` such
  orders on. An order some fill of which was busted or corrected is left out, and so are orders of earlier days.
- the delivery's name: an expected file of the agreement that was due on the day came with fewer accepted rows, or a
  larger share of rejected ones, than its terms allow, or what came for it was refused as a whole.

A report that leaves out the worst fills looks better than it was: compare `vendor_figure_differs`, and ask the provider
for the rows that are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, percent, shares
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose report leaves out fills, and incomplete files."""
    return pl.concat([_left_out(facts, limits), _files(facts)])


def _left_out(facts: Facts, limits: Limits) -> pl.DataFrame:
    if facts.vendor is None:
        return NO_HITS
    told = pl.when("reported").then(pl.col("vendor_filled")).otherwise(0)
    lacking = (
        facts.vendor.filter("known", ~pl.col("amended"))
        .with_columns(missing=pl.col("own_filled") - told)
        .filter(pl.col("missing") > 0)
        .sort("order_id")
    )
    by_provider = lacking.group_by("provider", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("orders"),
        pl.col("missing").sum(),
        pl.col("execution_ids").explode().drop_nulls().sort().alias("execution_ids"),
    )
    least = limit(limits, "least_orders")
    return hits(
        by_provider,
        pl.col("orders") >= least,
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.lit("report"),
            unit="orders",
            observed=pl.col("orders"),
            threshold=least,
            sentence=pl.format(
                "The report of {} leaves out {} of {} orders that were filled by our record.",
                "provider",
                shares(pl.col("missing")),
                "orders",
            ),
        ),
    )


def _files(facts: Facts) -> pl.DataFrame:
    if facts.deliveries is None:
        return NO_HITS
    due = facts.deliveries.filter(pl.col("due_on") == facts.day)
    share = pl.col("rejected") / (pl.col("accepted") + pl.col("rejected"))
    too_few, too_bad = pl.col("accepted") < pl.col("least_rows"), share > pl.col("most_rejected")
    few = pl.format(
        "{} accepted where at least {} were agreed, {} rejected", counted("accepted", "rows"), "least_rows", "rejected"
    )
    bad = pl.format(
        "{} of {} were rejected where at most {} were agreed",
        percent(share),
        counted(pl.col("accepted") + pl.col("rejected"), "rows"),
        percent(pl.col("most_rejected")),
    )
    refused = pl.format("a file that came for it was refused as a whole, {} accepted", counted("accepted", "rows"))
    return hits(
        due,
        pl.col("found").list.contains("incomplete"),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.format("{} {}", "delivery", "day"),
            unit=pl.when(~too_few & too_bad).then(pl.lit("share")).otherwise(pl.lit("rows")),
            observed=pl.when(~too_few & too_bad).then(share).otherwise("accepted"),
            threshold=pl.when(too_few).then("least_rows").when(too_bad).then("most_rejected"),
            sentence=pl.format(
                "The file {} of {} for {} is incomplete: {}.",
                "delivery",
                "provider",
                pl.col("day").cast(pl.String),
                pl.when(too_few).then(few).when(too_bad).then(bad).otherwise(refused),
            ),
        ),
    )


RULE = Rule(
    code="RP173",
    name="vendor_file_incomplete",
    title="The provider's report leaves something out",
    kind="window",
    scope=("provider",),
    needs=("restated",),  # what was delivered is known only where deliveries are; reports and calendars may be absent
    units={"least_orders": "orders"},
    source="FINRA Rule 5310.09(c): what the review relies on is complete; data clauses of the agreement",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="vendor_data",
)
