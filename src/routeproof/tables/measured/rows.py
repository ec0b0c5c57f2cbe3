"""Measured rows: the wide frames that every metric reads, one row per execution, order and route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.measured.routes import route_paths
from routeproof.tables.session_clock import session_name
from routeproof.vocab import quote_status as status
from routeproof.vocab.times import EQUITY_ZONE
from routeproof.vocab.words import HORIZONS_NS

if TYPE_CHECKING:
    from routeproof.tables.switches import Switches

REFERENCE_OF = {"receipt": "clock", "route": "sent", "venue": "arrived", "execution": "execution"}
"""Benchmark point -> prefix of the looked-up columns."""

VERSION_DIMENSIONS = (
    "provider",
    "order_type",
    "order_class",
    "order_group",
    "lot",
    "size_bucket",
    "tif",
    "beyond_displayed",
    "halted",
    "short_sale_restricted",
)
_HALF_HOURS = pl.Series([f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in (0, 30)])
_VERSION_QUOTES = [
    f"{point}_{name}"
    for point in ("clock", "receipt")
    for name in ("bid", "ask", "bid_size", "ask_size", "age_ns", "status")
]


def usable(prefix: str, locked: str) -> pl.Expr:
    """Whether a looked-up quote may carry a statistic: two-sided, not crossed, and not locked unless included."""
    code = pl.col(f"{prefix}_status")
    return code.is_in([status.OK, status.LOCKED] if locked == "include" else [status.OK])


def midpoint_sum(prefix: str, locked: str) -> pl.Expr:
    """Bid + ask (twice the midpoint, fixed point) of a usable quote, else null."""
    return pl.when(usable(prefix, locked)).then(pl.col(f"{prefix}_bid") + pl.col(f"{prefix}_ask"))


def side_sign(side: str = "side") -> pl.Expr:
    """+1 buy, -1 sell of any kind, null where the side is unknown."""
    return pl.when(pl.col(side) == "buy").then(1).when(pl.col(side).is_not_null()).then(-1).cast(pl.Int64)


def calendar_dimensions(instant: str) -> list[pl.Expr]:
    """`day, month, quarter, time_of_day` (half hours of New York time) of a row with `trading_day`."""
    day = pl.col("trading_day")
    local = pl.from_epoch(instant, time_unit="ns").dt.replace_time_zone("UTC").dt.convert_time_zone(EQUITY_ZONE)
    return [
        day.alias("day"),
        day.dt.strftime("%Y-%m").alias("month"),
        pl.concat_str(day.dt.year(), pl.lit("Q"), day.dt.quarter()).alias("quarter"),
        pl.lit(_HALF_HOURS).gather(local.dt.hour().cast(pl.Int32) * 2 + local.dt.minute() // 30).alias("time_of_day"),
    ]


def assign_versions(executions: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Executions with the `version` that they filled: the one they name, else the last in effect when they traded."""
    if versions["version"].min() == versions["version"].max() == 1:  # nothing was replaced, whenever they traded
        first = pl.when(pl.col("order_id").is_not_null()).then(pl.lit(1, dtype=pl.Int64))
        return executions.with_columns(pl.coalesce("version", first).alias("version"))
    clocks = versions.select("order_id", "version", "clock_at").sort("clock_at")
    named = executions.with_columns(pl.col("version").alias("named_version")).drop("version")
    return (
        named.sort("executed_at")
        .join_asof(
            clocks,
            left_on="executed_at",
            right_on="clock_at",
            by="order_id",
            strategy="backward",
            check_sortedness=False,
        )
        .with_columns(
            pl.coalesce("named_version", "version", pl.when(pl.col("order_id").is_not_null()).then(1)).alias("version")
        )
        .drop("named_version", "clock_at")
    )


def join_versions(executions: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Executions with the order version they filled; see `assign_versions`."""
    assigned = assign_versions(executions, versions)
    columns = [
        "order_id",
        "version",
        *VERSION_DIMENSIONS,
        "received_at",
        "clock_start_at",
        pl.col("clock_at").alias("version_clock_at"),
        "decided_at",
        "arrival_mid2",
        pl.col("side").alias("order_side"),
        pl.col("quantity").alias("version_quantity"),
        *_VERSION_QUOTES,
    ]
    joined = assigned.join(versions.select(columns), on=["order_id", "version"], how="left")
    return joined.with_columns(
        pl.coalesce("side", "order_side").alias("side"),
        pl.coalesce("provider_id", "provider").alias("provider"),
        *filled_before_executable(),
    )


def filled_before_executable() -> list[pl.Expr]:
    """A fill that came before its waiting order was seen to become executable has no clock start and no reference."""
    waited = pl.col("clock_start_at") > pl.col("version_clock_at")
    early = (waited & (pl.col("clock_start_at") > pl.col("executed_at"))).fill_null(value=False)
    return [
        pl.when(~early).then("clock_start_at").alias("clock_start_at"),
        pl.when(early).then(pl.lit(status.NO_INSTANT, dtype=pl.Int8)).otherwise("clock_status").alias("clock_status"),
    ]


def join_routes(executions: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """Executions with the firm's own route (hop 1) and the venue's route, where there are any.

    An execution that names no route takes its order version's first route. The venue's route is the execution's last
    one if it went to a venue: any hop beyond the first, or a first hop that names the venue.
    """
    quotes = ("bid", "ask", "bid_size", "ask_size", "age_ns", "status")
    paths = route_paths(routes)
    firm = routes.select(
        pl.col("route_id").alias("first_route_id"),
        pl.col("version").fill_null(1).alias("first_route_version"),
        "sent_at",
        pl.col("acknowledged_at").alias("first_acknowledged_at"),
        *(f"sent_{name}" for name in quotes),
    )
    last = routes.join(paths, on="route_id").select(
        "route_id",
        "first_route_id",
        "hop",
        "strategy",
        pl.col("iso").cast(pl.Int64),
        is_venue_route=(pl.col("hop") > 1) | pl.col("venue").is_not_null(),
        venue_arrived_at="arrived_at",
        venue_arrival_source="arrival_source",
        **{f"arrived_{name}": pl.col(f"arrived_{name}") for name in quotes},
    )
    default = (
        routes.filter(pl.col("hop") == 1)
        .sort("sent_at", "route_id")
        .unique(["order_id", "version"], keep="first", maintain_order=True)
        .select("order_id", "version", pl.col("route_id").alias("default_route_id"))
    )
    joined = (
        executions.join(default, on=["order_id", "version"], how="left")
        .with_columns(pl.coalesce("route_id", "default_route_id").alias("route_id"))
        .join(last, on="route_id", how="left")
        .join(firm, on="first_route_id", how="left")
    )
    at_venue = pl.col("is_venue_route").fill_null(value=False)
    return joined.with_columns(
        pl.when(at_venue).then("arrived_status").otherwise(status.NO_INSTANT).alias("arrived_status"),
        pl.when(at_venue).then("venue_arrived_at").alias("venue_arrived_at"),
        *(
            pl.when(at_venue).then((pl.col("venue_arrival_source") == source).cast(pl.Int64)).alias(f"arrived_{source}")
            for source in ("acknowledged", "sent")
        ),
    )


def measured_rows(joined: pl.DataFrame, switches: Switches) -> pl.DataFrame:
    """The wide execution frame that metrics read.

    Args:
        joined: executions with version, route, execution and horizon look-ups, `open_at`, `close_at`.
        switches: benchmark point, locked rule.

    Returns:
        Adds `sign` (+1/-1), `reference_status`, `mid2` (reference bid + ask), `quoted` (ask - bid), `far_touch`,
        `contra_size`, `mid2_{receipt,route,venue,execution}`, `mid2_H` per horizon, `arrival_mid2`,
        durations `time_to_execution_ns, receipt_to_route_ns, route_to_ack_ns`, the reference's age, flags and
        dimensions. Everything looked up is null where its quote may not carry a statistic.
    """
    locked = switches.locked
    prefix = REFERENCE_OF[switches.benchmark]
    code = (
        pl.when(pl.col("side").is_null())
        .then(status.NO_SIDE)
        .otherwise(pl.col(f"{prefix}_status").fill_null(status.NO_INSTANT))
    )
    rows = joined.with_columns(
        side_sign().alias("sign"),
        code.cast(pl.Int8).alias("reference_status"),
        *reference_quote(prefix, usable(prefix, locked)),
        *(midpoint_sum(lookup, locked).alias(f"mid2_{point}") for point, lookup in REFERENCE_OF.items()),
        *(horizon_midpoint(name, locked) for name in HORIZONS_NS),
        (pl.col("executed_at") - pl.col("clock_start_at")).alias("time_to_execution_ns"),
        (pl.col("sent_at") - _receipt_of_route()).alias("receipt_to_route_ns"),
        (pl.col("executed_at") - pl.col("sent_at")).alias("route_to_execution_ns"),
        (pl.col("first_acknowledged_at") - pl.col("sent_at")).alias("route_to_ack_ns"),
        session_name(pl.col("executed_at")).alias("session"),
        *calendar_dimensions("executed_at"),
    ).with_columns(
        pl.col("mid2").is_not_null().cast(pl.Int64).alias("covered"),
        *reference_age(prefix, switches.stale_after_ns),
        pl.when(pl.col("fee").is_not_null() | pl.col("rebate").is_not_null())
        .then(pl.col("fee").fill_null(0) - pl.col("rebate").fill_null(0))
        .alias("net_fee"),
    )
    return rows.with_columns(size_improvement(rows))


def _receipt_of_route() -> pl.Expr:
    """When the firm got the order version that its own route was sent for; null for a version between first and filled.

    A replaced order's time before the replace is no delay of the firm.
    """
    version = pl.col("first_route_version")
    of_filled = pl.when(version == pl.col("version")).then("version_clock_at")
    return of_filled.when(version == 1).then("received_at")


def reference_quote(prefix: str, is_usable: pl.Expr) -> list[pl.Expr]:
    """`mid2, quoted, far_touch, contra_size` of the reference; null where it is not usable or the side is unknown."""
    is_buy = pl.col("side") == "buy"
    reference = pl.when(pl.col("side").is_not_null() & is_usable)
    shown = pl.when(is_buy).then(f"{prefix}_ask_size").otherwise(f"{prefix}_bid_size").replace(-1, None)
    return [
        reference.then(pl.col(f"{prefix}_bid") + pl.col(f"{prefix}_ask")).alias("mid2"),
        reference.then(pl.col(f"{prefix}_ask") - pl.col(f"{prefix}_bid")).alias("quoted"),
        reference.then(pl.when(is_buy).then(f"{prefix}_ask").otherwise(f"{prefix}_bid")).alias("far_touch"),
        reference.then(shown).alias("contra_size"),
    ]


def reference_age(prefix: str, stale_after_ns: int) -> list[pl.Expr]:
    """`reference_age_ns`, `stale` (0/1) and `stale_reference` (`yes`, `no`) of rows with `mid2`; null where it is."""
    age = pl.when(pl.col("mid2").is_not_null()).then(f"{prefix}_age_ns")
    stale = age > stale_after_ns
    words = pl.when(stale).then(pl.lit("yes")).when(~stale).then(pl.lit("no"))
    return [age.alias("reference_age_ns"), stale.cast(pl.Int64).alias("stale"), words.alias("stale_reference")]


def horizon_midpoint(name: str, locked: str) -> pl.Expr:
    """`mid2_H`: bid + ask at the horizon, null where that quote may not carry a statistic."""
    allowed = [status.OK, status.LOCKED] if locked == "include" else [status.OK]
    return (
        pl.when(pl.col(f"status_{name}").is_in(allowed))
        .then(pl.col(f"bid_{name}") + pl.col(f"ask_{name}"))
        .alias(f"mid2_{name}")
    )


def size_improvement(rows: pl.DataFrame) -> pl.Series:
    """Shares of each fill at or better than the touch beyond the size displayed there, in order of execution.

    Summed over an order version: max(0, shares at or better than the touch - displayed shares); a fill without an order
    stands alone. Null where the displayed size is unknown. Source: 605(a)(1) size improvement.
    """
    at_or_better = pl.col("sign") * (pl.col("far_touch") - pl.col("price")) >= 0
    taken = pl.when(at_or_better).then("quantity").otherwise(0)
    key = pl.coalesce("order_id", "execution_id").alias("key")
    of_fill = rows.select(key, "version", "executed_at", taken.alias("taken"), pl.int_range(pl.len()).alias("row"))
    in_order = _numbered(of_fill).sort("group", "executed_at")
    if in_order.select(pl.struct("group", "executed_at").is_duplicated().any()).item():  # then their names decide
        names = rows["execution_id"].gather(in_order["row"])
        in_order = in_order.with_columns(names.alias("name")).sort("group", "executed_at", "name")
    group, amount = in_order["group"].to_numpy(), in_order["taken"].to_numpy()
    running = np.cumsum(amount)  # may wrap around: differences come out right all the same
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    before = running - amount
    before -= np.repeat(before[begins], np.diff(begins, append=group.size))
    total = np.empty((2, rows.height), dtype=np.int64)
    total[:, in_order["row"].to_numpy()] = before, before + amount
    return rows.select(_beyond(pl.Series(total[1])) - _beyond(pl.Series(total[0])))["size_improvement"]


def _numbered(of_fill: pl.DataFrame) -> pl.DataFrame:
    """Fills with `group`, the number of their order version."""
    grouped = of_fill.group_by("key", "version").agg("row", "executed_at", "taken").drop("key", "version")
    numbered = grouped.with_columns(group=pl.int_range(pl.len()))
    return numbered.explode("row", "executed_at", "taken", empty_as_null=False)


def _beyond(total: pl.Series) -> pl.Expr:
    """How far a running total of shares exceeds the displayed size."""
    return (pl.lit(total) - pl.col("contra_size")).clip(lower_bound=0).alias("size_improvement")
