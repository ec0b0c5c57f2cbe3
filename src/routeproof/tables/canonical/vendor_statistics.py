"""Figures that the provider states about itself, each with the definition that it claims."""

from routeproof.tables.schema import Column, Table

VENDOR_STATISTICS = Table(
    name="vendor_statistics",
    columns=(
        Column("provider_id", "text", "the provider whose report it is; else that named at intake", default=""),
        Column("period", "text", "quarter (2026Q3) or month (2026-07) that it speaks of; null: whatever is asked"),
        Column("metric", "text", "name of the figure, as `routeproof metrics` lists it", required=True),
        Column("stated", "money", "the figure as stated, in `unit`; fixed point like money", required=True),
        Column("unit", "text", "percent, bps, cents or s where it is not the metric's own unit"),
        Column(
            "definition", "text", "switches: benchmark receipt|route|venue|execution; tie=, locked=, after_close=; `;`"
        ),
        Column("population", "text", "filters as of `routeproof measure --where`, joined by `;`; null: all orders"),
        Column("by", "text", "dimension that it is broken down by"),
        Column("level", "text", "value of that dimension"),
        Column("n", "count", "executions or orders that the provider says are behind it"),
    ),
    identity=("provider_id", "period", "metric", "definition", "population", "by", "level"),
    order=("provider_id", "period", "metric", "population", "by", "level", "definition"),
    is_event=False,
)
