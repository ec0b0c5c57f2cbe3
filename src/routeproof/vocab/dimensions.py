"""Columns that figures can be grouped by, as `measure --by` and addresses name them."""

DIMENSIONS = (
    "symbol",
    "order_type",
    "order_class",
    "order_group",
    "lot",
    "size_bucket",
    "side",
    "venue",
    "provider",
    "hop",
    "strategy",
    "day",
    "month",
    "quarter",
    "session",
    "liquidity",
    "tif",
    "time_of_day",
    "beyond_displayed",
    "halted",
    "short_sale_restricted",
    "stale_reference",
    "order_id",
)
"""A frame that lacks one has no figures of its own in that grouping."""
