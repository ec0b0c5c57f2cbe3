"""From venue to venue: the transition graph, sweeps, and the time at each hop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.analysis.routing.lists import END, START
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, Any]
HOPS = ("decision_ns", "gap_ns", "answer_ns", "fill_ns")
SAID = {
    "decision_ns": "from the provider's acknowledgement to the first route",
    "gap_ns": "from the route before",
    "answer_ns": "from sending to the venue's acknowledgement",
    "fill_ns": "from sending to the first fill",
}
MEDIAN, HIGH = 0.5, 0.95
MOST_PATTERNS = 20


def transitions(hops: pl.DataFrame) -> list[Row]:
    """`provider, from, to, orders, share, median_ms`: share of what left `from`; `order` and `end` are its two ends."""
    steps = hops.select("provider", pl.col("before").cast(pl.String), pl.col("venue").cast(pl.String), "gap_ns")
    ends = (
        hops.filter("is_last")
        .select("provider", pl.col("venue").cast(pl.String).alias("before"))
        .with_columns(pl.lit(END).alias("venue"), pl.lit(None, pl.Int64).alias("gap_ns"))
    )
    counted = (
        pl.concat([steps, ends.select(steps.columns)])
        .group_by(pl.col("provider").cast(pl.String), "before", "venue")
        .agg(pl.len().cast(pl.Int64).alias("orders"), _quantile("gap_ns", MEDIAN).alias("median_ms"))
        .with_columns((pl.col("orders") / pl.col("orders").sum().over("provider", "before")).alias("share"))
        .sort("provider", pl.col("before") != START, "before", pl.col("orders"), "venue",
              descending=[False, False, False, True, False])
    )  # fmt: skip
    return counted.rename({"before": "from", "venue": "to"}).to_dicts()


def hop_times(hops: pl.DataFrame) -> list[Row]:
    """`provider, venue, hop, what, n, median_ms, p95_ms` by venue (nearest rank); nothing where no instant is known."""
    parts = [
        hops.filter(pl.col(name).is_not_null())
        .group_by(pl.col("provider").cast(pl.String), pl.col("venue").cast(pl.String))
        .agg(
            pl.lit(name.removesuffix("_ns")).alias("hop"),
            pl.lit(SAID[name]).alias("what"),
            pl.len().cast(pl.Int64).alias("n"),
            _quantile(name, MEDIAN).alias("median_ms"),
            _quantile(name, HIGH).alias("p95_ms"),
        )
        for name in HOPS
    ]
    return pl.concat(parts).sort("provider", "hop", "venue").to_dicts()


def sweeps(lists: pl.DataFrame) -> list[Row]:
    """The most frequent sweeps: `provider, order_class, venues, orders, share, iso, ioc`; share of the class's orders.

    `iso` and `ioc` count the sweeps all of whose routes were marked so.
    """
    whole = pl.col("n").sum().over("provider", "order_class")
    found = (
        lists.with_columns(whole.alias("of_class"))
        .filter(pl.col("sweep") != "")
        .group_by("provider", "order_class", pl.col("sweep").alias("venues"))
        .agg(
            pl.col("n").sum().alias("orders"),
            (pl.col("n").sum() / pl.col("of_class").first()).alias("share"),
            pl.col("n").filter("iso").sum().alias("iso"),
            pl.col("n").filter("ioc").sum().alias("ioc"),
        )
    )
    return found.sort("orders", "provider", "order_class", "venues", descending=[True, False, False, False]).head(
        MOST_PATTERNS
    ).to_dicts()  # fmt: skip


def _quantile(name: str, share: float) -> pl.Expr:
    return pl.col(name).quantile(share, "nearest") / NS_PER_MS


def way_figure(rows: Sequence[Row]) -> Row:
    """Transitions of one provider as circles from row to column, sized by orders, so readable in grey."""
    values = [{"from": row["from"], "to": row["to"], "orders": row["orders"], "share": row["share"]} for row in rows]
    names = sorted({row["to"] for row in rows} | {row["from"] for row in rows})
    size = {"field": "orders", "type": "quantitative", "title": "orders", "scale": {"range": [4, 700]}}
    return {
        "width": "container",
        "height": {"step": 24},
        "data": {"values": values},
        "mark": {"type": "circle", "opacity": 0.85},
        "encoding": {
            "x": {
                "field": "to",
                "type": "nominal",
                "title": "next venue (end: no further route)",
                "sort": [*(name for name in names if name != END), END],
            },
            "y": {
                "field": "from",
                "type": "nominal",
                "title": "venue before (order: the first route)",
                "sort": [START, *(name for name in names if name != START)],
            },
            "size": size,
        },
    }
