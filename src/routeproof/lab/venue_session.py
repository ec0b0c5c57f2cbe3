"""Messages between the provider and the venues, as its drop copy shows them to the firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab.clocks import provider_clock
from routeproof.lab.fix_text import Field, messages
from routeproof.lab.states import HOP_NS, ORDER_TYPE, TIME_IN_FORCE, States
from routeproof.lab.universe import VENUES
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.lab.config import LabConfig
    from routeproof.lab.provider_day import ProviderDay

_ACK_NS = 30_000
_MISS_NS = 90_000
_LIQUIDITY = {"added": "1", "removed": "2", "auction": "4"}
_CAPACITY = {"agency": "1", "principal": "4"}
_DECLARED = pl.Series([venue.declared for venue in VENUES])
_GONE = {"missed": "4", "cancelled": "4", "ioc": "4", "expired": "C"}


def venue_messages(config: LabConfig, day: ProviderDay, states: States) -> pl.DataFrame:
    """All messages of all provider-venue sessions of one day, unordered."""
    provider = day.provider.comp_id
    declared = states.routes.filter(pl.lit(_DECLARED).gather(pl.col("venue")))  # the drop copy is silent on the others
    routes = _closing(declared)
    fills = _fills(states.executions, declared)
    return pl.concat([*_orders(config, day, routes), *_reports(routes, provider), *_executions(fills, provider)])


def _closing(routes: pl.DataFrame) -> pl.DataFrame:
    """Routes with what the child's own terms are and when the venue ended it unfilled."""
    closed = (
        pl.when(pl.col("fate").is_in(["missed", "ioc"]))
        .then(pl.col("arrived_at") + _MISS_NS)
        .when(pl.col("fate") == "cancelled")
        .then(pl.col("cancel_at") + HOP_NS + 1_500_000)
        .when(pl.col("fate") == "replaced")
        .then(pl.col("replace_at") + HOP_NS + 2_000_000)
        .otherwise(pl.col("day_end") + NS_PER_S // 2)
    )
    kind = (
        pl.when(pl.col("style") == "mid")
        .then(pl.lit("P"))
        .when(pl.col("order_type") == "stop")
        .then(pl.lit("1"))
        .otherwise(pl.col("order_type").replace_strict(ORDER_TYPE))
    )
    force = pl.when("missed").then(pl.lit("3")).otherwise(pl.col("tif").replace_strict(TIME_IN_FORCE))
    inst = pl.when(pl.col("style") == "mid").then(pl.lit("M")).when(pl.col("order_type") == "pegged").then(pl.lit("R"))
    # a child sent after its parent's cancel was already under way is cancelled after it arrived
    after = pl.max_horizontal(closed, pl.col("arrived_at") + _MISS_NS)
    return routes.with_columns(closed_at=after, child_type=kind, child_tif=force, child_inst=inst)


def _orders(config: LabConfig, day: ProviderDay, routes: pl.DataFrame) -> list[pl.DataFrame]:
    """What the provider sends: new children, cancels, and replaces of the child that stood before."""
    provider, venue, sent = pl.lit(day.provider.comp_id), pl.col("mic"), pl.col("sent_at")
    stamped = Field(60, provider_clock(config, day.provider, sent - 10_000), "instant")
    new = [Field(11, pl.col("child_id")), Field(526, pl.col("parent_ref")), *_terms(), *_price(), stamped]
    gone = pl.col("cancel_at") + HOP_NS + 800_000
    cancel = [
        Field(11, pl.col("child_id") + "X"), Field(41, pl.col("child_id")), Field(55, pl.col("ticker")),
        Field(54, pl.col("side_code")), Field(38, pl.col("quantity"), "quantity"),
        Field(60, provider_clock(config, day.provider, gone), "instant"),
    ]  # fmt: skip
    before = pl.format("C1-{}", "cl_ord_id")
    replace = [
        Field(11, pl.col("child_id")), Field(41, before), Field(526, pl.col("parent_ref")), *_terms(), *_price(),
        stamped,
    ]  # fmt: skip
    return [
        messages(routes.filter(pl.col("version") == 1), "D", provider, venue, sent, new),
        messages(routes.filter(pl.col("fate") == "cancelled"), "F", provider, venue, gone + 10_000, cancel),
        messages(routes.filter(pl.col("version") > 1), "G", provider, venue, sent, replace),
    ]


def _reports(routes: pl.DataFrame, provider: str) -> list[pl.DataFrame]:
    """What the venues say that is not a fill."""
    firsts, seconds = routes.filter(pl.col("version") == 1), routes.filter(pl.col("version") > 1)
    ended = routes.filter(pl.col("fate").is_in(list(_GONE)))
    asked = pl.col("fate") == "cancelled"
    ref = pl.when(asked).then(pl.col("child_id") + "X").otherwise("child_id")
    origin = Field(41, pl.when(asked).then("child_id"), optional=True)
    gone = pl.col("fate").replace_strict(_GONE, default="4")
    why = Field(58, pl.when(pl.col("fate") == "missed").then(pl.lit("no longer available")), optional=True)
    before = Field(41, pl.format("C1-{}", "cl_ord_id"))
    arrived, closed = pl.col("arrived_at"), pl.col("closed_at")
    whole, none = pl.col("quantity"), pl.lit(0)
    return [
        _report(firsts, provider, pl.lit("0"), arrived, pl.col("child_id"), whole, []),
        _report(seconds, provider, pl.lit("5"), arrived, pl.col("child_id"), whole, [before]),
        _report(ended, provider, gone, closed, ref, none, [origin, why]),
    ]


def _report(
    routes: pl.DataFrame,
    provider: str,
    exec_type: pl.Expr,
    at: pl.Expr,
    ref: pl.Expr,
    leaves: pl.Expr,
    extra: list[Field],
) -> pl.DataFrame:
    fields = [
        Field(37, pl.col("venue_order_id")), Field(11, ref), *extra,
        Field(17, pl.format("{}k{}", "venue_order_id", exec_type)), Field(150, exec_type), Field(39, exec_type),
        *_terms(), Field(14, pl.lit("0")), Field(151, leaves, "quantity"), Field(6, pl.lit("0")),
        Field(60, at, "instant"),
    ]  # fmt: skip
    return messages(routes, "8", pl.col("mic"), pl.lit(provider), at + _ACK_NS, fields)


def _fills(executions: pl.DataFrame, routes: pl.DataFrame) -> pl.DataFrame:
    """Executions that the drop copy shows, with their child; running totals are the child's own."""
    names = ("route", "child_id", "parent_ref", "venue_order_id", "ticker", "side_code")
    child = routes.select(*names, pl.col("quantity").alias("sent"))
    return (
        executions.filter("reported")
        .join(child, on="route", how="inner", maintain_order="left")
        .sort("route", "executed_at", "execution")
        .with_columns(done=pl.col("quantity").cum_sum().over("route"))
        .with_columns(open=pl.col("sent") - pl.col("done"), child_filled=pl.col("quantity").sum().over("route"))
    )


def _executions(fills: pl.DataFrame, provider: str) -> list[pl.DataFrame]:
    status = pl.when(pl.col("open") > 0).then(pl.lit("1")).otherwise(pl.lit("2"))
    busted = pl.col("later") == "busted"
    change = pl.when(busted).then(pl.lit("H")).otherwise(pl.lit("G"))
    changed_price = pl.when(busted).then("price").otherwise("corrected_price")
    reference = [Field(19, pl.col("venue_exec_id"))]
    standing = pl.when(busted).then(pl.col("child_filled") - pl.col("quantity")).otherwise("child_filled")
    later = fills.filter(pl.col("later") != "").with_columns(done=standing, open=pl.lit(0, pl.Int64))
    return [
        _execution(fills, provider, pl.lit("F"), status, pl.col("venue_exec_id"), pl.col("price"), "executed_at", []),
        _execution(
            later, provider, change, status, pl.col("venue_exec_id") + "L", changed_price, "later_at", reference
        ),
    ]


def _execution(
    fills: pl.DataFrame, provider: str, exec_type: pl.Expr, status: pl.Expr, exec_id: pl.Expr, price: pl.Expr,
    at: str, extra: list[Field],
) -> pl.DataFrame:  # fmt: skip
    fields = [
        Field(37, pl.col("venue_order_id")), Field(11, pl.col("child_id")), Field(17, exec_id), *extra,
        Field(880, pl.col("venue_exec_id")), Field(150, exec_type), Field(39, status), Field(55, pl.col("ticker")),
        Field(54, pl.col("side_code")), Field(38, pl.col("sent"), "quantity"),
        Field(32, pl.col("quantity"), "quantity"),
        Field(31, price, "price"), Field(30, pl.col("mic")), Field(851, pl.col("liquidity").replace_strict(_LIQUIDITY)),
        Field(29, pl.col("capacity").replace_strict(_CAPACITY)), Field(14, pl.col("done"), "quantity"),
        Field(151, pl.col("open"), "quantity"), Field(6, price, "price"), Field(60, pl.col(at), "instant"),
    ]  # fmt: skip
    return messages(fills, "8", pl.col("mic"), pl.lit(provider), pl.col(at) + _ACK_NS, fields)


def _terms() -> list[Field]:
    return [
        Field(55, pl.col("ticker")), Field(54, pl.col("side_code")), Field(38, pl.col("quantity"), "quantity"),
        Field(40, pl.col("child_type")), Field(59, pl.col("child_tif")), Field(18, pl.col("child_inst"), optional=True),
    ]  # fmt: skip


def _price() -> list[Field]:
    return [Field(44, pl.col("limit"), "price", optional=True)]
