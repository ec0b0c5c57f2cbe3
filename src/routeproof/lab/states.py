"""What became of each order and child: running totals, how it ended, and the identifiers the messages carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.universe import CODES
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.lab.provider_day import ProviderDay

SIDE = pl.when("short").then(pl.lit("5")).when(pl.col("sign") > 0).then(pl.lit("1")).otherwise(pl.lit("2"))
ORDER_TYPE = {"market": "1", "limit": "2", "stop": "3", "pegged": "P"}
TIME_IN_FORCE = {"day": "0", "gtc": "1", "at_the_open": "2", "ioc": "3", "at_the_close": "7"}
HOP_NS = 300_000
_RACE_EVERY = 9
_RACE_NS = 20 * NS_PER_MS


@dataclass(frozen=True)
class States:
    """Frames for the message writers; all instants are true time.

    `orders` adds `ticker`, `side_code`, `order_id`, `filled`, `last_told_at`, `ended` (refused | filled | cancelled |
    ioc | expired | open), `ended_at`, `replaced`, `race` (a change that came too late). `routes` adds `child_id`,
    `parent_ref`, `mic`, `filled`, `fate` (filled | missed | cancelled | replaced | ioc | expired | open).
    `executions` adds `cum`, `leaves`, `average`, `ref` (ClOrdID then in force), `mic`, `exec_id`, `venue_exec_id`.
    """

    orders: pl.DataFrame
    routes: pl.DataFrame
    executions: pl.DataFrame


def order_states(day: ProviderDay) -> States:
    """Fold one provider day's orders, routes and executions."""
    stamp = day.market.session.day.strftime("%y%m%d")
    executions = _executions(day, stamp)
    orders = _orders(day, executions, stamp)
    return States(orders, _routes(day, orders, executions, stamp), executions)


def _ref(version: pl.Expr) -> pl.Expr:
    return pl.when(version > 1).then(pl.col("cl_ord_id") + "R").otherwise(pl.col("cl_ord_id"))


def _mic() -> pl.Expr:
    return pl.lit(pl.Series(CODES)).gather(pl.col("venue"))


def _executions(day: ProviderDay, stamp: str) -> pl.DataFrame:
    known = day.orders.select("order", "cl_ord_id", "short", pl.col("quantity").alias("ordered"))
    joined = day.executions.join(known, on="order", how="left", maintain_order="left")
    running = joined.sort("order", "told_at", "execution").with_columns(
        cum=pl.col("quantity").cum_sum().over("order"),
        spent=(pl.col("quantity") / 1e9 * pl.col("price")).cum_sum().over("order"),
        mic=_mic(),
    )
    name = day.provider.comp_id
    return running.with_columns(
        leaves=pl.col("ordered") - pl.col("cum"),
        average=pl.col("spent") / (pl.col("cum") / 1e9),
        ref=_ref(pl.col("version")),
        exec_id=pl.format("{}E{}{}", pl.lit(name), pl.lit(stamp), "execution"),
        venue_exec_id=pl.format("{}{}{}x{}", "mic", pl.lit(stamp), pl.lit(name), "execution"),
        order_id=pl.format("{}-{}-{}", pl.lit(name), pl.lit(stamp), "order"),
    )


def _orders(day: ProviderDay, executions: pl.DataFrame, stamp: str) -> pl.DataFrame:
    totals = executions.group_by("order").agg(
        pl.col("quantity").sum().alias("filled"),
        pl.col("told_at").max().alias("last_told_at"),
        (pl.col("version") == 1).any().alias("traded_first"),
    )
    routed = day.routes.group_by("order").agg(
        pl.col("answered_at").max().alias("last_answer_at"), pl.col("sent_at").min().alias("first_child_at")
    )
    tickers = pl.Series([one.symbol for one in day.market.symbols])
    joined = day.orders.join(totals, on="order", how="left", maintain_order="left").join(
        routed, on="order", how="left", maintain_order="left"
    )
    filled = joined.with_columns(
        ticker=pl.lit(tickers).gather(pl.col("symbol")),
        side_code=SIDE,
        order_id=pl.when(pl.col("tif") == "gtc")
        .then(pl.col("cl_ord_id") + "O")
        .otherwise(pl.format("{}-{}-{}", pl.lit(day.provider.comp_id), pl.lit(stamp), "order")),
        filled=pl.col("filled").fill_null(0),
        replaced=pl.col("replace_at").is_not_null() & ~pl.col("traded_first").fill_null(value=False),
    )
    late = pl.col("order") % _RACE_EVERY == 0
    changed = pl.coalesce("cancel_at", "replace_at").is_not_null()
    ended = (
        pl.when(pl.col("refused").is_not_null())
        .then(pl.lit("refused"))
        .when(pl.col("filled") >= pl.col("quantity"))
        .then(pl.lit("filled"))
        .when(pl.col("cancel_at").is_not_null())
        .then(pl.lit("cancelled"))
        .when(pl.col("tif") == "ioc")
        .then(pl.lit("ioc"))
        .when(pl.col("tif") == "gtc")
        .then(pl.lit("open"))
        .otherwise(pl.lit("expired"))
    )
    return filled.with_columns(ended=ended).with_columns(
        race=late & changed & ~pl.col("replaced") & (pl.col("ended") == "filled"),
        replaced=pl.col("replaced") & (pl.col("ended") != "refused"),
        raced_at=pl.col("last_told_at") + _RACE_NS,
        day_end=pl.when(pl.col("kind") != "outside_hours")
        .then(day.market.session.close_at)
        .when(pl.col("received_at") < day.market.session.open_at)
        .then(day.market.session.open_at)
        .otherwise(day.market.session.close_at + 4 * 3600 * 1_000_000_000),
    )


def _routes(day: ProviderDay, orders: pl.DataFrame, executions: pl.DataFrame, stamp: str) -> pl.DataFrame:
    totals = executions.group_by("route").agg(pl.col("quantity").sum().alias("filled"))
    parents = orders.select(
        "order", "cl_ord_id", "ticker", "side_code", "order_type", "instructions", "cancel_at", "replace_at",
        "replaced",
        "day_end",
    )  # fmt: skip
    joined = day.routes.join(totals, on="route", how="left", maintain_order="left").join(
        parents, on="order", how="left", maintain_order="left"
    )
    # a second version whose first one traded was never sent
    sent = joined.filter((pl.col("version") == 1) | pl.col("replaced"))
    fate = (
        pl.when(pl.col("filled") > 0)
        .then(pl.lit("filled"))
        .when("missed")
        .then(pl.lit("missed"))
        .when(pl.col("tif") == "ioc")
        .then(pl.lit("ioc"))
        .when(pl.col("cancel_at").is_not_null())
        .then(pl.lit("cancelled"))
        .when(pl.col("replaced") & (pl.col("version") == 1))
        .then(pl.lit("replaced"))
        .when(pl.col("tif") == "gtc")
        .then(pl.lit("open"))
        .otherwise(pl.lit("expired"))
    )
    return sent.with_columns(
        fate=fate,
        mic=_mic(),
        parent_ref=_ref(pl.col("version")),
        child_id=pl.format("C{}-{}", "child", _ref(pl.col("version"))),
        venue_order_id=pl.when(pl.col("tif") == "gtc")
        .then(pl.col("cl_ord_id") + "V")
        .otherwise(pl.format("{}{}{}r{}", _mic(), pl.lit(stamp), pl.lit(day.provider.comp_id), "route")),
    )
