"""A day's fills and order versions as plain arrays, each fill linked to its version: what the streamed pass reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.tables.kernels import kernel
from routeproof.tables.measured.coded_rows import CodedRows, Codes, Int64s, Words, coded, combined, flags, nulls_as_word
from routeproof.tables.measured.order_class import static_class
from routeproof.tables.measured.rows import assign_versions
from routeproof.tables.measured.standing_rows import terms_of_every_order
from routeproof.tables.measured.version_terms import version_terms
from routeproof.tables.text_link import rows_of
from routeproof.vocab.absent import NULL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

FILL_NUMBERS = ("price", "quantity", "fee", "rebate", "payment")
FILL_WORDS = ("venue", "liquidity", "provider_id")
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
TERM_WORDS = ("symbol", "side", "provider", "order_type", "tif", "kind")

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
    ordered = _by_symbol(fills)
    terms = _terms(orders, versions)
    row = _version_rows(ordered, terms)
    symbols = symbol_words(ordered["symbol"])
    _check_symbols(row, symbols, terms.rows.words["symbol"])
    asked = frozenset(columns)
    numbers = {"executed_at": _number(ordered["executed_at"]), "version_row": row}
    numbers |= {name: _number(ordered[name]) for name in FILL_NUMBERS if name in asked}
    words = {"symbol": symbols, "side": coded(ordered["side"])}
    words |= {name: coded(ordered[name]) for name in FILL_WORDS if name in asked}
    return DayFlow(day, CodedRows(tuple(numbers), np.stack(list(numbers.values())), words), terms.rows, terms.kinds)


def runs_of(symbols: Words) -> dict[str, tuple[int, int]]:
    """Symbol -> its first row and the row after its last; rows of a symbol stand together."""
    begin = np.flatnonzero(np.diff(symbols.codes, prepend=-1))
    after = np.append(begin[1:], symbols.codes.size)[: begin.size]
    names = symbols.values.to_list()
    held = symbols.codes[begin].tolist() if begin.size else []
    return {
        names[code]: pair for code, pair in zip(held, zip(begin.tolist(), after.tolist(), strict=True), strict=True)
    }


def _by_symbol(fills: pl.DataFrame) -> pl.DataFrame:
    """The rows by symbol and time; a lake's are so already, and looking is cheaper than sorting."""
    symbols = fills["symbol"].rle().struct.unnest()["value"]
    if symbols.is_sorted() and not symbols.is_duplicated().any():
        runs = symbol_words(fills["symbol"]).codes
        if not (np.diff(fills["executed_at"].to_numpy()) < 0)[np.diff(runs) == 0].any():
            return fills
    return fills.sort("symbol", "executed_at", maintain_order=True)


def symbol_words(symbols: pl.Series) -> Words:
    """Codes of a column whose equal values stand together in ascending order."""
    runs = symbols.rle().struct.unnest()
    codes = np.repeat(np.arange(runs.height, dtype=np.int32), runs["len"].to_numpy())
    return Words(codes, pl.concat([runs["value"].alias(""), pl.Series([None], dtype=pl.String)]))


def _number(column: pl.Series) -> Int64s:
    if column.min() == NULL:
        raise NotStreamableError
    return nulls_as_word(column)


# -- order versions ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Terms:
    """Order versions by symbol and clock.

    Attributes:
        rows: as `DayFlow` has them.
        kinds: as `DayFlow` has them.
        frame: `order_id, version` in any order; `clock_at` too if orders have several versions.
        place: (versions,) row in `rows` of each row of the frame.
    """

    rows: CodedRows
    kinds: pl.DataFrame
    frame: pl.DataFrame
    place: Int64s


def _terms(orders: pl.DataFrame, versions: pl.DataFrame) -> _Terms:
    """`version_terms`, coded; orders that each have one version and no other event need none of its joins."""
    if orders.height == versions.height and not versions.select((pl.col("event") != "new").any()).item():
        row = rows_of(orders["order_id"], versions["order_id"])
        if row is not None and not (row < 0).any() and versions.select((pl.col("version") == 1).all()).item():
            nothing = pl.lit(None, dtype=pl.Int64)
            begun = orders.with_columns(clock_at="received_at", ends_at=nothing, triggered_at=nothing)
            return _coded_terms(begun, versions, row)
    terms = version_terms(orders, versions)
    if terms["is_last"].sum() != orders.height:
        terms = version_terms(orders, terms_of_every_order(orders, versions))
    return _coded_terms(terms, terms, None)


def _coded_terms(of_order: pl.DataFrame, of_version: pl.DataFrame, row: Int64s | None) -> _Terms:
    """Codes first, then order: texts are not moved.

    Args:
        of_order: columns of the order, one row per version.
        of_version: columns of the version.
        row: where each version's columns are, `None` = at its own row.
    """
    symbols = coded(of_order["symbol"])
    rank = symbols.values.rank("ordinal").fill_null(symbols.values.len()).cast(pl.Int64).to_numpy()
    in_time = np.argsort(nulls_as_word(of_order["clock_at"]), kind="stable")
    ranks = rank[symbols.codes][in_time]
    few = rank.size < np.iinfo(np.uint16).max  # which are sorted by counting
    order = in_time[np.argsort(ranks.astype(np.uint16) if few else ranks, kind="stable")]
    of = order if row is None else row[order]
    numbers = [
        _number(of_version[name])[of] if name in VERSION_COLUMNS else _number(of_order[name])[order]
        for name in TERM_NUMBERS
    ]
    words = {
        name: coded(of_order[column]).gathered(order)
        for name, column in (("side", "side"), ("provider", "provider_id"))
    }
    words |= {
        name: coded(of_version[column]).gathered(of)
        for name, column in (("order_type", "order_type"), ("tif", "time_in_force"))
    }
    special = [flags(of_order[name]).gathered(order) for name in ("held", "directed")]
    special.append(flags(of_order["multileg_id"].is_not_null()).gathered(order))
    kind, kinds = _kinds([words["order_type"], words["tif"], *special], order.size)
    ranked = np.argsort(rank).astype(np.int32)
    by_symbol = Words((rank[symbols.codes][order] - 1).astype(np.int32), symbols.values.gather(pl.Series(ranked)))
    rows = CodedRows(TERM_NUMBERS, np.stack(numbers), {**words, "kind": kind, "symbol": by_symbol})
    place = np.empty(order.size, dtype=np.int64)
    place[of] = np.arange(order.size)
    return _Terms(rows, kinds, of_version.select(pl.col("order_id", "version", "^clock_at$")), place)


def _kinds(deciding: Sequence[Words], height: int) -> tuple[Words, pl.DataFrame]:
    """Code of each version's kind, and what the kinds are; `deciding` are the columns `KIND`."""
    codes, values = combined(deciding, height)
    distinct = pl.DataFrame([column.alias(name) for name, column in zip(KIND, values, strict=True)])
    numbers = pl.Series([*range(distinct.height), None], dtype=pl.Int32)
    return Words(codes.astype(np.int32), numbers), distinct.with_columns(static_class().alias("static_class"))


# -- which version a fill filled ---------------------------------------------------------------------------------------


def _version_rows(fills: pl.DataFrame, terms: _Terms) -> Int64s:
    """(fills,) row of the version in the terms, -1 = none."""
    versions = terms.frame["version"]
    if not versions.len():
        return np.full(fills.height, -1, dtype=np.int64)
    if versions.min() == 1 and versions.max() == 1:
        row = rows_of(fills["order_id"], terms.frame["order_id"])
        if row is not None:
            named = fills["version"]
            if named.null_count() < named.len():
                row[(named.fill_null(1) != 1).to_numpy()] = -1
            return np.where(row < 0, -1, terms.place[row])
    target = terms.frame.select("order_id", "version", pl.Series("version_row", terms.place))
    numbered = fills.select("order_id", "version", "executed_at").with_row_index("fill_row")
    found = assign_versions(numbered, terms.frame).join(target, on=["order_id", "version"], how="left").sort("fill_row")
    return found["version_row"].fill_null(-1).to_numpy()


def _check_symbols(row: Int64s, symbols: Words, known: Words) -> None:
    """Every linked fill lies in the run of its own symbol's versions."""
    runs = runs_of(known)
    bounds = np.array([runs.get(name, (0, 0)) for name in symbols.values.to_list()], dtype=np.int64).reshape(-1, 2)
    if _any_outside(row, symbols.codes, bounds):
        raise NotStreamableError


@kernel
def _any_outside(rows: Int64s, runs: Codes, bounds: Int64s) -> bool:
    """Whether a row that is not negative lies outside the bounds of its run."""
    outside = 0
    for i in range(rows.size):
        outside += rows[i] >= 0 and not bounds[runs[i], 0] <= rows[i] < bounds[runs[i], 1]
    return outside > 0
