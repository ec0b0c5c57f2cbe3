"""Findings of one incident together: what happened to a provider's orders while it was out is part of the outage."""

from __future__ import annotations

import polars as pl

OF_ORDER = ("order:", "fill:")
EXPLAINING = ("outage", "sequence_gap")
"""Families of incidents that happen in the flow itself, so that what befell an order meanwhile is part of them.

All others judge a file, a list or a whole day (a vendor's report, routing shares, payments): their instant is that of a
row or of the close, and says nothing about why an order at that time had the price it had. They are a matter among
themselves and take no order's findings: else trifles in a report could hold every serious finding of the day.
"""


def group_incidents(findings: pl.DataFrame, margin_ns: int, gap_ns: int) -> pl.DataFrame:
    """The findings with order-level groups replaced by the incident of their provider that holds them.

    An incident is a run of findings of one group that have a family, each of which begins within `gap_ns` of the latest
    end before it; its name is the group and the instant at which it began. It lasts from the first `at` to the last
    `until_at` (`at` where there is none). A finding about an order or a fill, of the same provider and day, whose time
    touches such an interval of a family in `EXPLAINING`, `margin_ns` on either side, takes the name of the incident; of
    several the one that began first, then by name. So takes an incident of one venue the name of one of the whole
    provider, of the same family, that it touches. Findings without a provider stay as they are. Identities do not
    change, and the order of rows is kept. All of it follows from the findings as a set: one that comes late may join
    two runs to one.

    Args:
        findings: `rules.finding.FINDINGS` of one day.
        margin_ns: event time, >= 0.
        gap_ns: event time, >= 0.
    """
    numbered = findings.with_row_index("_row").with_columns(_end().alias("_end"))
    members = _runs(numbered, gap_ns)
    incidents = _named(_incidents(members, margin_ns))
    if incidents.is_empty():
        return findings
    own = members.join(incidents, on="incident", how="inner")
    orders = numbered.filter((pl.col("family") == "") & _is_of_order())
    moved = pl.concat(
        [own.select("_row", "start", "into"), _held(orders, incidents.filter(pl.col("family").is_in(EXPLAINING)))]
    )
    first = moved.sort("_row", "start", "into").unique("_row", keep="first", maintain_order=True)
    return (
        numbered.join(first.select("_row", "into"), on="_row", how="left", maintain_order="left")
        .with_columns(pl.coalesce("into", "group").alias("group"))
        .select(findings.columns)
    )


def _runs(numbered: pl.DataFrame, gap_ns: int) -> pl.DataFrame:
    """Findings that have a family and a provider, with the name of their `incident`."""
    found = numbered.filter((pl.col("family") != "") & pl.col("provider").is_not_null())
    ended_at = pl.col("_end").cum_max().shift(1).over("group")
    goes_on = (pl.col("at") - ended_at <= gap_ns).fill_null(value=False)
    began_at = pl.when(~goes_on).then("at").forward_fill().over("group")
    return found.sort("group", "at").with_columns(
        pl.concat_str("group", pl.lit(":"), began_at.cast(pl.String)).alias("incident")
    )


def _end() -> pl.Expr:
    return pl.max_horizontal(pl.coalesce("until_at", "at"), "at")


def _is_of_order() -> pl.Expr:
    return pl.any_horizontal(pl.col("group").str.starts_with(start) for start in OF_ORDER)


def _incidents(members: pl.DataFrame, margin_ns: int) -> pl.DataFrame:
    """`incident, provider, day, family, venue, start, stop`: the venue is null where one of its findings has none."""
    return members.group_by("incident", "provider", "day", "family").agg(
        pl.when(pl.col("venue").null_count() > 0).then(None).otherwise(pl.col("venue").min()).alias("venue"),
        (pl.col("at").min() - margin_ns).alias("start"),
        (pl.col("_end").max() + margin_ns).alias("stop"),
    )


def _named(incidents: pl.DataFrame) -> pl.DataFrame:
    """The incidents with the name they go `into`: those of a venue into the first of the provider that they touch."""
    whole = incidents.filter(pl.col("venue").is_null()).select("incident", "provider", "day", "family", "start", "stop")
    paired = incidents.join(whole, on=["provider", "day", "family"], how="inner", suffix="_of")
    touching = paired.filter((pl.col("start") <= pl.col("stop_of")) & (pl.col("start_of") <= pl.col("stop")))
    into = (
        touching.filter(pl.col("venue").is_not_null())
        .sort("start_of", "incident_of")
        .unique("incident", keep="first", maintain_order=True)
        .select("incident", pl.col("incident_of").alias("into"))
    )
    return incidents.join(into, on="incident", how="left").with_columns(pl.col("into").fill_null(pl.col("incident")))


def _held(orders: pl.DataFrame, incidents: pl.DataFrame) -> pl.DataFrame:
    """`_row, start, into` of findings that touch an incident of their provider and day."""
    joined = orders.select("_row", "at", "_end", "provider", "day").join(incidents, on=["provider", "day"], how="inner")
    touching = joined.filter((pl.col("at") <= pl.col("stop")) & (pl.col("_end") >= pl.col("start")))
    return touching.select("_row", "start", "into")
