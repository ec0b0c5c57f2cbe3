"""What a provider reported of one day against the record of that day, as rows that rules judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.reconcile.differences import DIFFERENCES, MISSING_HERE, MISSING_THERE, SET_ASIDE
from routeproof.app.reconcile.fills import OF as OF_FILL
from routeproof.app.reconcile.fills import compare_fills
from routeproof.app.reconcile.names import reported_names
from routeproof.app.reconcile.orders import OF as OF_ORDER
from routeproof.app.reconcile.orders import compare_orders
from routeproof.app.reconcile.record import FILL_COLUMNS, Record, no_fills, orders_of, record_of, told_by
from routeproof.app.reconcile.reported import EARLIER, providers_of_days, report_of
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.tables.canonical.vendor_executions import VENDOR_EXECUTIONS
from routeproof.tables.canonical.vendor_orders import VENDOR_ORDERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.policy.reconcile import ReconcilePolicy
    from routeproof.stores.lake import Lake
    from routeproof.stores.records import Records

_PLACE = ["source_id", "source_row"]
_REPORTED = ["their_file", "their_row"]
_NAMES_OF = {OF_ORDER: ["order_id", "client_order_id"], OF_FILL: ["execution_id"]}
_OURS = {
    OF_ORDER: (("parent_orders", "order_id"), (FIX_MESSAGES.name, "cl_ord_id")),
    OF_FILL: (("executions", "execution_id"),),
}
"""Where the lake has names of orders and fills, beside their symbol."""
_THEIRS = {
    OF_ORDER: tuple((table, name) for table in (VENDOR_ORDERS.name, EARLIER) for name in _NAMES_OF[OF_ORDER]),
    OF_FILL: ((VENDOR_EXECUTIONS.name, "execution_id"),),
}


def differences_of_day(
    lake: Lake, records: Records, day: date, manifest: str, fills: pl.DataFrame | None, policy: ReconcilePolicy
) -> pl.DataFrame | None:
    """Rows of `DIFFERENCES` of all providers that reported orders or fills of a day; null if none did.

    What a later or an earlier day knows under the same name is left to the reconciliation of the quarter: an order that
    stands for days, a fill that the report places on the next one. What was busted or corrected since is left out.

    Args:
        lake: canonical tables.
        records: who delivered what.
        day: trading day.
        manifest: our record, and the reports, as known at this commit.
        fills: measured executions of the day, `FILL_COLUMNS`.
        policy: tolerances.

    Returns:
        `DIFFERENCES`, and `provider, at` (receipt or execution, UTC ns, null where the record has none), `order_id`,
        `execution_id`, `own_filled` (1e-9 shares of our order, null of fills), `orders_told` (whether the provider
        reported orders that day), `source_id, source_row` of the reported row.
    """
    # reports change no manifest: those of the newest commit count with it
    held = None if lake.manifest().id == manifest else manifest
    providers = providers_of_days(lake, [day], held)
    flow = no_fills() if fills is None else fills.select(FILL_COLUMNS)
    every = [_of_provider(lake, records, provider, day, (manifest, held), flow, policy) for provider in providers]
    return pl.concat(every) if every else None


def _of_provider(
    lake: Lake,
    records: Records,
    provider: str,
    day: date,
    manifests: tuple[str, str | None],
    fills: pl.DataFrame,
    policy: ReconcilePolicy,
) -> pl.DataFrame:
    manifest, held = manifests
    report = report_of(lake, provider, day, day, held)
    told = told_by(records, provider)
    own_orders = orders_of(lake, manifest, provider, told, [day], within=[day])
    record = record_of(lake, manifest, told.provider("provider") == provider, own_orders, fills, [day], within=[day])
    parts = []
    if report.orders.height:
        found = compare_orders(report.orders, record, told.parent, policy).differences
        parts.append(_of_this_day(lake, found, report.orders, record.order_names, day, manifests))
    if report.fills.height:
        found = compare_fills(report.fills, record, told.parent, policy).differences
        parts.append(_of_this_day(lake, found, report.fills, record.fill_names, day, manifests))
    rows = pl.concat([DIFFERENCES.to_frame(), *parts])
    return _placed(rows, record, provider, orders_told=report.orders.height > 0)


def _of_this_day(
    lake: Lake,
    found: pl.DataFrame,
    reported: pl.DataFrame,
    own_names: pl.DataFrame,
    day: date,
    manifests: tuple[str, str | None],
) -> pl.DataFrame:
    """Differences of one kind without those that were set aside, or whose names another day has for the symbol."""
    of = OF_FILL if "execution_id" in reported.columns else OF_ORDER
    counted = found.filter(pl.col("what") != SET_ASIDE)
    of_here, of_there = counted.filter(what=MISSING_HERE), counted.filter(what=MISSING_THERE)
    numbered = reported.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    names = reported_names(numbered, _NAMES_OF[of], "").join(numbered.select("row", "symbol", *_PLACE), on="row")
    theirs = of_here.select(*_REPORTED).join(names, left_on=_REPORTED, right_on=_PLACE)
    ours = of_there.select("our_id", "symbol").join(own_names, left_on="our_id", right_on="id")
    here = theirs.join(_on_other_days(lake, _OURS[of], theirs, day, manifests[0]), on="name").filter(_is_like())
    there = ours.join(_on_other_days(lake, _THEIRS[of], ours, day, manifests[1]), on="name").filter(_is_like())
    return pl.concat(
        [
            of_here.join(here, on=_REPORTED, how="anti"),
            of_there.join(there, on="our_id", how="anti"),
            counted.filter(~pl.col("what").is_in([MISSING_HERE, MISSING_THERE])),
        ]
    )


def _is_like() -> pl.Expr:
    """The symbols agree, or one side states none: names may be given again each day."""
    return (pl.col("symbol") == pl.col("there")).fill_null(value=True)


def _on_other_days(
    lake: Lake, places: Sequence[tuple[str, str]], wanted: pl.DataFrame, day: date, manifest: str | None
) -> pl.DataFrame:
    """`name, there`: which names other days of the lake have, and for what symbol; nothing is read for none."""
    found = [pl.DataFrame(schema={"name": pl.String, "there": pl.String})]
    names = wanted["name"].unique()
    for table, column in places if len(names) else ():
        days = [other for other in lake.days(table, manifest) if other != day]
        if days:
            rows = lake.scan(table, days, [column, "symbol"], manifest=manifest)
            chosen = rows.filter(pl.col(column).is_in(names.implode()))
            found.append(
                chosen.select(pl.col(column).alias("name"), pl.col("symbol").alias("there")).unique().collect()
            )
    return pl.concat(found)


def _placed(rows: pl.DataFrame, record: Record, provider: str, *, orders_told: bool) -> pl.DataFrame:
    """Rows with what rules judge them by."""
    is_fill = pl.col("of") == OF_FILL
    fills = record.fills.select(
        pl.col("execution_id").alias("our_id"), pl.col("order_id").alias("of_order"), pl.col("executed_at")
    ).unique("our_id", keep="first")
    orders = record.orders.select(pl.col("order_id").alias("our_id"), "received_at")
    standing = record.fills.filter(~pl.col("busted"))
    filled = standing.group_by(pl.col("order_id").alias("our_id")).agg(pl.col("quantity").sum().alias("own_filled"))
    joined = (
        rows.join(fills, on="our_id", how="left", maintain_order="left")
        .join(orders, on="our_id", how="left", maintain_order="left")
        .join(filled, on="our_id", how="left", maintain_order="left")
    )
    return joined.select(
        *DIFFERENCES,
        pl.lit(provider).alias("provider"),
        pl.when(is_fill).then("executed_at").otherwise("received_at").alias("at"),
        pl.when(is_fill).then("of_order").otherwise("our_id").alias("order_id"),
        pl.when(is_fill).then("our_id").alias("execution_id"),
        pl.when(~is_fill & pl.col("our_id").is_not_null()).then(pl.col("own_filled").fill_null(0)).alias("own_filled"),
        pl.lit(orders_told).alias("orders_told"),
        pl.col("their_file").alias("source_id"),
        pl.col("their_row").alias("source_row"),
    )
