"""Slippage against arrival, interval VWAP and auction, and implementation shortfall: dollars over benchmark dollars."""

from routeproof.metrics.metric import QUANTITY, Metric, Quotient
from routeproof.metrics.terms import Column, Given

_SIGN, _PRICE = Column("sign"), Column("price")
_ARRIVAL, _AT_VWAP = Column("arrival_mid2"), Column("vwap_notional_e18")
_AGAINST_ARRIVAL = _SIGN * (2 * _PRICE - _ARRIVAL)
_AUCTION = Column("auction_price")
_AGAINST_AUCTION = _SIGN * (_PRICE - _AUCTION)
_AGAINST_VWAP = _SIGN * (_PRICE * QUANTITY - _AT_VWAP)

METRICS = (
    Metric(
        "arrival_slippage_bps",
        "Arrival slippage",
        "sum q s (P - M at receipt) / sum q M at receipt x 1e4",
        "bps",
        "lower",
        Quotient(_AGAINST_ARRIVAL * QUANTITY, Given(_AGAINST_ARRIVAL, _ARRIVAL * QUANTITY), multiplier=10_000),
        "no usable quote at receipt",
        "house definition",
    ),
    Metric(
        "vwap_slippage_bps",
        "VWAP slippage",
        "sum q s (P - VWAP) / sum q VWAP x 1e4; VWAP of eligible prints from receipt to the order's last fill",
        "bps",
        "lower",
        Quotient(_AGAINST_VWAP, Given(_AGAINST_VWAP, _AT_VWAP), multiplier=10_000),
        "no eligible prints during the orders' lives",
        "house definition",
        version=2,
    ),
    Metric(
        "auction_slippage_bps",
        "Auction slippage",
        "sum q s (P - official auction price) / sum q official auction price x 1e4, over on-open and on-close orders",
        "bps",
        "lower",
        Quotient(_AGAINST_AUCTION * QUANTITY, Given(_AGAINST_AUCTION, _AUCTION * QUANTITY), multiplier=10_000),
        "no fills of on-open or on-close orders with a known auction price",
        "house definition",
    ),
    Metric(
        "implementation_shortfall_bps",
        "Implementation shortfall",
        "[s sum q (P - M decision) + s (Q - sum q)(M end - M decision) + fees] / (Q M decision) x 1e4; without "
        "a decision time the decision is the receipt",
        "bps",
        "lower",
        Quotient(Column("shortfall_e18x2"), Column("paper_e18x2"), multiplier=10_000),
        "no usable quote at the decision, or at the end of an unfilled order",
        "Perold 1988",
        frame="orders",
        version=2,
    ),
)
