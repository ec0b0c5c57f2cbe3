"""Delay cost: the adverse midpoint move between benchmark points, an exact bridge over half the effective spread."""

from routeproof.metrics.metric import Metric, Total, share_weighted
from routeproof.metrics.terms import Column, Term
from routeproof.vocab.fixed import SCALE


def _move(begin: str, end: str) -> Term:
    return Column("sign") * (Column(f"mid2_{end}") - Column(f"mid2_{begin}"))


def _delay(party: str, begin: str, end: str, reason: str) -> Metric:
    return Metric(
        f"delay_cost_usd_per_share_{party}",
        f"Delay cost, {party}",
        f"s (M at {end} - M at {begin}), share-weighted; with its two sisters and half the effective spread at "
        "execution it adds up to half the effective spread at receipt",
        "usd_per_share",
        "lower",
        share_weighted(_move(begin, end), divisor=2 * SCALE),
        reason,
        "house definition; FINRA 5310.09(b) speed of execution",
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
    _arrivals("acknowledged", "the venue's acknowledgement"),
    _arrivals("sent", "the sending time, for want of an acknowledgement"),
)
