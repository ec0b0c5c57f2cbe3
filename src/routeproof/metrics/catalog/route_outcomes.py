"""What became of routes: filled, refused, faded."""

from routeproof.metrics.metric import Metric, Quotient, Total
from routeproof.metrics.terms import Column, Constant, Given
from routeproof.vocab.fixed import SCALE

_LEAF = Column("counted")
_NO_ROUTES = "no routes in the population"
_HOUSE = "house definition"

METRICS = (
    Metric(
        "routes",
        "Routes",
        "count of routes",
        "count",
        "none",
        Total(Constant(1), whole=True),
        "",
        _HOUSE,
        frame="routes",
    ),
    Metric(
        "route_fill_rate_shares",
        "Route fill rate",
        "executed / sent shares over routes; last routes of each chain unless grouped by hop",
        "ratio",
        "higher",
        Quotient(_LEAF * Column("executed"), _LEAF * Column("quantity")),
        _NO_ROUTES,
        _HOUSE,
        frame="routes",
    ),
    Metric(
        "rejected_routes",
        "Rejected routes",
        "count of routes refused by their receiver",
        "count",
        "lower",
        Total(Column("rejected"), whole=True),
        "",
        _HOUSE,
        frame="routes",
    ),
    Metric(
        "routed_shares",
        "Routed shares",
        "sum of shares sent; last routes of each chain unless grouped by hop",
        "shares",
        "none",
        Total(_LEAF * Column("quantity"), SCALE, none_is_zero=True),
        "no route of known quantity",
        _HOUSE,
        frame="routes",
        version=2,
    ),
    Metric(
        "fade",
        "Fade",
        "1 - filled / min(routed, displayed at the venue when sent), over marketable routes whose venue quote stood",
        "ratio",
        "lower",
        Quotient(Column("faded"), Column("fade_base")),
        "no venue quotes at the routes",
        _HOUSE,
        frame="routes",
    ),
    Metric(
        "sweep_improvement_usd_per_share",
        "Sweep against the displayed books",
        "s (displayed cost of the sweep's size - paid) / shares; a sweep = an order's routes to several venues within "
        "5 ms, taken as one, walked through the venues' displayed quotes at its first send",
        "usd_per_share",
        "higher",
        Quotient(Column("sweep_saving_e18"), Given(Column("sweep_saving_e18"), Column("sweep_shares")), divisor=SCALE),
        "no venue quotes, or no sweep that the displayed sizes cover",
        _HOUSE,
        frame="routes",
    ),
)
