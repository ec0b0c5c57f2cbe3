"""The catalog in reading order: an explicit list, no import magic."""

from __future__ import annotations

from routeproof.rules.catalog import (
    cancel_burst,
    clock_skew,
    duplicate_differs,
    fade,
    nothing_received,
    outside_nbbo,
    partial_then_abandoned,
    provider_outage,
    regular_timestamps,
    reject_burst,
    resting_order_traded_through,
    sequence_gap,
    slow_fill,
)

ALL = (
    slow_fill.RULE,
    outside_nbbo.RULE,
    resting_order_traded_through.RULE,
    partial_then_abandoned.RULE,
    fade.RULE,
    reject_burst.RULE,
    cancel_burst.RULE,
    provider_outage.RULE,
    nothing_received.RULE,
    sequence_gap.RULE,
    duplicate_differs.RULE,
    clock_skew.RULE,
    regular_timestamps.RULE,
)

BY_NAME = {rule.name: rule for rule in ALL}
