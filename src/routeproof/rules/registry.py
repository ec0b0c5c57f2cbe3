"""The catalog in reading order: an explicit list, no import magic."""

from __future__ import annotations

from routeproof.rules.catalog import (
    adverse_markout,
    configuration_differs,
    disclosed_venue_unused,
    internalisation_share,
    low_fill_rate,
    outside_nbbo,
    outside_sla,
    payer_concentration,
    payment_up_quality_down,
    routing_share_drift,
    slow_fill,
    vendor_figure_differs,
    vendor_file_incomplete,
    vendor_file_late,
    vendor_file_missing,
    vendor_file_restated,
)

ALL = (
    slow_fill.RULE,
    outside_nbbo.RULE,
    low_fill_rate.RULE,
    disclosed_venue_unused.RULE,
    routing_share_drift.RULE,
    adverse_markout.RULE,
    payer_concentration.RULE,
    internalisation_share.RULE,
    payment_up_quality_down.RULE,
    outside_sla.RULE,
    vendor_file_late.RULE,
    vendor_file_missing.RULE,
    vendor_file_incomplete.RULE,
    vendor_file_restated.RULE,
    vendor_figure_differs.RULE,
    configuration_differs.RULE,
)

BY_NAME = {rule.name: rule for rule in ALL}
