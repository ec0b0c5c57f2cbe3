"""What frames in memory must keep to before they are measured; files go through the rejects of ingest instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.tables.schema import Column, Table

_NOT_NEGATIVE = ("price", "quantity")
_DELIVERY = ("sequence", "firm_id", "source_id", "source_row")
_SHOWN = 5


def checked(
    frame: pl.DataFrame, table: Table, *, given: Collection[str], where: str, unknown: Collection[str] = ()
) -> pl.DataFrame:
    """The frame without rows that were handed in twice.

    Args:
        frame: in the table's columns and types.
        table: what it is.
        given: columns that were handed in; the others hold their defaults.
        where: name of the argument, for errors.
        unknown: required columns that may be null here.

    Raises:
        SchemaError: a required value is missing, a word is not in the vocabulary, a price or quantity is negative, or
            two different rows claim to be the same execution or order.
    """
    for column in table.columns:
        if column.name not in given:
            continue
        _check_column(frame, column, f"{where}.{column.name}", may_be_null=column.name in unknown)
    return _once(frame, table, where) if table.identity else frame


def _check_column(frame: pl.DataFrame, column: Column, where: str, *, may_be_null: bool) -> None:
    values = frame[column.name]
    if column.required and not may_be_null and values.null_count():
        message = f"expected a value in every row of {where}, found {values.null_count()} rows without one"
        raise SchemaError(message, where=where)
    if column.words and not (known := values.drop_nulls().is_in(list(column.words))).all():
        found = sorted(set(values.drop_nulls().filter(~known).to_list()))[:_SHOWN]
        message = f"expected {where} to be one of {', '.join(column.words)}, found {', '.join(found)}"
        raise SchemaError(message, where=where)
    if column.kind in _NOT_NEGATIVE and (values < 0).any():
        message = f"expected no negative values in {where}, found {(values < 0).sum()} rows"
        raise SchemaError(message, where=where)


def _once(frame: pl.DataFrame, table: Table, where: str) -> pl.DataFrame:
    """A row handed in twice is one row; an execution or order told in two ways is an error."""
    key = [name for name in (*table.identity, "trading_day") if name in frame.columns]
    if frame[key[0]].n_unique() == frame.height or not frame.select(pl.struct(key).is_duplicated().any()).item():
        return frame
    content = [name for name in frame.columns if name not in _DELIVERY]
    once = frame.unique(content, keep="first", maintain_order=True)
    told = once.filter(pl.col("status") == "new") if "status" in once.columns else once
    if table.name != "order_versions" and (repeated := told.filter(pl.struct(key).is_duplicated())).height:
        first = repeated.select(table.identity).row(0)
        message = f"expected each of {', '.join(table.identity)} once in {where}, found {first} with different content"
        raise SchemaError(message, where=where)
    return once
