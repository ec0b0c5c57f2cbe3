"""The map files that a user would write for these deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.lab.universe import VENUES

if TYPE_CHECKING:
    from routeproof.lab.config import LabConfig, Provider

_QUOTES = """\
# Best quotes, one Parquet file per day; prices are doubles, times UTC nanoseconds.
table = "quotes"

[columns]
symbol = "symbol"
at = "ts"
bid = "bid_px"
ask = "ask_px"
bid_size = "bid_sz"
ask_size = "ask_sz"
bid_venue = "bid_ex"
ask_venue = "ask_ex"
sequence = "seq"

[constants]
kind = "nbbo"

[time.at]
unit = "ns"
"""
_TRADES = """\
# Consolidated tape, one Parquet file per day; `regular` is the vendor's own reading of the conditions.
table = "trades"

[columns]
symbol = "symbol"
at = "ts"
price = "px"
quantity = "sz"
venue = "ex"
conditions = "cond"
eligible = "regular"
sequence = "seq"

[time.at]
unit = "ns"
"""
_AUCTIONS = """\
# Official opening and closing prices.
table = "auctions"

[columns]
symbol = "symbol"
at = "at_ns"
kind = "kind"
price = "price"

[time.at]
unit = "ns"
"""
_STATUS = """\
# Halts.
table = "market_status"

[columns]
symbol = "symbol"
from_at = "from"
to_at = "to"
kind = "kind"

[time.from_at]
unit = "iso"

[time.to_at]
unit = "iso"
"""
_VENUES = """\
# Venues that the providers declare.
table = "venues"

[columns]
mic = "mic"
name = "name"
kind = "kind"
operator = "operator"
valid_from = "valid_from"
"""
_INSTRUMENTS = """\
table = "instruments"

[columns]
symbol = "symbol"
valid_from = "valid_from"
listing = "listing"
sp500 = "sp500"
round_lot = "round_lot"
tick = "tick"
calendar = "calendar"
"""
_FEES = """\
# What each venue charges and pays per share.
table = "fee_schedules"

[columns]
venue = "venue"
valid_from = "valid_from"
liquidity = "liquidity"
fee_usd_per_share = "fee_usd_per_share"
rebate_usd_per_share = "rebate_usd_per_share"
"""
_PAYMENTS = """\
# Payment for order flow received, by payer, provider and month.
table = "payments"

[columns]
venue = "venue"
provider_id = "provider_id"
month = "month"
payment_usd = "payment_usd"
"""

_VENUE_QUOTES = """\
# Each venue's own best quotes, one Parquet file per day.
table = "quotes"

[columns]
symbol = "symbol"
at = "ts"
bid = "bid_px"
ask = "ask_px"
bid_size = "bid_sz"
ask_size = "ask_sz"
bid_venue = "ex"
ask_venue = "ex"
sequence = "seq"

[constants]
kind = "venue"

[time.at]
unit = "ns"
"""

TABLE_MAPS = {
    "quotes": _QUOTES,
    "venue_quotes": _VENUE_QUOTES,
    "trades": _TRADES,
    "auctions": _AUCTIONS,
    "market_status": _STATUS,
    "venues": _VENUES,
    "instruments": _INSTRUMENTS,
    "fee_schedules": _FEES,
    "payments": _PAYMENTS,
}


def fix_map(config: LabConfig, provider: Provider) -> str:
    """Who is who in one provider's log, how children name their parent, and how good its clock is said to be."""
    mics = ", ".join(f'"{one.mic}"' for one in VENUES if one.declared)
    return f"""\
# FIX log of the session with {provider.comp_id}, with the drop copy of its venue sessions.
[parties]
firm = ["{config.firm}"]
provider = ["{provider.comp_id}"]
venue = [{mics}]

[link]
# child ClOrdID = C, child number, hyphen, ClOrdID of the parent
parent = '^C\\d+-(.+)$'

[clock.{config.firm}]
uncertainty_ns = 100000
basis = "PTP, monitored"

[clock.{provider.comp_id}]
uncertainty_ns = {round(provider.clock_drift_ms * 1_000_000)}
basis = "declared by the provider"
"""


def vendor_map(provider: Provider) -> str:
    """Reads the quotes that the vendor's own report claims at receipt, kept apart as stamped quotes."""
    return f"""\
# The vendor's monthly report, read as the quotes it stamped on each order.
table = "quotes"

[columns]
symbol = "symbol"
at = "received_utc"
bid = "bid"
ask = "ask"

[constants]
kind = "stamped"
stamper = "{provider.comp_id}"

[time.at]
unit = "iso"
"""


def orders_map(provider: Provider) -> str:
    """Reads what the vendor's own report claims for each order, to set beside what was measured."""
    return f"""\
# The vendor's monthly report, read as its own account of each order.
table = "vendor_orders"

[columns]
trading_day = "trade_date"
client_order_id = "client_order_id"
symbol = "symbol"
side = "side"
quantity = "order_qty"
received_at = "received_utc"
filled_quantity = "filled_qty"
average_price = "avg_price"
improvement_usd = "improvement_usd"
latency_ms = "latency_ms"
venues = "venues"

[constants]
provider_id = "{provider.comp_id}"

[time.received_at]
unit = "iso"
"""


def fills_map(provider: Provider) -> str:
    """Reads the fills that the vendor's own report lists."""
    return f"""\
# The vendor's monthly list of fills.
table = "vendor_executions"

[columns]
trading_day = "trade_date"
execution_id = "exec_id"
client_order_id = "client_order_id"
symbol = "symbol"
side = "side"
executed_at = "executed_utc"
quantity = "qty"
price = "px"
venue = "venue"

[constants]
provider_id = "{provider.comp_id}"

[time.executed_at]
unit = "iso"
"""


def statistics_map(provider: Provider) -> str:
    """Reads the figures that the vendor states about itself."""
    return f"""\
# The vendor's quarterly figures about itself, each with its definition.
table = "vendor_statistics"

[columns]
period = "period"
metric = "metric"
stated = "stated"
unit = "unit"
definition = "definition"
population = "population"
n = "n"

[constants]
provider_id = "{provider.comp_id}"
"""
