"""Orders as lists of venues in the order in which they were tried, counted by day and situation."""

from __future__ import annotations

import polars as pl

from routeproof.vocab.times import NS_PER_MS

CUTS = ("spread_state", "size_bucket", "displayed_state", "shown_venue")
KEYS = ("trading_day", "provider", "order_class", *CUTS)
APART = ">"
NO_BUCKET = "no bucket"
END = "end"
START = "order"


def lists_of(rows: pl.DataFrame, sweep_ms: int) -> pl.DataFrame:
    """One row per `KEYS`, list and pattern.

    Args:
        rows: `venue_routes.DayRoutes.rows`.
        sweep_ms: routes to different venues within so many milliseconds of the first are one sweep.

    Returns:
        `KEYS`, `tried` (venues, each once, joined by `>`), `sweep` (venues of the sweep joined by `>`, empty without
        one), `iso`, `ioc` (whether all routes of the sweep were so marked), `n` orders, `shares` ordered (1e-9).
    """
    if rows.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    near = pl.col("sent_at") - pl.col("sent_at").first().over("order_id", "version") <= sweep_ms * NS_PER_MS
    marked = rows.sort("order_id", "version", "rank").with_columns(near.alias("near"))
    in_sweep = pl.col("venue").filter("near").unique(maintain_order=True)
    of_order = marked.group_by("order_id", "version", maintain_order=True).agg(
        *(pl.col(name).first() for name in KEYS),
        pl.col("order_quantity").first(),
        pl.col("venue").unique(maintain_order=True).str.join(APART).alias("tried"),
        pl.when(in_sweep.len() > 1).then(in_sweep.str.join(APART)).otherwise(pl.lit("")).alias("sweep"),
        pl.col("iso").filter("near").fill_null(value=False).all().alias("iso"),
        (pl.col("time_in_force").filter("near") == "ioc").fill_null(value=False).all().alias("ioc"),
    )
    return (
        of_order.with_columns(pl.col("size_bucket").fill_null(NO_BUCKET))
        .group_by(*KEYS, "tried", "sweep", "iso", "ioc")
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.col("order_quantity").sum().alias("shares"))
        .select(_SCHEMA.names())
        .sort(_SCHEMA.names())
    )


_SCHEMA = pl.Schema(
    {
        "trading_day": pl.Date(),
        **dict.fromkeys(KEYS[1:], pl.String()),
        "tried": pl.String(),
        "sweep": pl.String(),
        "iso": pl.Boolean(),
        "ioc": pl.Boolean(),
        "n": pl.Int64(),
        "shares": pl.Int64(),
    }
)


def hops_of(rows: pl.DataFrame) -> pl.DataFrame:
    """One narrow row per route: `provider, order_class, before, venue, is_last` and durations in ns.

    `before` is the venue of the route before it (`order` for the first). `decision_ns`: from the provider's
    acknowledgement to the first route; `gap_ns`: from the route before; `answer_ns`: until acknowledged; `fill_ns`:
    until the first fill. Null where an instant is unknown.
    """
    of_order = ["order_id", "version"]
    before = pl.col("venue").shift(1).over(of_order).fill_null(START)
    gap = pl.col("sent_at") - pl.col("sent_at").shift(1).over(of_order)
    first = pl.col("rank") == 1
    return (
        rows.sort("order_id", "version", "rank")
        .with_columns(before.alias("before"), gap.alias("gap_ns"))
        .select(
            pl.col("provider").cast(pl.Categorical()),
            pl.col("order_class").cast(pl.Categorical()),
            pl.col("before").cast(pl.Categorical()),
            pl.col("venue").cast(pl.Categorical()),
            (pl.col("rank") == pl.col("routes")).alias("is_last"),
            pl.when(first).then(pl.col("sent_at") - pl.col("handed_at")).alias("decision_ns"),
            "gap_ns",
            (pl.col("acknowledged_at") - pl.col("sent_at")).alias("answer_ns"),
            (pl.col("first_fill_at") - pl.col("sent_at")).alias("fill_ns"),
        )
    )
