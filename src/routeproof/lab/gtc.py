"""A good-till-cancelled order now and then: received on one day, filled two sessions later under its first ClOrdID."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from routeproof.lab.fix_text import Field, messages
from routeproof.lab.market import opening_prices
from routeproof.lab.universe import TICK
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.lab.config import LabConfig, Provider
    from routeproof.lab.market import MarketDay
    from routeproof.lab.sessions import Session

_EVERY, _PHASE, _LIFE = 5, 2, 2
_AFTER_OPEN_NS = 600 * NS_PER_S
_FILL_AFTER_OPEN_NS = 45 * NS_PER_S
VENUE = "EDGX"


@dataclass(frozen=True)
class GtcOrder:
    """One such order; `symbol` is an index, `limit` and `quantity` fixed point."""

    cl_ord_id: str
    symbol: int
    sign: int
    limit: int
    quantity: int
    received_at: int
    fills_on: Session


def gtc_order(config: LabConfig, provider: Provider, session: Session) -> GtcOrder | None:
    """The order received on a session, or none.

    It is in the symbol that moves most until it fills, with a limit half-way, so that it rests on the first day and
    opens through its price on the last.
    """
    days = config.all_sessions
    index = days.index(session)
    if index % _EVERY != _PHASE or index + _LIFE >= len(days):
        return None
    fills_on = days[index + _LIFE]
    opening = opening_prices(config)
    now, then = opening[session.day], opening[fills_on.day]
    symbol = int(np.argmax(np.abs(then / now - 1)))
    limit = round((now[symbol] + then[symbol]) / 2 * SCALE / TICK) * TICK
    name = f"G{provider.comp_id}{session.day:%y%m%d}"
    received = session.open_at + _AFTER_OPEN_NS
    return GtcOrder(name, symbol, 1 if then[symbol] < now[symbol] else -1, limit, 300 * SCALE, received, fills_on)


def with_gtc(config: LabConfig, provider: Provider, session: Session, orders: pl.DataFrame) -> pl.DataFrame:
    """The day's customer orders and its good-till-cancelled one, last."""
    one = gtc_order(config, provider, session)
    if one is None:
        return orders
    row = {
        "order": orders.height, "cl_ord_id": one.cl_ord_id, "symbol": one.symbol, "sign": one.sign, "short": False,
        "kind": "non_marketable", "order_type": "limit", "tif": "gtc", "quantity": one.quantity, "limit": one.limit,
        "instructions": "", "received_at": one.received_at, "sent_at": one.received_at + 1_000_000,
    }  # fmt: skip
    return pl.concat([orders, pl.DataFrame([row], schema=orders.schema)])


def carried_fills(config: LabConfig, provider: Provider, market: MarketDay) -> pl.DataFrame:
    """Today's executions of orders received on earlier days; one row each, like an order with its execution."""
    rows = []
    for session in config.all_sessions:
        one = gtc_order(config, provider, session)
        if one is None or one.fills_on != market.session:
            continue
        at = market.session.open_at + _FILL_AFTER_OPEN_NS
        row = market.before(np.array([one.symbol]), np.array([at]))[0]
        touch = int(market.quotes.ask[row] if one.sign > 0 else market.quotes.bid[row])
        price = min(touch, one.limit) if one.sign > 0 else max(touch, one.limit)
        ticker = market.symbols[one.symbol].symbol
        side = "1" if one.sign > 0 else "2"
        rows.append((one.cl_ord_id, session.day.isoformat(), ticker, side, one.quantity, one.limit, price, at))
    return pl.DataFrame(rows, schema=_schema(), orient="row")


def carried_messages(config: LabConfig, provider: Provider, fills: pl.DataFrame) -> list[pl.DataFrame]:
    """The venue's and the provider's report of each carried execution."""
    at = pl.col("executed_at")
    venue_fields = [
        Field(37, pl.col("cl_ord_id") + "V"), Field(11, pl.format("C1-{}", "cl_ord_id")),
        Field(17, pl.col("cl_ord_id") + "VX"), *_common(),
    ]  # fmt: skip
    provider_fields = [
        Field(37, pl.col("cl_ord_id") + "O"), Field(11, pl.col("cl_ord_id")), Field(17, pl.col("cl_ord_id") + "X"),
        Field(527, pl.col("cl_ord_id") + "VX"), *_common(),
    ]  # fmt: skip
    me = pl.lit(provider.comp_id)
    return [
        messages(fills, "8", pl.lit(VENUE), me, at + 30_000, venue_fields),
        messages(fills, "8", me, pl.lit(config.firm), at + 800_000, provider_fields),
    ]


def _common() -> list[Field]:
    quantity = pl.col("quantity")
    return [
        Field(880, pl.col("cl_ord_id") + "VX"), Field(150, pl.lit("F")), Field(39, pl.lit("2")),
        Field(55, pl.col("ticker")), Field(54, pl.col("side_code")), Field(38, quantity, "quantity"),
        Field(40, pl.lit("2")), Field(59, pl.lit("1")), Field(44, pl.col("limit"), "price"),
        Field(32, quantity, "quantity"), Field(31, pl.col("price"), "price"), Field(30, pl.lit(VENUE)),
        Field(851, pl.lit("1")), Field(29, pl.lit("1")), Field(14, quantity, "quantity"), Field(151, pl.lit("0")),
        Field(6, pl.col("price"), "price"), Field(60, pl.col("executed_at"), "instant"),
    ]  # fmt: skip


def _schema() -> dict[str, type[pl.DataType]]:
    text, number = pl.String, pl.Int64
    return {
        "cl_ord_id": text, "received_on": text, "ticker": text, "side_code": text,
        "quantity": number, "limit": number, "price": number, "executed_at": number,
    }  # fmt: skip
