"""Fixed vocabularies of the canonical tables; every enum is plain text in the frames."""

from __future__ import annotations

SIDES = ("buy", "sell", "sell_short", "sell_short_exempt")
ORDER_TYPES = (
    "market",
    "limit",
    "stop",
    "stop_limit",
    "pegged",
    "market_on_open",
    "market_on_close",
    "limit_on_open",
    "limit_on_close",
    "other",
)
TIMES_IN_FORCE = ("day", "ioc", "fok", "gtc", "gtd", "at_the_open", "at_the_close")
LASTING = ("gtc", "gtd")
"""Times in force of orders that are still there on the next day: done for the day does not end them."""
VERSION_EVENTS = ("new", "replace", "cancel", "reject", "restate", "trigger", "expire", "done")
OPENING_EVENTS = ("new", "replace", "restate")
EXECUTION_STATUSES = ("new", "corrected", "busted")
LIQUIDITY = ("added", "removed", "routed", "auction")
CAPACITIES = ("agency", "principal", "riskless")
QUOTE_KINDS = ("nbbo", "venue", "composite", "odd_lot", "stamped")
STATUS_KINDS = ("halt", "luld_pause", "short_sale_restriction", "auction_call")
AUCTION_KINDS = ("open", "close", "reopen")

ORDER_CLASSES = (
    "market",
    "market_ioc",
    "marketable_limit",
    "marketable_limit_ioc",
    "midpoint_or_better",
    "midpoint_or_better_ioc",
    "non_marketable",
    "never_executable",
    "stop",
    "on_open",
    "on_close",
    "pegged",
    "not_held",
    "directed",
    "outside_hours",
    "multi_leg",
    "unclassified",
)
"""Each order version falls in exactly one; the classes sum to the population."""
TOLD_LATER = ("non_marketable", "never_executable")
"""Classes that are told apart only by what the market did while the order rested; at receipt they are one."""

HORIZONS_NS = {
    "50ms": 50_000_000,
    "1s": 1_000_000_000,
    "15s": 15_000_000_000,
    "60s": 60_000_000_000,
    "300s": 300_000_000_000,
}
"""Rule 605(a)(1) realized-spread horizons, in nanoseconds after each execution."""
