"""Price improvement: better than the touch on the far side; positive is good for the customer."""

from routeproof.metrics.metric import QUANTITY, Metric, Quotient, Total, share_weighted
from routeproof.metrics.terms import Column, Term, Where
from routeproof.vocab.fixed import SCALE

_NONE_COVERED = "no covered executions"
_RULE = "17 CFR 242.605(a)(1) shares and amounts of price improvement"


def improvement(touch: str) -> Term:
    """Per-share improvement s (F - P) in fixed point against a column that holds the touch F."""
    return Column("sign") * (Column(touch) - Column("price"))


_IMPROVEMENT = improvement("far_touch")
_BEST = improvement("best_touch")
_NET = (_IMPROVEMENT * QUANTITY) - Column("net_fee") * SCALE

METRICS = (
    Metric(
        "price_improvement_usd_per_share",
        "Price improvement",
        "s (F - P), F = ask for a buy and bid for a sell, share-weighted; net of disimprovement",
        "usd_per_share",
        "higher",
        share_weighted(_IMPROVEMENT),
        _NONE_COVERED,
        _RULE,
    ),
    Metric(
        "price_improvement_usd",
        "Price improvement",
        "sum q s (F - P)",
        "usd",
        "higher",
        Total(_IMPROVEMENT * QUANTITY, SCALE * SCALE),
        _NONE_COVERED,
        _RULE,
    ),
    Metric(
        "improved_shares",
        "Improved shares",
        "sum q over covered executions with s (F - P) > 0",
        "shares",
        "higher",
        Total(Where(_IMPROVEMENT, ">", QUANTITY), SCALE, counted=True),
        "",
        _RULE,
    ),
    Metric(
        "at_quote_shares",
        "Shares at the quote",
        "sum q over covered executions with P = F",
        "shares",
        "none",
        Total(Where(_IMPROVEMENT, "=", QUANTITY), SCALE, counted=True),
        "",
        _RULE,
    ),
    Metric(
        "outside_shares",
        "Shares outside the quote",
        "sum q over covered executions with s (F - P) < 0",
        "shares",
        "lower",
        Total(Where(_IMPROVEMENT, "<", QUANTITY), SCALE, counted=True),
        "",
        _RULE,
    ),
    Metric(
        "outside_iso_shares",
        "Shares outside the quote by sweep orders",
        "those of outside_shares whose route was an intermarket sweep order: it takes several price levels at once, so "
        "that a print beyond the quote is not itself disimprovement; the sweep as a whole is what counts",
        "shares",
        "none",
        Total(Where(_IMPROVEMENT, "<", Column("iso") * QUANTITY), SCALE),
        "no routes linked to covered executions",
        "17 CFR 242.611(b)(5), (6) intermarket sweep orders",
    ),
    Metric(
        "improved_usd_per_share",
        "Improvement per improved share",
        "sum q s (F - P) / sum q, over improved shares",
        "usd_per_share",
        "higher",
        Quotient(Where(_IMPROVEMENT, ">", _IMPROVEMENT * QUANTITY), Where(_IMPROVEMENT, ">", QUANTITY), divisor=SCALE),
        "no improved shares",
        _RULE,
    ),
    Metric(
        "outside_usd_per_share",
        "Disimprovement per share outside",
        "sum q s (P - F) / sum q, over shares outside the quote; a positive magnitude",
        "usd_per_share",
        "lower",
        Quotient(
            Where(_IMPROVEMENT, "<", -(_IMPROVEMENT * QUANTITY)), Where(_IMPROVEMENT, "<", QUANTITY), divisor=SCALE
        ),
        "no shares outside the quote",
        _RULE,
    ),
    Metric(
        "best_displayed_improvement_usd_per_share",
        "Improvement against the best displayed price",
        "s (F* - P), F* = best displayed price incl. odd lots, share-weighted",
        "usd_per_share",
        "higher",
        share_weighted(_BEST),
        "no odd-lot quotes",
        "17 CFR 242.605(a)(1) best available displayed price",
    ),
    Metric(
        "net_price_improvement_usd_per_share",
        "Price improvement net of fees",
        "(sum q s (F - P) - fees + rebates) / sum q",
        "usd_per_share",
        "higher",
        Quotient(_NET, QUANTITY + 0 * _NET, divisor=SCALE),
        "no covered executions with known fees",
        "house definition",
    ),
    Metric(
        "size_improvement_shares",
        "Size improvement",
        "shares filled at or better than the touch beyond the size displayed there",
        "shares",
        "higher",
        Total(Column("size_improvement"), SCALE),
        "no displayed sizes",
        "17 CFR 242.605(a)(1) size improvement",
    ),
)
