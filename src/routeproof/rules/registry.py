"""The catalog in reading order: an explicit list, no import magic."""

from __future__ import annotations

from routeproof.rules.catalog import (
    executed_in_locked_or_crossed,
    iso_misuse,
    late_bust,
    lot_size_handling,
    off_hours,
    orphan_execution,
    orphan_route,
    outside_nbbo,
    poor_fill,
    price_disimprovement,
    quantity_not_conserved,
    slow_acknowledgement,
    slow_fill,
    slow_onward_route,
    slow_report,
    stale_reference_quote,
    sub_tick_price,
    trade_through,
    unexpected_venue,
)

ALL = (
    slow_fill.RULE,
    slow_acknowledgement.RULE,
    slow_onward_route.RULE,
    slow_report.RULE,
    poor_fill.RULE,
    price_disimprovement.RULE,
    outside_nbbo.RULE,
    trade_through.RULE,
    iso_misuse.RULE,
    stale_reference_quote.RULE,
    executed_in_locked_or_crossed.RULE,
    sub_tick_price.RULE,
    lot_size_handling.RULE,
    off_hours.RULE,
    unexpected_venue.RULE,
    late_bust.RULE,
    orphan_execution.RULE,
    orphan_route.RULE,
    quantity_not_conserved.RULE,
)

BY_NAME = {rule.name: rule for rule in ALL}
