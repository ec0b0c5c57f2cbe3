"""Source rows to canonical rows: fields by the map, checks, defaults, provenance, and what was refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.checks import normalised, row_problem
from routeproof.sources.fields import Field, count_field, day_field, fixed_field, flag_field, recoded, text_field
from routeproof.sources.instants import instant_field
from routeproof.sources.map_file import INLINE_ORDER, INLINE_TERMS, FileMap, TimeFormat, nearest, writable_columns
from routeproof.sources.print_conditions import judged
from routeproof.sources.source import REJECT_SCHEMA, ReadContext, SourceResult
from routeproof.tables.intake.inline_orders import orders_on_executions
from routeproof.tables.registry import TABLES
from routeproof.tables.session_clock import day_of, days_of
from routeproof.vocab.errors import MapError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.tables.schema import Column, Kind, Table

ROW = "__row"
BYTE = "__byte"
RAW = "__raw"
POSITION = (ROW, BYTE, RAW)
"""Columns that every raw frame carries: 1-based row, byte offset or null, the row as text or null."""

FIXED_KINDS = ("price", "quantity", "money")
"""Kinds of columns that hold decimal numbers at the scale."""

_NUMBERS = (*FIXED_KINDS, "count")
_PROBLEM = "__problem"
_DETAIL = "__detail"
_CUSTOMER = pl.lit("customer")


@dataclass(frozen=True, slots=True)
class _Bound:
    """A canonical column and what the map says about it."""

    column: Column
    field: Field
    source: str


def canonical_rows(raw: pl.DataFrame, file_map: FileMap, context: ReadContext) -> SourceResult:
    """Rows of one piece of a file under a map.

    Args:
        raw: source columns as they were delivered, plus `POSITION`.
        file_map: which table, and where its columns stand.
        context: provenance.

    Returns:
        Canonical tables and rejects; every input row is in one or the other.

    Raises:
        MapError: if the map names columns that the file lacks, or leaves a required one out.
    """
    table = TABLES[file_map.table]
    found = [name for name in raw.columns if name not in POSITION]
    columns = columns_of(table)
    sources = source_columns(file_map, found)
    bound = [item for item in (_bind(column, sources.get(column.name), raw, file_map) for column in columns) if item]
    read = normalised(
        table.name,
        raw.select(POSITION).with_columns(item.field.value.alias(item.column.name) for item in bound),
    )
    read = read.with_columns(_first_problem(bound, table))
    good = _judged(read.filter(pl.col(_PROBLEM).is_null()), sources, file_map)
    bad = read.filter(pl.col(_PROBLEM).is_not_null())
    return SourceResult(
        tables=_tables(table, good, context),
        rejects=_rejects(bad, raw, bound, table, context),
        received=raw.height,
        accepted=good.height,
        notes={"sequence": "mapped" if "sequence" in sources else "row"},
    )


def _judged(good: pl.DataFrame, sources: Mapping[str, str], file_map: FileMap) -> pl.DataFrame:
    """Prints that bring conditions and do not say what they are worth, judged by the declared policy."""
    told = "eligible" in sources or "eligible" in file_map.constants
    if file_map.table != "trades" or told or not {"conditions", "at"} <= set(good.columns):
        return good
    return judged(good, file_map.condition_policy)


def positioned(frame: pl.DataFrame, first_row: int) -> pl.DataFrame:
    """The frame with 1-based row numbers; rows of such files have no byte offset."""
    return frame.with_columns(
        pl.int_range(first_row, first_row + frame.height, dtype=pl.Int64, eager=True).alias(ROW),
        pl.lit(None, dtype=pl.Int64).alias(BYTE),
        pl.lit(None, dtype=pl.String).alias(RAW),
    )


def source_columns(file_map: FileMap, found: Sequence[str]) -> dict[str, str]:
    """Canonical name to source column: what the map says, and columns that already have a canonical name.

    Raises:
        MapError: if the map names a column that the file does not have.
    """
    for canonical, source in file_map.columns.items():
        if source not in found:
            message = (
                f"expected column {source!r} for {canonical}, found {', '.join(map(repr, found))}"
                f"{nearest(source, found)}"
            )
            raise MapError(message, where=f"[columns] {canonical}")
    taken = set(file_map.columns.values())
    same = {
        name: name
        for name in writable_columns(file_map.table)
        if name in found and name not in taken and name not in file_map.columns and name not in file_map.constants
    }
    return {**same, **file_map.columns}


def columns_of(table: Table) -> list[Column]:
    """Columns that a row of a file for the table may fill, in their order."""
    known = {column.name: column for column in table.all_columns}
    if table.name == "parent_orders":
        terms = TABLES["order_versions"]
        known.update({name: terms.column(name) for name in INLINE_TERMS})
    if table.name == "executions":
        known = {**_inline_columns(), **known}
    return [known[name] for name in writable_columns(table.name) if name in known]


def _inline_columns() -> dict[str, Column]:
    """What an execution may say of its order, by the name it has there."""
    orders, terms = TABLES["parent_orders"], TABLES["order_versions"]
    size = replace(terms.column("quantity"), name="order_quantity", required=False)
    told = {item.name: item for item in (*terms.columns, *orders.columns)}
    return {
        "order_quantity": size,
        **{name: replace(told[name], required=False) for name in INLINE_ORDER if name in told},
    }


def _bind(column: Column, source: str | None, raw: pl.DataFrame, file_map: FileMap) -> _Bound | None:
    name = column.name
    if source is None and name not in file_map.constants:
        if column.required and column.name in {item.name for item in TABLES[file_map.table].columns}:
            found = [item for item in raw.columns if item not in POSITION]
            message = (
                f"expected a column or constant for {name} ({column.meaning}), found none in the map; the file has "
                f"{', '.join(map(repr, found))}{nearest(name, found)}"
            )
            raise MapError(message, where=f"[columns] {name}")
        return None
    values = _constant(file_map.constants[name], raw.height) if source is None else raw.get_column(source)
    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    if not _can_be(values.dtype, column.kind):
        message = f"expected plain values for {name}, found {values.dtype} in column {source!r}"
        raise MapError(message, where=f"[columns] {name}")
    recoding = file_map.values.get(name, {})
    if column.kind not in ("text", "flag") and recoding:
        values = recoded(values, recoding)
    return _Bound(column, _field(column, values, file_map), source or "")


def _can_be(dtype: pl.DataType, kind: Kind) -> bool:
    """Whether a column of that type can be read as a canonical column; calendar types are no numbers."""
    if dtype.is_nested() or dtype in (pl.Object, pl.Binary, pl.Time, pl.Duration):
        return False
    return not (kind in _NUMBERS and (dtype.is_temporal() or dtype == pl.Boolean))


def _constant(value: object, height: int) -> pl.Series:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return pl.Series([text], dtype=pl.String).new_from_index(0, height)


def _field(column: Column, values: pl.Series, file_map: FileMap) -> Field:
    recoding = file_map.values.get(column.name, {})
    match column.kind:
        case "price" | "quantity" | "money":
            return fixed_field(values)
        case "instant":
            return instant_field(values, file_map.times.get(column.name, TimeFormat()), column.name)
        case "day":
            return day_field(values)
        case "count":
            return count_field(values)
        case "flag":
            return flag_field(values, recoding)
        case "text":
            return text_field(values, recoding, column.words)


def _first_problem(bound: list[_Bound], table: Table) -> list[pl.Expr]:
    """Reason and column of the first thing that is wrong with a row, in the order of the table's columns."""
    nothing = pl.lit(None, dtype=pl.String)
    reasons = [
        pl.coalesce(
            nothing if item.field.problem is None else pl.lit(item.field.problem),
            pl.when(pl.col(item.column.name).is_null()).then(pl.lit("missing_value"))
            if item.column.required and item.column.default is None
            else nothing,
        )
        for item in bound
    ]
    named = [
        pl.when(reason.is_not_null()).then(pl.lit(item.column.name))
        for reason, item in zip(reasons, bound, strict=True)
    ]
    names = [item.column.name for item in bound]
    checked = row_problem(table.name, names)
    return [
        pl.coalesce(*reasons, checked).alias(_PROBLEM),
        pl.coalesce(*named, pl.lit("")).alias(_DETAIL),
    ]


def _tables(table: Table, good: pl.DataFrame, context: ReadContext) -> dict[str, pl.DataFrame]:
    provenance = [
        pl.lit(context.source_id).alias("source_id"),
        pl.col(ROW).cast(pl.Int64).alias("source_row"),
    ]
    if "firm_id" not in good.columns:
        provenance.append(pl.lit(context.firm_id).alias("firm_id"))
    if table.is_event:
        file_row = pl.col(ROW).cast(pl.Int64)
        mapped = "sequence" in good.columns
        provenance.append((pl.coalesce("sequence", file_row) if mapped else file_row).alias("sequence"))
    frame = good.with_columns(provenance).with_columns(_defaults(table, good, context))
    if table.name == "executions" and "received_at" in good.columns:
        return _with_orders(frame, context)
    conformed = table.conform(frame)
    tables = {table.name: _with_asker(conformed) if table.name == "order_versions" else conformed}
    if table.name == "parent_orders" and "quantity" in good.columns:
        tables["order_versions"] = _first_versions(frame.filter(pl.col("quantity").is_not_null()))
    return tables


def _with_asker(versions: pl.DataFrame) -> pl.DataFrame:
    """Versions of which the original is the customer's: a file that leaves that out says the same as an order's row."""
    unsaid = (pl.col("event") == "new") & (pl.col("requested_by") == "")
    return versions.with_columns(pl.when(unsaid).then(_CUSTOMER).otherwise("requested_by").alias("requested_by"))


def _with_orders(frame: pl.DataFrame, context: ReadContext) -> dict[str, pl.DataFrame]:
    """Executions, and the orders that stand inline on those with a receipt: parent order and version 1.

    The order's rows keep the provenance of its first execution in the piece; the same order elsewhere adds nothing.
    """
    orders, executions = orders_on_executions(frame) or (frame.clear(), frame)
    parents = TABLES["parent_orders"]
    told = orders.with_columns(_defaults(parents, orders, context))
    return {
        "executions": TABLES["executions"].conform(executions),
        "parent_orders": parents.conform(told),
        "order_versions": _first_versions(told if "quantity" in told.columns else told.with_columns(quantity=None)),
    }


def _defaults(table: Table, frame: pl.DataFrame, context: ReadContext) -> list[pl.Expr]:
    """Days from instants, the named provider, and the table's own defaults for cells that are empty."""
    present = frame.columns
    own = {column.name: column for column in table.columns}
    filled = [
        pl.col(name).fill_null(own[name].default)
        for name in present
        if name in own and own[name].default is not None and not (name == "provider_id" and context.provider_id)
    ]
    if "provider_id" in own and context.provider_id:
        named = pl.lit(context.provider_id)
        filled.append((pl.coalesce("provider_id", named) if "provider_id" in present else named).alias("provider_id"))
    if table.day_of is not None and "trading_day" in own and table.day_of in present:
        derived = pl.lit(days_of(frame.get_column(table.day_of)))
        filled.append(
            (pl.coalesce("trading_day", derived) if "trading_day" in present else derived).alias("trading_day")
        )
    return filled


def _first_versions(frame: pl.DataFrame) -> pl.DataFrame:
    """Version 1 of each order from terms that stand on the order's own row."""
    versions = TABLES["order_versions"]
    terms = [
        pl.col(name).fill_null(versions.column(name).default)
        for name in INLINE_TERMS
        if name in frame.columns and versions.column(name).default is not None
    ]
    return versions.conform(
        frame.with_columns(*terms, pl.col("received_at").alias("effective_at"), _CUSTOMER.alias("requested_by"))
    )


def _rejects(
    bad: pl.DataFrame, raw: pl.DataFrame, bound: list[_Bound], table: Table, context: ReadContext
) -> pl.DataFrame:
    if bad.is_empty():
        return pl.DataFrame(schema=REJECT_SCHEMA)
    texts = raw.join(bad.select(ROW), on=ROW, how="semi")
    sources = {item.column.name: item.source for item in bound if item.source}
    details = _found_texts(bad, texts, sources)
    day = day_of(pl.col(table.day_of)) if table.day_of in bad.columns else pl.lit(None, dtype=pl.Date)
    return bad.select(
        pl.lit(context.file).alias("file"),
        pl.col(ROW).cast(pl.Int64).alias("row"),
        pl.col(BYTE).cast(pl.Int64).alias("byte"),
        pl.col(_PROBLEM).alias("reason"),
        pl.Series("detail", details, dtype=pl.String),
        pl.col(RAW).alias("raw"),
        pl.when(pl.col(_PROBLEM) != "absurd_time").then(day).alias("trading_day"),
    )


def _found_texts(bad: pl.DataFrame, texts: pl.DataFrame, sources: dict[str, str]) -> list[str | None]:
    """For each bad row what stood in the cell that it is refused for; other cells are not looked at."""
    details: list[str | None] = [None] * bad.height
    placed = bad.select(ROW, pl.col(_DETAIL).alias("column")).with_row_index("place")
    for (column,), rows in placed.group_by("column"):
        source = sources.get(str(column), "")
        if not source:
            for place in rows["place"]:
                details[place] = column
            continue
        cells = rows.join(texts.select(ROW, pl.col(source).alias("cell")), on=ROW, how="left")
        for place, found in cells.select("place", "cell").iter_rows():
            details[place] = f"{column}: found {str(found)[:80]!r} in column {source!r}"
    return details
