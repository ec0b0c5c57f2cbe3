"""Lake tables of Rule 606 reports: the texts as filed, where they stood, and what they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.rule606.flat import REPORT, SECTION, tables_of
from routeproof.tables.rule606.layout import A1, B1, B3, BY_FORMAT
from routeproof.tables.schema import PROVENANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.tables.rule606.flat import FlatReport, FlatTable, Row
    from routeproof.tables.rule606.layout import Layout

HISTORICAL = "rule606_historical"
"""Quarterly reports before 2020, by NYSE, Nasdaq and other listings."""

_NAMES = {
    A1.format: {REPORT: "reports", "rMonthly": "months", SECTION: "sections", "rVenue": "venues"},
    B1.format: {
        REPORT: "reports",
        SECTION: "sections",
        "order": "orders",
        "route": "routes",
        "transaction": "transactions",
    },
    B3.format: {
        REPORT: "reports",
        SECTION: "sections",
        "hMonthly": "months",
        "ioiExposedVenue": "exposed_venues",
        "iVenue": "venues",
    },
}

CONTEXT: dict[str, tuple[str, ...]] = {
    A1.format: ("reporter", "filing", "quarter"),
    B1.format: ("reporter", "filing", "customer_key", "start_on", "end_on"),
    B3.format: ("reporter", "filing", "customer_key", "start_on", "end_on"),
}
"""Columns that say what a row speaks of, before its keys: `reporter` is the CRD number of the file's name or else the
broker-dealer's name, `filing` a suffix of the file's name, `customer_key` a hash of the customer's name."""

LINE = "source_row"
"""Line of the document."""

_PROVENANCE = {column.name: column.dtype for column in PROVENANCE}


def lake_name(layout: Layout, table: str) -> str:
    """Name in the lake of one table of a report, such as `rule606_a1_venues`."""
    return f"rule606_{layout.format.removeprefix('606')}_{_NAMES[layout.format][table]}"


def lake_schema(layout: Layout, table: FlatTable) -> dict[str, pl.DataType]:
    """Columns of a lake table: context, ordinals as whole numbers, texts as filed, provenance."""
    keys = {name: pl.String() if name == SECTION else pl.Int64() for name in table.keys}
    texts = {name: pl.String() for name in table.columns if name not in keys}
    if table.name == REPORT:
        texts |= {"file": pl.String(), "version_no": pl.Int64()}  # type: ignore[dict-item]
    return {**dict.fromkeys(CONTEXT[layout.format], pl.String()), **keys, **texts, **_PROVENANCE}


LAKE_TABLES = frozenset(
    {HISTORICAL, *(lake_name(layout, table) for layout in BY_FORMAT.values() for table in tables_of(layout))}
)

HISTORICAL_SCHEMA: dict[str, pl.DataType] = {
    "reporter": pl.String(),
    "quarter": pl.String(),
    "section": pl.String(),
    "order_type": pl.String(),
    "venue": pl.String(),
    "orders_pct": pl.Int64(),
    "payment_as_filed": pl.String(),
    **_PROVENANCE,
}
"""`orders_pct`: percent of the section's orders of that type, fixed point at 1e-9."""


def lake_frames(
    report: FlatReport, context: Mapping[str, str], provenance: Mapping[str, object], extra: Mapping[str, object]
) -> dict[str, pl.DataFrame]:
    """Frame by lake table.

    Args:
        report: rows of one document.
        context: values of the layout's `CONTEXT` columns.
        provenance: `firm_id` and `source_id`.
        extra: columns of the report's own row, `file` and `version_no`.
    """
    frames = {}
    for table in tables_of(report.layout).values():
        schema = lake_schema(report.layout, table)
        rows = [_line(row, table, report, extra) for row in report.rows[table.name]]
        frame = pl.DataFrame(rows, schema={name: kind for name, kind in schema.items() if name in _own(schema)})
        constant = {**context, **provenance}
        added = [pl.lit(constant[name], dtype=schema[name]).alias(name) for name in schema if name in constant]
        frames[lake_name(report.layout, table.name)] = frame.with_columns(added).select(list(schema))
    return frames


def _own(schema: Mapping[str, pl.DataType]) -> list[str]:
    shared = {"firm_id", "source_id", *(name for names in CONTEXT.values() for name in names)}
    return [name for name in schema if name not in shared]


def _line(row: Row, table: FlatTable, report: FlatReport, extra: Mapping[str, object]) -> dict[str, object]:
    told: dict[str, object] = {**dict(zip(table.keys, row.key, strict=True)), **row.texts, LINE: row.line}
    empty = [leaf.name for leaf in table.leaves if leaf.optional and row.texts.get(leaf.name) == ""]
    if any(leaf.optional for leaf in table.leaves):
        told["present_but_empty"] = " ".join(empty)
    if table.name == REPORT:
        told |= {"root": report.layout.root.name, "xml_extras": report.extras, **extra}
    return told
