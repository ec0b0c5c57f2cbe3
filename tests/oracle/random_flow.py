"""Random small markets and order flow: coarse times and prices, so that ties, locks, crosses and gaps abound."""

from __future__ import annotations

from datetime import date, datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from oracle.lookup import Market, Row

ZONE = ZoneInfo("America/New_York")
DAYS = (date(2026, 11, 23), date(2026, 11, 24))
STEP_NS = 100_000_000
SYMBOLS = ("AAA", "BBB", "NOQUOTE")
VENUES = ("XNAS", "ARCX", "XNYS")
OWN_PROVIDERS = (None, None, "P1", "P3")
"""What routes and fills say of their provider themselves; null = their order's."""
CENT = Fraction(1, 100)


def instant(day: date, clock: time) -> int:
    """UTC ns of a New York time."""
    return int(datetime.combine(day, clock, ZONE).timestamp()) * 10**9


class Dice:
    """Draws from one seeded generator."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def whole(self, low: int, high: int) -> int:
        """Uniform in `[low, high]`."""
        return int(self._rng.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        """True that often."""
        return bool(self._rng.random() < share)

    def one(self, *choices: object) -> object:
        """One of them."""
        return choices[self.whole(0, len(choices) - 1)]


def random_market(dice: Dice) -> Market:
    """Two days, two quoted symbols, three minutes after the open and three around the close."""
    quotes, trades = [], []
    for day in DAYS:
        for begin in (instant(day, time(9, 29)), instant(day, time(15, 58))):
            for number in range(70):
                at = begin + dice.whole(0, 1800) * STEP_NS
                middle = dice.whole(995, 1005)
                bid = None if dice.chance(0.06) else CENT * (middle - dice.whole(0, 2))
                ask = None if dice.chance(0.06) else CENT * (middle + dice.whole(-1, 2))
                sizes = [None if dice.chance(0.1) else Fraction(dice.whole(1, 5) * 100) for _ in (0, 1)]
                symbol = SYMBOLS[dice.whole(0, 1)]
                quotes.append({"symbol": symbol, "at": at, "sequence": number, "bid": bid, "ask": ask,
                               "bid_size": sizes[0], "ask_size": sizes[1]})  # fmt: skip
            trades += [_print(dice, begin, number) for number in range(25)]
    hours = {day.isoformat(): (instant(day, time(9, 30)), instant(day, time(16))) for day in DAYS}
    return Market(quotes, trades, hours)


def _print(dice: Dice, begin: int, number: int) -> Row:
    return {
        "symbol": SYMBOLS[dice.whole(0, 2)], "at": begin + dice.whole(0, 1800) * STEP_NS, "sequence": number,
        "price": CENT * dice.whole(990, 1010), "venue": dice.one(*VENUES, None),
        "quantity": Fraction(dice.whole(1, 400)), "eligible": not dice.chance(0.1),
    }  # fmt: skip


def random_flow(dice: Dice, orders: int = 60) -> dict[str, list[Row]]:
    """Orders of every class with their events, routes over one or two hops, executions, busts and orphans."""
    flow: dict[str, list[Row]] = {"orders": [], "versions": [], "routes": [], "executions": []}
    for number in range(orders):
        _order(dice, flow, f"o{number:03}")
    for number in range(6):
        day = DAYS[dice.whole(0, 1)]
        at = instant(day, time(9, 30)) + dice.whole(0, 1200) * STEP_NS
        side = dice.one("buy", "sell_short", None)
        flow["executions"].append(_execution(dice, f"x{number}", {"symbol": dice.one(*SYMBOLS), "side": side}, at))
    return flow


def with_own_providers(dice: Dice, flow: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The same flow, of which some routes and fills went through another provider than their order's."""
    said = {
        name: [row | {"provider_id": dice.one(*OWN_PROVIDERS)} for row in flow[name]]
        for name in ("routes", "executions")
    }
    return flow | said


def _order(dice: Dice, flow: dict[str, list[Row]], order_id: str) -> None:
    day = DAYS[dice.whole(0, 1)]
    begin = instant(day, dice.one(time(9, 29), time(9, 30), time(15, 58)))  # type: ignore[arg-type]
    received = begin + dice.whole(0, 900) * STEP_NS
    order = {
        "order_id": order_id, "symbol": SYMBOLS[dice.whole(0, 30) // 15], "received_at": received,
        "side": dice.one("buy", "sell", "buy", "sell_short"), "provider_id": dice.one("P1", "P2"),
        "held": not dice.chance(0.05), "directed": dice.chance(0.05), "refused": dice.chance(0.06),
        "multileg_id": "leg" if dice.chance(0.03) else None,
        "decided_at": received - dice.whole(1, 50) * STEP_NS if dice.chance(0.3) else None,
    }  # fmt: skip
    flow["orders"].append(order)
    terms = _terms(dice)
    events = [terms | {"order_id": order_id, "version": 1, "event": "new", "effective_at": received}]
    if dice.chance(0.25) and not order["refused"]:
        later = received + dice.whole(1, 100) * STEP_NS
        if terms["time_in_force"] == "gtc" and day == DAYS[0] and dice.chance(0.5):
            later += 86_400 * 10**9
        changed = {"quantity": Fraction(dice.whole(1, 300)), "limit_price": terms["limit_price"]}
        if terms["limit_price"] is not None:
            changed["limit_price"] = terms["limit_price"] + CENT * dice.whole(-2, 2)
        events.append(events[0] | changed | {"version": 2, "event": "replace", "effective_at": later})
    last = events[-1]
    if dice.chance(0.4):
        who = dice.one("customer", "provider")
        gone = {"quantity": min(last["quantity"], Fraction(dice.whole(1, 100))), "requested_by": who}
        when = last["effective_at"] + dice.whole(0, 300) * STEP_NS
        events.append(last | gone | {"event": dice.one("cancel", "cancel", "expire"), "effective_at": when})
    flow["versions"] += events
    if not order["refused"] and dice.chance(0.8):
        _routes_and_fills(dice, flow, order, [e for e in events if e["event"] in ("new", "replace")])


def _terms(dice: Dice) -> Row:
    kind = dice.one("market", "limit", "limit", "limit", "limit", "stop", "stop_limit", "pegged", "market_on_close")
    tif = dice.one("day", "day", "ioc", "fok", "gtc", "at_the_close" if dice.chance(0.2) else "day")
    limit = CENT * dice.whole(992, 1008) if kind in ("limit", "stop_limit") else None
    stop = CENT * dice.whole(995, 1005) if kind in ("stop", "stop_limit") else None
    quantity = dice.one(Fraction(dice.whole(1, 700)), Fraction(1, 4), Fraction(dice.whole(1, 7) * 100))
    return {"quantity": quantity, "order_type": kind, "limit_price": limit, "stop_price": stop, "time_in_force": tif,
            "requested_by": ""}  # fmt: skip


def _routes_and_fills(dice: Dice, flow: dict[str, list[Row]], order: Row, opened: list[Row]) -> None:
    for event in opened:
        sent = event["effective_at"] + dice.whole(0, 5) * STEP_NS
        name = f"{order['order_id']}-{event['version']}"
        route = _route(dice, name, order, event, sent)
        children = []
        for child in range(dice.whole(0, 2)):
            below = _route(dice, f"{name}-{child}", order, event, sent + dice.whole(0, 3) * STEP_NS)
            children.append(below | {"hop": 2, "parent_route_id": name, "venue": dice.one(*VENUES)})
        flow["routes"] += [route, *children]
        for number in range(dice.whole(0, 2)):
            through = dice.one(route, None, *children)
            at = sent + dice.whole(0, 400) * STEP_NS
            if event is opened[0] and len(opened) > 1:
                at = min(at, opened[1]["effective_at"] - STEP_NS // 2)
            if event["time_in_force"] == "gtc" and event["effective_at"] < instant(DAYS[1], time(0)):
                at += dice.whole(0, 1) * 86_400 * 10**9
            fill = _execution(dice, f"{name}-f{number}", order, at)
            fill |= {"order_id": order["order_id"], "route_id": through and through["route_id"]}  # type: ignore[index]
            fill["side"] = None if dice.chance(0.1) else order["side"]
            flow["executions"].append(fill)


def _route(dice: Dice, route_id: str, order: Row, event: Row, sent: int) -> Row:
    acknowledged = sent + dice.whole(1, 9) * STEP_NS if dice.chance(0.7) else None
    return {
        "route_id": route_id, "order_id": order["order_id"], "version": event["version"], "parent_route_id": None,
        "hop": 1, "venue": dice.one("XNAS", None), "symbol": order["symbol"], "side": order["side"], "sent_at": sent,
        "acknowledged_at": acknowledged, "rejected_at": sent + STEP_NS if dice.chance(0.1) else None,
        "quantity": Fraction(dice.whole(1, 500)),
    }  # fmt: skip


def _execution(dice: Dice, execution_id: str, order: Row, at: int) -> Row:
    return {
        "execution_id": execution_id, "order_id": None, "route_id": None, "symbol": order["symbol"],
        "side": order["side"], "executed_at": at,
        "price": CENT * dice.whole(994, 1006) + Fraction(dice.whole(0, 9), 1000),
        "quantity": dice.one(Fraction(dice.whole(1, 300)), Fraction(dice.whole(1, 9), 8)),
        "venue": dice.one(*VENUES, None), "status": "busted" if dice.chance(0.05) else "new",
        "fee": Fraction(dice.whole(0, 30), 1000) if dice.chance(0.6) else None,
        "rebate": Fraction(dice.whole(0, 30), 1000) if dice.chance(0.3) else None,
        "payment": Fraction(dice.whole(0, 30), 1000) if dice.chance(0.3) else None,
    }  # fmt: skip


FIXED = (
    "bid",
    "ask",
    "bid_size",
    "ask_size",
    "price",
    "quantity",
    "limit_price",
    "stop_price",
    "fee",
    "rebate",
    "payment",
)


def frame(rows: list[Row]) -> pl.DataFrame:
    """Rows as a frame, decimals as scaled integers."""
    names = list(rows[0])
    columns = {}
    for name in names:
        values = [row[name] for row in rows]
        if name in FIXED:
            values = [None if value is None else int(value * 10**9) for value in values]
        kind = pl.Int64 if name in FIXED or name.endswith("at") else None
        columns[name] = pl.Series(name, values, dtype=kind)
    return pl.DataFrame(columns)
