"""Rows of any layout as terms that add up: sums of shares and of dollars times shares, to be divided once, at the end.

Nothing here compares layouts: `layout` is a key, and whoever adds rows of two layouts has mixed two clocks, two sets of
order types and two of sizes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.rule605.detailed import DETAILED
from routeproof.tables.rule605.legacy import LEGACY
from routeproof.tables.rule605.summary import SUMMARY

if TYPE_CHECKING:
    from routeproof.tables.rule605.layout import Layout

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (LEGACY, DETAILED, SUMMARY)}

SUMMARY_HAS_NO_WEIGHTS = (
    "a summary report states averages without the shares or orders that they are averages over, so its rows cannot be "
    "added up or weighted; only a single row can be shown, as filed"
)
"""Why every sum of a summary row is null."""

HORIZONS = ("50ms", "1s", "15s", "60s", "300s")
"""Of realized spreads; legacy reports state the last one only."""

KEYS = (
    *("layout", "participant", "reporter", "month", "symbol", "sp500"),
    *("order_type", "order_size", "lot_size"),
)
"""Texts that say which row it is; null where the layout does not have them."""

SHARES = (
    *("covered_shares", "cancelled_shares", "executed_shares", "executed_away_shares"),
    *("improved_shares", "at_quote_shares", "outside_shares"),
)
"""Int128, fixed point at 1e-9 shares; null where the row does not state them."""

PRODUCTS = (
    *("improved_e18", "outside_e18", "effective_e18", "quoted_e18", "both_effective_e18", "both_quoted_e18"),
    *(f"realized_{horizon}_e18" for horizon in HORIZONS),
    "time_ms_e18",
)
"""Int128 at 1e-18, dollars (or milliseconds) times shares; null where the row does not state the average.

`improved` and `outside` are amounts, both positive. Spreads are weighted by the shares executed here and away, which is
what they are averages over. `both_` are the rows that state effective and quoted spread: their quotient is E/Q.
"""

WEIGHTS = (
    *("effective_shares", "quoted_shares", "both_shares"),
    *(f"realized_{horizon}_shares" for horizon in HORIZONS),
    "time_shares",
)
"""Int128 at 1e-9: the shares of the rows that state the average which the product of that name has, and no others."""

AS_FILED = ("stated_e_over_q",)
"""Int64 at 1e-9: the ratio that a row itself states. It cannot be averaged; it is for showing one row."""

_WIDE = pl.Int128()
_TO_NANO = 1_000
_MS_PER_S = 1_000


def additive(layout: Layout, rows: pl.LazyFrame) -> pl.LazyFrame:
    """One row for each row of `layout.table`, as terms that add up.

    Returns:
        `KEYS`, `covered_orders` (Int64), `SHARES`, `PRODUCTS`, `WEIGHTS`, `AS_FILED`. Adding such rows in any order, or
        rows of no shares, gives the same sums. All terms of summary rows are null: `SUMMARY_HAS_NO_WEIGHTS`.
    """
    has = frozenset(layout.columns())
    executed = _wide("executed_shares", has) + _wide("executed_away_shares", has).fill_null(0)
    effective, quoted = _average("effective_spread_usd_per_share", has), _average("quoted_spread_usd_per_share", has)
    stated = {
        "effective": effective,
        "quoted": quoted,
        **{f"realized_{horizon}": _average(f"realized_spread_usd_per_share_{horizon}", has) for horizon in HORIZONS},
    }
    both = effective.is_not_null() & quoted.is_not_null()
    time, timed = _time(has)
    return rows.select(
        pl.lit(layout.name).alias("layout"),
        *(_text(name, has) for name in KEYS[1:]),
        _present("covered_orders", has, pl.Int64()).alias("covered_orders"),
        *(_wide(name, has).alias(name) for name in SHARES),
        *(_amount(name, has).alias(f"{name}_e18") for name in ("improved", "outside")),
        *((average * executed).alias(f"{name}_e18") for name, average in stated.items()),
        *(_weight(executed, average.is_not_null()).alias(f"{name}_shares") for name, average in stated.items()),
        pl.when(both).then(effective * executed).alias("both_effective_e18"),
        pl.when(both).then(quoted * executed).alias("both_quoted_e18"),
        _weight(executed, both).alias("both_shares"),
        time.alias("time_ms_e18"),
        timed.alias("time_shares"),
        _present("e_over_q", has, pl.Int64()).alias("stated_e_over_q"),
    ).select(*KEYS, "covered_orders", *SHARES, *PRODUCTS, *WEIGHTS, *AS_FILED)


def _present(name: str, has: frozenset[str], dtype: pl.DataType) -> pl.Expr:
    return pl.col(name) if name in has else pl.lit(None, dtype=dtype)


def _text(name: str, has: frozenset[str]) -> pl.Expr:
    return _present(name, has, pl.String()).alias(name)


def _wide(name: str, has: frozenset[str]) -> pl.Expr:
    """Shares at 1e-9; files are kept at 1e-6."""
    return _present(name, has, pl.Int64()).cast(_WIDE) * _TO_NANO


def _average(name: str, has: frozenset[str]) -> pl.Expr:
    return _present(name, has, pl.Int64()).cast(_WIDE)


def _amount(name: str, has: frozenset[str]) -> pl.Expr:
    """Average amount times its shares; no shares are no dollars, whether or not an average is stated for them."""
    shares = _wide(f"{name}_shares", has)
    return pl.when(shares == 0).then(pl.lit(0, dtype=_WIDE)).otherwise(shares * _average(f"{name}_usd_per_share", has))


def _weight(shares: pl.Expr, is_stated: pl.Expr) -> pl.Expr:
    return pl.when(is_stated).then(shares).otherwise(pl.lit(0, dtype=_WIDE))


def _time(has: frozenset[str]) -> tuple[pl.Expr, pl.Expr]:
    """Milliseconds times shares, and the shares: of the three classes, or as stated for orders that rested."""
    product, weight = pl.lit(None, dtype=_WIDE), pl.lit(0, dtype=_WIDE)
    for name in ("improved", "at_quote", "outside"):
        shares = _wide(f"{name}_shares", has)
        time = _average(f"{name}_ms", has) if f"{name}_ms" in has else _average(f"{name}_s", has) * _MS_PER_S
        both = shares.is_not_null() & time.is_not_null()
        product = pl.when(both).then(product.fill_null(0) + shares * time).otherwise(product)
        weight = weight + _weight(shares, both)
    rested, executed = _average("filled_ms", has), _wide("executed_shares", has) + _wide("executed_away_shares", has)
    alone = product.is_null() & rested.is_not_null() & executed.is_not_null()
    return pl.when(alone).then(rested * executed).otherwise(product), pl.when(alone).then(executed).otherwise(weight)
