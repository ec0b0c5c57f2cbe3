"""FIX codes in canonical words."""

from __future__ import annotations

import polars as pl

SIDE = {"1": "buy", "2": "sell", "3": "buy", "4": "sell", "5": "sell_short", "6": "sell_short_exempt"}
ORDER_TYPE = {
    "1": "market",
    "2": "limit",
    "3": "stop",
    "4": "stop_limit",
    "5": "market_on_close",
    "7": "limit",
    "9": "market",
    "A": "market_on_close",
    "B": "limit_on_close",
    "P": "pegged",
    "J": "market",
    "K": "market",
}
TIME_IN_FORCE = {"0": "day", "1": "gtc", "2": "at_the_open", "3": "ioc", "4": "fok", "6": "gtd", "7": "at_the_close"}
LASTING_CODES = ("1", "6")
"""Times in force, in codes, of orders that live on when the day is over."""
LIQUIDITY = {"1": "added", "2": "removed", "3": "routed", "4": "auction"}
ORDER_CAPACITY = {"A": "agency", "P": "principal", "R": "riskless"}
LAST_CAPACITY = {"1": "agency", "2": "agency", "3": "principal", "4": "principal", "5": "riskless"}
UNLIMITED = ("market", "stop", "market_on_open", "market_on_close")
"""Order types, in words, that have no limit."""

_INSTRUCTIONS = {
    "1": "not_held",
    "5": "held",
    "6": "post_only",
    "G": "all_or_none",
    "M": "mid_peg",
    "P": "market_peg",
    "R": "primary_peg",
    "f": "iso",
}
_PEGS = ("M", "P", "R", "L", "O", "T", "W")


def _codes(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.split(" ")


def side() -> pl.Expr:
    """Side word; null for a code that no equity order has."""
    return pl.col("side").replace_strict(SIDE, default=None, return_dtype=pl.String)


def order_type() -> pl.Expr:
    """Order type; with a peg instruction pegged, at the open or close an auction order."""
    plain = pl.col("ord_type").replace_strict(ORDER_TYPE, default="other", return_dtype=pl.String)
    pegged = pl.any_horizontal(*(_codes("exec_inst").list.contains(code) for code in _PEGS))
    at_open, at_close = pl.col("time_in_force") == "2", pl.col("time_in_force") == "7"
    return (
        pl.when(pl.col("exec_inst").is_not_null() & pegged)
        .then(pl.lit("pegged"))
        .when(at_open & (plain == "market"))
        .then(pl.lit("market_on_open"))
        .when(at_open & (plain == "limit"))
        .then(pl.lit("limit_on_open"))
        .when(at_close & (plain == "market"))
        .then(pl.lit("market_on_close"))
        .when(at_close & (plain == "limit"))
        .then(pl.lit("limit_on_close"))
        .otherwise(plain.fill_null("other"))
    )


def time_in_force() -> pl.Expr:
    """Time in force; absent means day (FIX field 59)."""
    closing = pl.col("ord_type").is_in(["5", "A", "B"])
    given = pl.col("time_in_force").replace_strict(TIME_IN_FORCE, default="day", return_dtype=pl.String)
    return pl.when(closing).then(pl.lit("at_the_close")).otherwise(given.fill_null("day"))


def limit_price() -> pl.Expr:
    """Limit; null for market and stop orders, whatever field 44 holds, and for a peg without one.

    A report need not repeat the order type: then the order's own says whether its price is a limit.
    """
    unlimited = pl.col("ord_type").is_in(["1", "3", "5", "J", "K"]).fill_null(value=False)
    return pl.when(~unlimited & (pl.col("price") > 0)).then("price")


def stop_price() -> pl.Expr:
    """Stop trigger; null where there is none."""
    return pl.when(pl.col("stop_px") > 0).then("stop_px")


def instructions() -> pl.Expr:
    """ExecInst codes as words, space separated; unknown codes stay as they are."""
    words = _codes("exec_inst").list.eval(pl.element().replace(_INSTRUCTIONS)).list.join(" ")
    return pl.when(pl.col("exec_inst").is_null()).then(pl.lit("")).otherwise(words)


def held() -> pl.Expr:
    """False for not-held orders: ExecInst 1 or CustOrderHandlingInst NH."""
    not_held = _codes("exec_inst").list.contains("1") | _handling("NH")
    return pl.when(pl.col("exec_inst").is_null() & pl.col("handling").is_null()).then(pl.lit(True)).otherwise(~not_held)


def iso() -> pl.Expr:
    """Intermarket sweep order: ExecInst f or CustOrderHandlingInst ISO."""
    return _codes("exec_inst").list.contains("f") | _handling("ISO")


def directed() -> pl.Expr:
    """The sender named the venue: ExDestination, or CustOrderHandlingInst DIR."""
    return pl.col("ex_destination").is_not_null() | _handling("DIR")


def _handling(code: str) -> pl.Expr:
    return pl.col("handling").fill_null("").str.split(" ").list.contains(code)


def symbol() -> pl.Expr:
    """Symbol; field 48 where 55 is absent or says [N/A]; with field 65 as the tape writes it, `BRK B`."""
    named = pl.col("symbol").is_not_null() & pl.col("symbol").is_in(["[N/A]", "", "N/A"]).not_()
    suffixed = pl.concat_str("symbol", "symbol_suffix", separator=" ", ignore_nulls=True)
    return pl.when(named).then(suffixed).otherwise(pl.coalesce("security_id", "symbol"))


def capacity() -> pl.Expr:
    """Capacity of the executing party: 528, else 29."""
    return pl.coalesce(
        pl.col("order_capacity").replace_strict(ORDER_CAPACITY, default=None, return_dtype=pl.String),
        pl.col("last_capacity").replace_strict(LAST_CAPACITY, default=None, return_dtype=pl.String),
    )


def liquidity() -> pl.Expr:
    """Liquidity word; null if unknown."""
    return pl.col("last_liquidity").replace_strict(LIQUIDITY, default=None, return_dtype=pl.String)


def fee() -> pl.Expr:
    """Commission and miscellaneous fees, positive = paid, 1e-9 USD, rounded down; null if the report states none."""
    wide = pl.Int128
    commission, shares, price = (pl.col(name).cast(wide) for name in ("commission", "last_qty", "last_px"))
    unit = pl.lit(10**9, dtype=wide)
    money = (
        pl.when(pl.col("comm_type") == "1")
        .then(commission * shares // unit)
        .when(pl.col("comm_type") == "2")
        .then(commission * shares // unit * price // unit)
        .otherwise(commission)
    )
    stated = pl.col("commission").is_not_null() | pl.col("misc_fee").is_not_null()
    return pl.when(stated).then((money.fill_null(0) + pl.col("misc_fee").fill_null(0)).cast(pl.Int64, strict=False))
