"""A day's fills and order versions as plain arrays, each fill linked to its version: what the streamed pass reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.coded_rows import CodedRows, Int64s, Words, coded, combined, flags, nulls_as_word
from routeproof.tables.measured import assign_versions
from routeproof.tables.order_class import static_class
from routeproof.tables.standing_rows import terms_of_every_order
from routeproof.tables.text_link import rows_of
from routeproof.tables.version_terms import version_terms
from routeproof.vocab.absent import NULL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

FILL_NUMBERS = ("price", "quantity", "fee", "rebate", "payment")
FILL_WORDS = ("venue", "liquidity")
LINKING = ("order_id", "version", "symbol", "side", "executed_at")
"""Columns of fills that are always read."""

ORDER_COLUMNS = (
    "order_id", "provider_id", "symbol", "side", "held", "directed", "multileg_id", "decided_at", "received_at",
    "refused", "trading_day",
)  # fmt: skip
VERSION_COLUMNS = (
    "order_id", "version", "effective_at", "event", "quantity", "order_type", "limit_price", "stop_price",
    "time_in_force", "instructions", "requested_by", "trading_day",
)  # fmt: skip
TERM_NUMBERS = ("clock_at", "ends_at", "quantity", "limit_price", "stop_price", "triggered_at")
TERM_WORDS = {"side": "side", "order_type": "order_type", "tif": "time_in_force", "provider": "provider_id"}
"""Word of a version -> its column."""

KIND = ("order_type", "time_in_force", "held", "directed", "multileg_id")
"""What decides an order's class beside prices and times."""


class NotStreamableError(Exception):
    """Fills are of another symbol than their orders, or a number is the word for null: only whole days are measured."""


@dataclass(frozen=True, slots=True)
class DayFlow:
    """One day.

    Attributes:
        day: the trading day.
        fills: executions that stand, by symbol and time: `executed_at`, `version_row` (row in `terms`, -1 = none),
            numbers and words that were asked for.
        terms: order versions by symbol: `TERM_NUMBERS`, `TERM_WORDS`, `kind`.
        kinds: by code of `kind`: columns `KIND` (`multileg_id` as a flag), `static_class`.
    """

    day: date
    fills: CodedRows
    terms: CodedRows
    kinds: pl.DataFrame


def day_flow(
    day: date, fills: pl.DataFrame, orders: pl.DataFrame, versions: pl.DataFrame, columns: Iterable[str]
) -> DayFlow:
    """The flow of a day.

    Args:
        day: the trading day.
        fills: `standing_executions` of the day with `LINKING` and the asked columns.
        orders: canonical `parent_orders` of the day, at least `ORDER_COLUMNS`.
        versions: canonical `order_versions` of the day, at least `VERSION_COLUMNS`.
        columns: out of `FILL_NUMBERS` and `FILL_WORDS`.

    Raises:
        NotStreamableError: a fill is of another symbol than its order, or a number is the one that stands for null.
    """
    ordered = _by_symbol(fills, "executed_at")
    terms = _terms(orders, versions)
    row = _version_rows(ordered, terms)
    symbols, known = _symbol_words(ordered["symbol"]), _symbol_words(terms["symbol"])
    _check_symbols(row, symbols, known)
    asked = frozenset(columns)
    numbers = {"executed_at": _number(ordered["executed_at"]), "version_row": row}
    numbers |= {name: _number(ordered[name]) for name in FILL_NUMBERS if name in asked}
    words = {"symbol": symbols, "side": coded(ordered["side"])}
    words |= {name: coded(ordered[name]) for name in FILL_WORDS if name in asked}
    of_term = {name: coded(terms[column]) for name, column in TERM_WORDS.items()}
    kind, kinds = _kinds(terms, of_term["order_type"], of_term["tif"])
    of_term |= {"symbol": known, "kind": kind}
    return DayFlow(
        day,
        CodedRows(tuple(numbers), np.stack(list(numbers.values())), words),
        CodedRows(TERM_NUMBERS, np.stack([_number(terms[name]) for name in TERM_NUMBERS]), of_term),
        kinds,
    )


def runs_of(symbols: Words) -> dict[str, tuple[int, int]]:
    """Symbol -> its first row and the row after its last; rows of a symbol stand together."""
    begin = np.flatnonzero(np.diff(symbols.codes, prepend=-1))
    after = np.append(begin[1:], symbols.codes.size)[: begin.size]
    names = symbols.values.to_list()
    held = symbols.codes[begin].tolist() if begin.size else []
    return {names[code]: pair for code, pair in zip(held, zip(begin.tolist(), after.tolist(), strict=True), strict=True)}


def _by_symbol(fills: pl.DataFrame, instant: str) -> pl.DataFrame:
    """The rows by symbol and time; a lake's are so already, and looking is cheaper than sorting."""
    symbol, at = pl.col("symbol"), pl.col(instant)
    ascending = (symbol > symbol.shift()) | ((symbol == symbol.shift()) & (at >= at.shift()))
    if fills.select(ascending.fill_null(value=True).all()).item():
        return fills
    return fills.sort("symbol", instant, maintain_order=True)


def _number(column: pl.Series) -> Int64s:
    if column.min() == NULL:
        raise NotStreamableError
    return nulls_as_word(column)


def _symbol_words(symbols: pl.Series) -> Words:
    """Codes of a column whose equal values stand together in ascending order."""
    runs = symbols.to_frame("symbol").select(pl.col("symbol").rle()).unnest("symbol")
    codes = np.repeat(np.arange(runs.height, dtype=np.int32), runs["len"].to_numpy())
    return Words(codes, pl.concat([runs["value"].alias(""), pl.Series([None], dtype=pl.String)]))


# -- order versions ----------------------------------------------------------------------------------------------------


def _terms(orders: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """`version_terms` by symbol and clock."""
    plain = plain_terms(orders, versions)
    if plain is not None:
        return plain
    terms = version_terms(orders, versions)
    if terms["is_last"].sum() != orders.height:
        terms = version_terms(orders, terms_of_every_order(orders, versions))
    return terms.sort("symbol", "clock_at")


def plain_terms(orders: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame | None:
    """The terms of orders that each have one version and no other event, by symbol and clock; else `None`.

    The same as `version_terms` gives, without its joins and its columns about cancels.
    """
    if orders.height != versions.height or versions.select((pl.col("event") != "new").any()).item():
        return None
    row = rows_of(orders["order_id"], versions["order_id"])
    if row is None or (row < 0).any():
        return None
    symbols = coded(orders["symbol"])
    rank = symbols.values.arg_sort(nulls_last=True).arg_sort().cast(pl.Int32).to_numpy()
    in_time = np.argsort(orders["received_at"].to_numpy(), kind="stable")
    order = in_time[np.argsort(rank[symbols.codes][in_time].astype(np.uint16), kind="stable")]
    of_order = orders.select("order_id", "provider_id", "symbol", "side", "held", "directed", "multileg_id", clock_at="received_at")
    of_version = versions.select("version", "quantity", "order_type", "limit_price", "stop_price", "time_in_force")
    nothing = pl.lit(None, dtype=pl.Int64)
    return pl.concat(
        [of_order[order], of_version[row[order]]], how="horizontal"
    ).with_columns(ends_at=nothing, triggered_at=nothing)


def _kinds(terms: pl.DataFrame, order_type: Words, tif: Words) -> tuple[Words, pl.DataFrame]:
    """Code of each version's kind, and what the kinds are."""
    others = (flags(terms["held"]), flags(terms["directed"]), flags(terms["multileg_id"].is_not_null()))
    codes, values = combined((order_type, tif, *others), terms.height)
    distinct = pl.DataFrame([column.alias(name) for name, column in zip(KIND, values, strict=True)])
    numbers = pl.Series([*range(distinct.height), None], dtype=pl.Int32)
    return Words(codes.astype(np.int32), numbers), distinct.with_columns(static_class().alias("static_class"))


# -- which version a fill filled ---------------------------------------------------------------------------------------


def _version_rows(fills: pl.DataFrame, terms: pl.DataFrame) -> Int64s:
    """(fills,) row of the version in the terms, -1 = none."""
    versions = terms["version"]
    if not terms.height:
        return np.full(fills.height, -1, dtype=np.int64)
    if versions.min() == 1 and versions.max() == 1:
        row = rows_of(fills["order_id"], terms["order_id"])
        if row is not None:
            named = fills["version"]
            if named.null_count() < named.len():
                row[(named.fill_null(1) != 1).to_numpy()] = -1
            return row
    target = terms.select("order_id", "version", pl.int_range(pl.len(), dtype=pl.Int64).alias("version_row"))
    numbered = fills.select("order_id", "version", "executed_at").with_row_index("fill_row")
    assigned = assign_versions(numbered, terms)
    found = assigned.join(target, on=["order_id", "version"], how="left").sort("fill_row")
    return found["version_row"].fill_null(-1).to_numpy()


def _check_symbols(row: Int64s, symbols: Words, known: Words) -> None:
    """Every linked fill lies in the run of its own symbol's versions."""
    runs = runs_of(known)
    bounds = np.array([runs.get(name, (0, 0)) for name in symbols.values.to_list()], dtype=np.int64).reshape(-1, 2)
    first, after = bounds[symbols.codes].T
    if ((row >= 0) & ((row < first) | (row >= after))).any():
        raise NotStreamableError
