"""An order was routed to, or filled at, a venue that the provider never disclosed.

Compared is the venue of each fill and of each route with the list in the provider's file, as it was on the day by its
business dates; the first list counts for the days before it too. A provider without a list is not judged, and a record
that names no venue says nothing. A route whose fill is named already is not named again. Ask
the provider since when it uses the venue, on what terms, and why the list does not have it; then amend the list or the
routing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits, together
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills at, and routes to, venues that are not among the agreed ones of their provider."""
    del limits  # it has no threshold
    agreed = facts.need("agreed_venues").select("provider", "venue").unique().with_columns(agreed=pl.lit(value=True))
    fills = _unlisted(facts.need("fills"), agreed)
    said = "is not on the list of venues that the provider disclosed."
    found = [
        hits(
            fills,
            pl.lit(value=True),
            lambda: Shape(
                at=pl.col("executed_at"),
                sentence=pl.format("{} of {} were filled at {}, which {}", *_words(), pl.lit(said)),
            ),
        )
    ]
    if facts.routes is not None:
        routes = _unlisted(facts.routes, agreed).join(fills.select("route_id"), on="route_id", how="anti")
        found.append(
            hits(
                routes,
                pl.lit(value=True),
                lambda: Shape(
                    at=pl.col("sent_at"),
                    key=pl.col("route_id"),
                    sentence=pl.format("{} of {} were routed to {}, which {}", *_words(), pl.lit(said)),
                ),
            )
        )
    return together(*found)


def _unlisted(rows: pl.DataFrame, agreed: pl.DataFrame) -> pl.DataFrame:
    """Rows of a provider with a list that name a venue outside it."""
    judged = rows.filter(pl.col("provider").is_in(agreed["provider"].implode()) & pl.col("venue").is_not_null())
    joined = judged.join(agreed, on=["provider", "venue"], how="left", maintain_order="left")
    return joined.filter(pl.col("agreed").is_null())


def _words() -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    return shares(pl.col("quantity")), pl.col("symbol"), named("venue", "an unnamed venue")


RULE = Rule(
    code="RP120",
    name="unexpected_venue",
    title="Venue that was not disclosed",
    kind="row",
    scope=(),
    needs=("fills", "agreed_venues"),
    units={},
    source="FINRA Regulatory Notice 21-29: due diligence on vendors and sub-vendors; Rule 5310.09(b)",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
