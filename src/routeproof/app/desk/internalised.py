"""The order-by-order record of internalised flow: each execution at the firm's own venues against the quote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.measure_range import measured_days
from routeproof.app.objects.act import act
from routeproof.app.shipped_rules import rules_of
from routeproof.governance.internalised import INTERNALISED
from routeproof.tables.division import divided
from routeproof.tables.measured.order_class import ORDER_GROUPS
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError
from routeproof.vocab.fixed import SCALE, to_decimal
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context

PRICES = ("price", "receipt_bid", "receipt_ask", "execution_bid", "execution_ask")
COLUMNS = (
    "trading_day",
    "order_id",
    "execution_id",
    "provider",
    "symbol",
    "side",
    "order_type",
    "order_class",
    "venue",
)
RESTING = ORDER_GROUPS["resting"]
VERDICTS = ("improved", "at_quote", "outside", "unjudged")


def record_internalised(context: Context, quarter: str, venues: Sequence[str]) -> dict[str, Any]:
    """Judge every execution of a quarter at the venues, keep the rows as evidence, record the totals.

    Raises:
        UsageError: if the text is no quarter, or the lake has no orders in it.
        RefusalError: if nothing executed there, or the person may not record.
    """
    rows, manifest = internalised_rows(context, quarter, venues)
    sha256 = context.evidence.put(
        _csv(rows).encode(), media_type="text/csv; charset=utf-8", name=f"internalised-{quarter}.csv"
    )
    body = {"venues": list(venues), "manifest": manifest, "rows": sha256, **_totals(rows)}
    try:
        return act(context, INTERNALISED, quarter, "record", body, stored=(sha256,))
    except BaseException:
        context.evidence.destroy(sha256)
        raise


def internalised_rows(context: Context, quarter: str, venues: Sequence[str]) -> tuple[pl.DataFrame, str]:
    """One row per execution at the venues: order, quote at receipt and at execution, verdict; and the manifest.

    Prices and quantities are integers of 1e-9 units, as everywhere in the lake; `improvement_per_share` is positive
    when better than the far touch at receipt, null (`verdict` unjudged) where there was no usable quote, and for orders
    that rest: filled at their own limit they are a spread better than the far touch, which says how the market stood.
    """
    first, last = quarter_days(quarter)
    manifest = context.lake.manifest().id
    source = LakeSource(context.lake, manifest)
    days = [day for day in source.days() if first <= day <= last]
    if not days:
        message = f"expected orders in {quarter}, found none in the lake"
        raise UsageError(message, where=quarter)
    wanted = pl.col("venue").is_in(list(venues))
    found = [
        measured.executions.filter(wanted)
        for measured in measured_days(source, days, rules_of(context.lake, manifest), Switches())
        if measured.executions.width
    ]
    rows = pl.concat([_told(frame) for frame in found]) if found else pl.DataFrame()
    return (rows.sort("executed_at", "execution_id") if rows.width else rows), manifest


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    rests = pl.col("order_class").is_in(RESTING).fill_null(value=False)
    better = pl.when(~rests).then(pl.col("sign") * (pl.col("far_touch") - pl.col("price")))
    verdict = (
        pl.when(better.is_null())
        .then(pl.lit("unjudged"))
        .when(better > 0)
        .then(pl.lit("improved"))
        .when(better == 0)
        .then(pl.lit("at_quote"))
        .otherwise(pl.lit("outside"))
    )
    return frame.select(
        *(pl.col(name).cast(pl.String) for name in COLUMNS),
        *("executed_at", "quantity", *PRICES),
        better.alias("improvement_per_share"),
        verdict.alias("verdict"),
    )


def _totals(rows: pl.DataFrame) -> dict[str, Any]:
    shares = dict.fromkeys(VERDICTS, 0)
    if rows.width:
        shares |= dict(rows.group_by("verdict").agg(pl.col("quantity").cast(pl.Int128).sum()).iter_rows())
    return {
        "orders": rows["order_id"].n_unique() if rows.width else 0,
        "executions": rows.height,
        "executed_shares": _text(sum(shares.values())),
        **{f"{verdict}_shares": _text(shares[verdict]) for verdict in VERDICTS},
    }


def _text(fixed: int) -> str:
    return f"{to_decimal(fixed).normalize():f}"


def _csv(rows: pl.DataFrame) -> str:
    """The rows with prices and quantities as decimal numbers; the shortest that stand for the integers."""
    numbers = [name for name in ("quantity", *PRICES, "improvement_per_share") if name in rows.columns]
    return (
        rows.with_columns(divided(pl.col(name), SCALE).alias(name) for name in numbers).write_csv() if numbers else ""
    )
