"""The worst executions with their order's timeline against the NBBO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.reports.pack.inputs import TimelineEvent, WorstExecution
from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.review.quarter import Quarter
    from routeproof.stores.lake import Lake

MOST_QUOTES = 240
"""Quotes drawn per timeline; a busier stretch is thinned to the ones nearest the execution."""

_STEPS = (
    ("received", "received_at"),
    ("routed", "sent_at"),
    ("acknowledged", "first_acknowledged_at"),
    ("executed", "executed_at"),
)


def worst_executions(lake: Lake, manifest: str, quarter: Quarter, provider: str) -> tuple[WorstExecution, ...]:
    """Up to ten executions of a provider, dearest first."""
    if not quarter.worst.width:
        return ()
    own = quarter.worst.filter(pl.col("provider") == provider).sort(
        "cost_e18", "execution_id", descending=[True, False]
    )
    return tuple(_worst(lake, manifest, row) for row in own.with_columns(_when()).iter_rows(named=True))


def _when() -> pl.Expr:
    """The execution's moment in New York, to the millisecond, in words."""
    local = pl.from_epoch("executed_at", time_unit="ns").dt.replace_time_zone("UTC")
    return local.dt.convert_time_zone("America/New_York").dt.strftime("%Y-%m-%d %H:%M:%S%.3f").alias("when")


def _exec_id(lake: Lake, manifest: str, row: dict[str, Any]) -> str:
    """What the fill is called in the provider's report, else in the first report of it that was seen."""
    columns = ["execution_id", "role", "exec_id_seen", "seen_at", "sequence"]
    seen = lake.scan("sightings", [row["trading_day"]], columns, manifest=manifest)
    own = seen.filter((pl.col("execution_id") == row["execution_id"]) & (pl.col("exec_id_seen") != ""))
    found = own.sort(pl.col("role") != "provider", "seen_at", "sequence").head(1).collect()
    return str(found["exec_id_seen"][0]) if found.height else ""


def _worst(lake: Lake, manifest: str, row: dict[str, Any]) -> WorstExecution:
    steps = [(what, row.get(column)) for what, column in _STEPS]
    events = tuple(
        TimelineEvent(at=at, what=what, price=row["price"] / SCALE if what == "executed" else None)
        for what, at in steps
        if at is not None
    )
    per_share = row["cost_per_share"] / SCALE
    return WorstExecution(
        execution_id=row["execution_id"],
        order_id=row["order_id"] or "",
        symbol=row["symbol"],
        side=row["side"],
        order_class=row["order_class"] or "unclassified",
        venue=row["venue"] or "(not reported)",
        quantity=row["quantity"] / SCALE,
        price=row["price"] / SCALE,
        executed_at=row["executed_at"],
        when=row["when"],
        exec_id=_exec_id(lake, manifest, row),
        source=f"{row['source_id']} row {row['source_row']}",
        cost_usd=row["cost_e18"] / SCALE / SCALE,
        cost_usd_per_share=per_share,
        why=_why(row, per_share),
        events=events,
        quotes=_quotes(lake, manifest, row, min(event.at for event in events)),
    )


def _why(row: dict[str, Any], per_share: float) -> str:
    touch = "ask" if row["side"] == "buy" else "bid"
    waited = row["time_to_execution_ns"]
    began = "receipt" if row["version"] in (None, 1) else "receipt of its replacement"
    after = "" if waited is None else f", {waited / 1e6:,.1f} ms after {began}"
    return f"Filled ${per_share:.4f} a share beyond the {touch} of ${row['far_touch'] / SCALE:,.4f}{after}."


def _quotes(lake: Lake, manifest: str, row: dict[str, Any], begin: int) -> pl.DataFrame:
    quotes = lake.read(
        "quotes", [row["trading_day"]], ["symbol", "at", "sequence", "bid", "ask", "kind"], [row["symbol"]], manifest
    )
    reference = quotes.filter(pl.col("kind").is_in(["nbbo", "composite"])).sort("at", "sequence")
    before = reference.filter(pl.col("at") < begin).tail(1)
    during = reference.filter(pl.col("at").is_between(begin, row["executed_at"] + NS_PER_S))
    if during.height > MOST_QUOTES:
        nearest = (pl.col("at") - row["executed_at"]).abs()
        during = during.sort(nearest, "sequence").head(MOST_QUOTES).sort("at", "sequence")
    return pl.concat([before, during]).select("at", divided(pl.col("bid"), SCALE), divided(pl.col("ask"), SCALE))
