"""Quoted spread: what the market displayed."""

from routeproof.metrics.metric import Metric, share_weighted
from routeproof.metrics.terms import Column

METRICS = (
    Metric(
        "quoted_spread_usd_per_share",
        "Quoted spread",
        "A - B at the reference quote, share-weighted",
        "usd_per_share",
        "none",
        share_weighted(Column("quoted")),
        "no covered executions",
        "17 CFR 242.605(a)(1) average quoted spread",
    ),
)
