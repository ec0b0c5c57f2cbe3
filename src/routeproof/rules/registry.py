"""The catalog in reading order: an explicit list, no import magic."""

from __future__ import annotations

from routeproof.rules.catalog import (
    adverse_markout,
    internalisation_share,
    low_fill_rate,
    outside_nbbo,
    payer_concentration,
    payment_up_quality_down,
    routing_share_drift,
    slow_fill,
)

ALL = (
    slow_fill.RULE,
    outside_nbbo.RULE,
    low_fill_rate.RULE,
    routing_share_drift.RULE,
    adverse_markout.RULE,
    payer_concentration.RULE,
    internalisation_share.RULE,
    payment_up_quality_down.RULE,
)

BY_NAME = {rule.name: rule for rule in ALL}
