"""Delay cost: the adverse midpoint move between benchmark points, an exact bridge over half the effective spread.

The bridge is exact for each fill. The mean of a leg is over the fills that have both its ends, so in a group where some
fills lack a hop the three means speak of different fills and need not add up; `delay_coverage_…` says of how many.
"""

from routeproof.metrics.metric import QUANTITY, Metric, Quotient, Total, share_weighted
from routeproof.metrics.terms import Column, Given, Term
from routeproof.vocab.fixed import SCALE


def _move(begin: str, end: str) -> Term:
    return Column("sign") * (Column(f"mid2_{end}") - Column(f"mid2_{begin}"))


def _delay(party: str, begin: str, end: str, reason: str) -> Metric:
    return Metric(
        f"delay_cost_usd_per_share_{party}",
        f"Delay cost, {party}",
        f"s (M at {end} - M at {begin}), share-weighted over the fills that have both; with its two sisters and half "
        "the effective spread at execution it adds up to half the effective spread at receipt for each fill, for a "
        f"group only where all speak of the same fills, see delay_coverage_{party}",
        "usd_per_share",
        "lower",
        share_weighted(_move(begin, end), divisor=2 * SCALE),
        reason,
        "house definition; FINRA 5310.09(b) speed of execution",
    )


def _coverage(party: str, begin: str, end: str) -> Metric:
    return Metric(
        f"delay_coverage_{party}",
        f"Coverage of the delay cost, {party}",
        f"shares of fills that have a usable quote at {begin} and at {end} / executed_shares",
        "ratio",
        "none",
        Quotient(Given(_move(begin, end), QUANTITY), QUANTITY),
        "no executions",
        "house definition (completeness, C2)",
    )


def _arrivals(source: str, words: str) -> Metric:
    return Metric(
        f"venue_arrivals_{source}",
        f"Venue arrivals taken from {words}",
        f"count of executions whose venue moment is the route's {source}_at",
        "count",
        "none",
        Total(Column(f"arrived_{source}"), whole=True),
        "",
        "house definition: which clock the venue moment comes from",
    )


METRICS = (
    _delay("firm", "receipt", "route", "no route linked, or no usable quote at receipt or route"),
    _delay("provider", "route", "venue", "no child routes, or no usable quote at route or venue"),
    _delay("venue", "venue", "execution", "no child routes, or no usable quote at venue or execution"),
    _coverage("firm", "receipt", "route"),
    _coverage("provider", "route", "venue"),
    _coverage("venue", "venue", "execution"),
    _arrivals("acknowledged", "the venue's acknowledgement"),
    _arrivals("sent", "the sending time, for want of an acknowledgement"),
)
