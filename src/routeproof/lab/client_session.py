"""Messages between the firm and its provider: orders and changes one way, reports the other."""

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

_CHANGE_NS = 500_000
_TELL_NS = 120_000
_LIQUIDITY = {"added": "1", "removed": "2", "auction": "4"}
_CAPACITY = {"agency": "1", "principal": "4"}
_FEES = pl.Series([venue.fee_usd for venue in VENUES])


def client_messages(config: LabConfig, day: ProviderDay, states: States) -> pl.DataFrame:
    """All messages of the firm-provider session of one day, unordered."""
    return pl.concat(
        [*_requests(config, day, states.orders), *_answers(config, day, states), *_fills(config, day, states)]
    )


def _requests(config: LabConfig, day: ProviderDay, orders: pl.DataFrame) -> list[pl.DataFrame]:
    firm, provider = pl.lit(config.firm), pl.lit(day.provider.comp_id)
    terms = _terms()
    new = [
        Field(11, pl.col("cl_ord_id")), Field(21, pl.lit("1")), *terms,
        Field(44, pl.col("limit"), "price", optional=True), Field(99, pl.col("stop"), "price", optional=True),
        Field(18, _given("instructions"), optional=True), Field(100, pl.col("directed"), optional=True),
        Field(60, pl.col("received_at"), "instant"),
    ]  # fmt: skip
    cancel_at = pl.when("race").then("raced_at").otherwise("cancel_at")
    cancels = orders.filter((pl.col("ended") == "cancelled") | (pl.col("race") & pl.col("cancel_at").is_not_null()))
    cancel = [
        Field(11, pl.col("cl_ord_id") + "X"), Field(41, pl.col("cl_ord_id")), Field(55, pl.col("ticker")),
        Field(54, pl.col("side_code")), Field(38, pl.col("quantity"), "quantity"), Field(60, cancel_at, "instant"),
    ]  # fmt: skip
    replace_at = pl.when("race").then("raced_at").otherwise("replace_at")
    replaces = orders.filter(pl.col("replaced") | (pl.col("race") & pl.col("replace_at").is_not_null()))
    replace = [
        Field(11, pl.col("cl_ord_id") + "R"), Field(41, pl.col("cl_ord_id")), Field(21, pl.lit("1")), *terms,
        Field(44, pl.col("replace_limit"), "price"), Field(60, replace_at, "instant"),
    ]  # fmt: skip
    return [
        messages(orders, "D", firm, provider, pl.col("sent_at"), new),
        messages(cancels, "F", firm, provider, cancel_at + _CHANGE_NS, cancel),
        messages(replaces, "G", firm, provider, replace_at + _CHANGE_NS, replace),
    ]


def _answers(config: LabConfig, day: ProviderDay, states: States) -> list[pl.DataFrame]:
    """Everything the provider says about an order that is not a fill."""
    orders = states.orders
    first, second = pl.col("cl_ord_id"), pl.col("cl_ord_id") + "R"
    heard = pl.col("sent_at") + HOP_NS + _TELL_NS
    changed = pl.col("replace_at") + _CHANGE_NS + HOP_NS + 2_000_000
    ref = pl.when("replaced").then(second).otherwise(first)
    accepted = orders.filter(pl.col("ended") != "refused")
    refused = orders.filter(pl.col("ended") == "refused")
    replaced = orders.filter("replaced")
    cancelled = orders.filter(pl.col("ended") == "cancelled")
    done = orders.filter(pl.col("ended") == "ioc")
    expired = orders.filter(pl.col("ended") == "expired")
    elected = orders.filter((pl.col("kind") == "stop") & pl.col("first_child_at").is_not_null())
    gone = pl.col("cancel_at") + _CHANGE_NS + HOP_NS + 2_000_000
    said = _Answer(config, day)
    return [
        said.about(accepted, "0", "0", heard, first, leaves=pl.col("quantity"), cum=pl.lit(0)),
        said.about(refused, "8", "8", heard, first, leaves=pl.lit(0), extra=_refusal()),
        said.about(replaced, "5", "5", changed, second, origin=first, price="replace_limit", cum=pl.lit(0)),
        said.about(cancelled, "4", "4", gone, first + "X", origin=first, leaves=pl.lit(0)),
        said.about(
            done, "4", "4", pl.max_horizontal("last_answer_at", "last_told_at") + _TELL_NS, first, leaves=pl.lit(0)
        ),
        said.about(expired, "C", "C", pl.col("day_end") + NS_PER_S, ref, leaves=pl.lit(0)),
        said.about(
            elected, "L", "0", pl.col("first_child_at") - 100_000, first, leaves=pl.col("quantity"), cum=pl.lit(0)
        ),
        _too_late(config, day, orders.filter("race")),
    ]


class _Answer:
    """Execution reports without a fill, all built the same way."""

    def __init__(self, config: LabConfig, day: ProviderDay) -> None:
        self._config, self._day = config, day
        self._stamp = day.market.session.day.strftime("%y%m%d")

    def about(
        self, frame: pl.DataFrame, exec_type: str, status: str, at: pl.Expr, ref: pl.Expr, *,
        origin: pl.Expr | None = None, price: str = "limit", leaves: pl.Expr | None = None,
        cum: pl.Expr | None = None, extra: list[Field] | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Reports of one ExecType (150) sent at `at`, for the ClOrdID `ref`."""
        provider = self._day.provider.comp_id
        done = pl.col("filled") if cum is None else cum
        left = pl.col("quantity") - done if leaves is None else leaves
        fields = [
            Field(37, pl.col("order_id")), Field(11, ref), *([Field(41, origin)] if origin is not None else []),
            Field(17, pl.format("{}A{}{}{}", pl.lit(provider), pl.lit(self._stamp), pl.lit(exec_type), "order")),
            Field(150, pl.lit(exec_type)), Field(39, pl.lit(status)), *_terms(),
            Field(44, pl.col(price), "price", optional=True),
            Field(14, done, "quantity"), Field(151, left, "quantity"), Field(6, pl.lit("0")), *(extra or []),
            Field(60, provider_clock(self._config, self._day.provider, at - 20_000), "instant"),
        ]  # fmt: skip
        return messages(frame, "8", pl.lit(provider), pl.lit(self._config.firm), at, fields)


def _refusal() -> list[Field]:
    code = pl.when(pl.col("refused") == "exceeds limit").then(pl.lit("3")).otherwise(pl.lit("0"))
    return [Field(103, code), Field(58, pl.col("refused"))]


def _too_late(config: LabConfig, day: ProviderDay, orders: pl.DataFrame) -> pl.DataFrame:
    cancelling = pl.col("cancel_at").is_not_null()
    at = pl.col("raced_at") + _CHANGE_NS + HOP_NS + _TELL_NS
    suffix = pl.when(cancelling).then(pl.lit("X")).otherwise(pl.lit("R"))
    fields = [
        Field(37, pl.col("order_id")), Field(11, pl.col("cl_ord_id") + suffix), Field(41, pl.col("cl_ord_id")),
        Field(39, pl.lit("2")), Field(434, pl.when(cancelling).then(pl.lit("1")).otherwise(pl.lit("2"))),
        Field(102, pl.lit("0")), Field(58, pl.lit("too late")),
        Field(60, provider_clock(config, day.provider, at - 20_000), "instant"),
    ]  # fmt: skip
    return messages(orders, "9", pl.lit(day.provider.comp_id), pl.lit(config.firm), at, fields)


def _fills(config: LabConfig, day: ProviderDay, states: States) -> list[pl.DataFrame]:
    """Fills, then busts and corrections of some of them."""
    known = states.orders.select("order", "ticker", "side_code", "order_type", "tif", "filled")
    fills = states.executions.join(known, on="order", how="left", maintain_order="left")
    provider, firm = pl.lit(day.provider.comp_id), pl.lit(config.firm)
    status = pl.when(pl.col("leaves") > 0).then(pl.lit("1")).otherwise(pl.lit("2"))
    trade = [
        *_execution_fields(pl.lit("F"), pl.col("price")),
        Field(17, pl.col("exec_id")), Field(39, status), Field(14, pl.col("cum"), "quantity"),
        Field(151, pl.col("leaves"), "quantity"), Field(6, pl.col("average"), "average"),
        Field(60, pl.col("stamped_at"), "instant"),
    ]  # fmt: skip
    later = fills.filter(pl.col("later") != "")
    busted = pl.col("later") == "busted"
    kind = pl.when(busted).then(pl.lit("H")).otherwise(pl.lit("G"))
    change = [
        *_execution_fields(kind, pl.when(busted).then("price").otherwise("corrected_price")),
        Field(17, pl.col("exec_id") + "L"), Field(19, pl.col("exec_id")), Field(39, status),
        Field(14, pl.when(busted).then(pl.col("filled") - pl.col("quantity")).otherwise("filled"), "quantity"),
        Field(151, pl.lit("0")), Field(6, pl.col("average"), "average"), Field(60, pl.col("later_at"), "instant"),
    ]  # fmt: skip
    told_later = pl.max_horizontal("later_at", "told_at") + _CHANGE_NS
    return [
        messages(fills, "8", provider, firm, pl.col("told_at"), trade),
        messages(later, "8", provider, firm, told_later, change),
    ]


def _execution_fields(exec_type: pl.Expr, price: pl.Expr) -> list[Field]:
    fee = pl.lit(_FEES).gather(pl.col("venue")) * (pl.col("quantity") / 1e9)
    charged = pl.when((pl.col("liquidity") == "removed") & (fee > 0)).then(fee.round(6).cast(pl.String))
    return [
        Field(37, pl.col("order_id")), Field(11, pl.col("ref")), Field(150, exec_type),
        Field(527, pl.col("venue_exec_id")), Field(880, pl.col("venue_exec_id")), Field(55, pl.col("ticker")),
        Field(54, pl.col("side_code")), Field(38, pl.col("ordered"), "quantity"),
        Field(40, pl.col("order_type").replace_strict(ORDER_TYPE)),
        Field(59, pl.col("tif").replace_strict(TIME_IN_FORCE)),
        Field(32, pl.col("quantity"), "quantity"), Field(31, price, "price"), Field(30, pl.col("mic")),
        Field(851, pl.col("liquidity").replace_strict(_LIQUIDITY)),
        Field(29, pl.col("capacity").replace_strict(_CAPACITY)),
        Field(136, pl.lit("1\x01137=") + charged + pl.lit("\x01138=USD\x01139=4"), optional=True),
    ]  # fmt: skip


def _terms() -> list[Field]:
    return [
        Field(55, pl.col("ticker")), Field(54, pl.col("side_code")), Field(38, pl.col("quantity"), "quantity"),
        Field(40, pl.col("order_type").replace_strict(ORDER_TYPE)),
        Field(59, pl.col("tif").replace_strict(TIME_IN_FORCE)),
    ]  # fmt: skip


def _given(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(column)
