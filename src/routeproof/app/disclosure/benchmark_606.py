"""Where others send their orders, by their public reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.tables.rule606.flat import tables_of
from routeproof.tables.rule606.lake_tables import lake_name, lake_schema
from routeproof.tables.rule606.layout import A1, B3
from routeproof.tables.rule606.look_through import FURTHER, BrokerMonths, broker_months, looked_through, report_key
from routeproof.tables.rule606.mix_sums import DIMENSIONS, mix_rows
from routeproof.tables.rule606.venue_mix import NOT_NAMED, TOTAL, TYPES, Mix, statements, venue_key
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.stores.lake import Lake
    from routeproof.tables.rule606.layout import Layout

EQUAL_CELLS = (
    "Public reports give percentages without numbers of orders: each report, month and section weighs the same in "
    "orders_share, whatever its size. A venue that a report does not name counts as 0 there; (not named) is the rest."
)
PAYMENTS = (
    "Payments are net, positive where the reporter received them. Cents per hundred shares are dollars over the shares "
    "that dollars and cents imply, over statements of both and of one sign; amounts of zero have no weight in it."
)
OPTIONS = "For options, reporters are said to count a contract where the schema says a hundred shares; not confirmed."
HANDLED = (
    "Looked through: {brokers}. What such a broker did with not-held orders (606(b)(3)) stands for what it did with "
    "the held orders of a public report. Payments stay with the first hop, left out; (routed further) is unknown."
)


def benchmark_606(
    context: Context,
    quarter: str,
    by: Sequence[str],
    where: Mapping[str, str],
    *,
    look_through: bool = False,
) -> dict[str, Any]:
    """Shares of orders and payments of a quarter's 606(a)(1) reports.

    Args:
        context: stores.
        quarter: such as 2026Q3.
        by: dimensions, see `mix_sums.DIMENSIONS`.
        where: value that a dimension must have.
        look_through: put the venues of routing brokers in their place, where the lake has their 606(b)(3) reports.

    Returns:
        `rows` and `notes`.

    Raises:
        UsageError: for a text that is no quarter, and unknown dimensions.
    """
    quarter_days(quarter)
    for name in (*by, *where):
        if name not in DIMENSIONS:
            message = f"expected a dimension ({', '.join(DIMENSIONS)}), found {name!r}"
            raise UsageError(message, where="--by" if name in by else "--where")
    where = {name: _compared(value) if name in ("venue", "via") else value for name, value in where.items()}
    mix = _mix(context.lake, quarter.upper(), by, where)
    notes = [EQUAL_CELLS, PAYMENTS]
    if look_through:
        mix, brokers = looked_through(mix, _brokers(context.lake))
        found = (
            ", ".join(sorted(brokers)) or "none, the lake has no 606(b)(3) report of a venue's broker in these months"
        )
        notes.append(HANDLED.format(brokers=found))
    if any(cell.section == "options" for cell in mix.cells):
        notes.append(OPTIONS)
    if mix.silent:
        notes.append(f"{mix.silent} sections of a month state no share of any venue and are left out.")
    if not mix.cells:
        notes.append(
            f"The lake has no 606(a)(1) report of {quarter.upper()} that states a share: `ingest rule606` first."
        )
    return {"rows": mix_rows(mix, by, where), "notes": notes}


def _compared(value: str) -> str:
    return value if value in (NOT_NAMED, FURTHER) else venue_key(value)


def _mix(lake: Lake, quarter: str, by: Sequence[str], where: Mapping[str, str]) -> Mix:
    chosen = where.get("order_type")
    types = list(TYPES) if "order_type" in by else [chosen or TOTAL]
    if chosen is not None and chosen not in TYPES:
        message = f"expected order_type {', '.join(TYPES)}, found {chosen!r}"
        raise UsageError(message, where="--where")
    months, sections, venues = (
        _rows(lake, A1, table, pl.col("quarter") == quarter) for table in ("rMonthly", "section", "rVenue")
    )
    return statements(months, sections, venues, types)


def _brokers(lake: Lake) -> BrokerMonths:
    names = {report_key(row): str(row["bd"]) for row in _rows(lake, B3, "report")}
    return broker_months(names, _rows(lake, B3, "hMonthly"), _rows(lake, B3, "iVenue"))


def _rows(lake: Lake, layout: Layout, table: str, where: pl.Expr | None = None) -> list[dict[str, Any]]:
    name = lake_name(layout, table)
    if not lake.manifest().parts(name):
        return []
    columns = list(lake_schema(layout, tables_of(layout)[table]))
    frame = lake.scan(name).select(columns)
    return (frame if where is None else frame.filter(where)).collect().to_dicts()
