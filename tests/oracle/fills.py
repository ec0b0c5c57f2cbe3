"""Executions, prints, routes and orders as plain rows with everything that a figure needs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from oracle.lookup import Conventions, Market, Row, middle, usable
from oracle.orders import LONG, classify, decision_middle, lot, versions_of

HORIZONS = {"50ms": 50, "1s": 1_000, "15s": 15_000, "60s": 60_000, "300s": 300_000}
MS = 1_000_000


def order_book(flow: dict[str, list[Row]], market: Market, how: Conventions) -> dict[str, list[Row]]:
    """Classified versions by order."""
    book: dict[str, list[Row]] = {}
    for order in flow["orders"]:
        events = [e for e in flow["versions"] if e["order_id"] == order["order_id"]]
        book[order["order_id"]] = versions_of(order, events)
        for version in book[order["order_id"]]:
            classify(version, market, how)
    return book


def own_fills(flow: dict[str, list[Row]], book: dict[str, list[Row]], market: Market, how: Conventions) -> list[Row]:
    """One row per execution that stands."""
    routes = {route["route_id"]: route for route in flow["routes"]}
    rows = []
    for execution in sorted(flow["executions"], key=lambda e: (e["executed_at"], e["execution_id"])):
        if execution["status"] == "busted":
            continue
        row = dict(execution, day=market.day_of(execution["executed_at"]))
        version = _version_of(row, book)
        _add_version(row, version, market, how)
        _add_routes(row, routes, market, how)
        row["sent_for"] = _sent_for(row, routes, book)
        _add_market(row, market, how)
        rows.append(row)
    _add_size_improvement(rows)
    _add_vwap(rows, market, how)
    return rows


def _version_of(execution: Row, book: dict[str, list[Row]]) -> Row | None:
    versions = book.get(execution["order_id"], [])
    begun = [v for v in versions if v["clock_at"] <= execution["executed_at"]]
    return begun[-1] if begun else versions[0] if versions else None


def _add_version(row: Row, version: Row | None, market: Market, how: Conventions) -> None:
    order = version["order"] if version else {}
    row["side"] = row["side"] or order.get("side")
    row["sign"] = 0 if row["side"] is None else 1 if row["side"] == "buy" else -1
    row["version"] = version["version"] if version else None
    row["clock_start"] = version["clock_start"] if version else None
    if version and row["clock_start"] and row["clock_start"] > max(version["clock_at"], row["executed_at"]):
        row["clock_start"] = None  # filled before it was seen to become executable
    row["received_at"] = order.get("received_at")
    row["order_class"] = version["order_class"] if version else None
    row["order_type"] = version["order_type"] if version else None
    row["tif"] = version["time_in_force"] if version else None
    row["lot"] = lot(version["quantity"]) if version else None
    row["provider"] = row.get("provider_id") or order.get("provider_id")
    row["receipt_quote"] = _at(row, row["clock_start"], market, how)
    row["arrival"] = version["arrival"] if version else None


def _at(row: Row, instant: int | None, market: Market, how: Conventions) -> Row | None:
    if instant is None:
        return None
    day = market.day_of(instant)
    return market.quote(row["symbol"], instant + how.shift_ns, day, inclusive=how.inclusive)


def _add_routes(row: Row, routes: dict[str, Row], market: Market, how: Conventions) -> None:
    last = routes.get(row["route_id"])
    if last is None:
        mine = [r for r in routes.values() if r["hop"] == 1 and r["order_id"] == row["order_id"] is not None]
        mine = [r for r in mine if r["version"] == row["version"]]
        last = min(mine, key=lambda r: (r["sent_at"], r["route_id"]), default=None)
    row["through"] = last["route_id"] if last else None
    first = last
    while first is not None and first["parent_route_id"] is not None:
        first = routes[first["parent_route_id"]]
    row["hop"] = last["hop"] if last else None
    row["sent_at"] = first["sent_at"] if first else None
    row["first_ack"] = first["acknowledged_at"] if first else None
    arrived = None
    if last is not None and (last["hop"] > 1 or last["venue"] is not None):
        arrived = last["sent_at"] if last["acknowledged_at"] is None else last["acknowledged_at"]
    row["route_quote"] = _at(row, row["sent_at"], market, how)
    row["venue_quote"] = _at(row, arrived, market, how)


def _sent_for(row: Row, routes: dict[str, Row], book: dict[str, list[Row]]) -> int | None:
    """When the firm got the version that its own route was sent for."""
    first = routes.get(row["through"])
    while first is not None and first["parent_route_id"] is not None:
        first = routes[first["parent_route_id"]]
    number = 1 if first is None or first["version"] is None else first["version"]
    clocks = {version["version"]: version["clock_at"] for version in book.get(row["order_id"], [])}
    return clocks.get(number)


def _add_market(row: Row, market: Market, how: Conventions) -> None:
    row["execution_quote"] = _at(row, row["executed_at"], market, how)
    reference = row[f"{how.benchmark}_quote"]
    row["covered"] = row["side"] is not None and usable(reference, how.locked)
    row["mid"] = row["quoted"] = row["far"] = row["contra"] = None
    if row["covered"]:
        row["mid"] = middle(reference, how.locked)
        row["quoted"] = reference["ask"] - reference["bid"]
        row["far"] = reference["ask"] if row["sign"] > 0 else reference["bid"]
        row["contra"] = reference["ask_size"] if row["sign"] > 0 else reference["bid_size"]
    for point in ("receipt", "route", "venue", "execution"):
        row[f"mid_{point}"] = middle(row[f"{point}_quote"], how.locked)
    add_horizons(row, market, how)


def add_horizons(row: Row, market: Market, how: Conventions) -> None:
    """Midpoints after the fill: the last quote at or before the horizon, none after the close unless asked for."""
    closed = market.hours[row["day"]][1]
    for name, milliseconds in HORIZONS.items():
        instant = row["executed_at"] + how.shift_ns + milliseconds * MS
        if instant > closed:
            instant = closed if how.after_close == "final_quote" else None
        row[f"mid_{name}"] = middle(market.quote(row["symbol"], instant, row["day"], inclusive=True), how.locked)


def _add_size_improvement(rows: list[Row]) -> None:
    taken: dict[Any, Fraction] = {}
    for row in rows:
        row["size_improvement"] = None
        if row["contra"] is None:
            continue
        key = (row["order_id"] or row["execution_id"], row["version"])
        before = taken.get(key, Fraction(0))
        better = row["sign"] * (row["far"] - row["price"]) >= 0
        taken[key] = before + (row["quantity"] if better else 0)
        row["size_improvement"] = max(taken[key] - row["contra"], 0) - max(before - row["contra"], 0)


def _add_vwap(rows: list[Row], market: Market, how: Conventions) -> None:
    for row in rows:
        row["vwap"] = None
        if row["order_id"] is None or row["received_at"] is None:
            continue
        ends = [r["executed_at"] for r in rows if r["order_id"] == row["order_id"] and r["day"] == row["day"]]
        inside = [
            t
            for t in market.trades
            if t["eligible"] and t["symbol"] == row["symbol"] and market.day_of(t["at"]) == row["day"]
            and row["received_at"] <= t["at"] - how.shift_ns <= max(ends)
        ]  # fmt: skip
        if inside:
            row["vwap"] = sum(t["price"] * t["quantity"] for t in inside) / sum(t["quantity"] for t in inside)


def order_rows(book: dict[str, list[Row]], fills: list[Row], market: Market, how: Conventions) -> list[Row]:
    """One row per parent order; class and quantity are the last version's."""
    rows = []
    for order_id, versions in book.items():
        last, order = versions[-1], versions[0]["order"]
        mine = [f for f in fills if f["order_id"] == order_id]
        day = market.day_of(order["received_at"])
        row = {name: order[name] for name in ("symbol", "side", "refused")}
        row |= {"day": day, "provider": order["provider_id"], "order_class": last["order_class"]}
        row |= {"order_type": last["order_type"], "tif": last["time_in_force"], "lot": lot(last["quantity"])}
        row |= {"quantity": last["quantity"], "executed": sum((f["quantity"] for f in mine), Fraction(0))}
        row["cancelled"] = sum((v["cancelled"] for v in versions), Fraction(0))
        early = last["cancelled_at"] is not None and (
            last["executable_at"] is None or last["cancelled_at"] < last["executable_at"]
        )
        row["cancelled_early"] = last["cancelled"] if last["by_customer"] and early else Fraction(0)
        times = [None if f["clock_start"] is None else f["executed_at"] - f["clock_start"] for f in mine]
        row["first_ns"], row["last_ns"] = (times[0], times[-1]) if times else (None, None)
        row["shortfall"], row["paper"] = _shortfall(row, last, mine, market, how)
        rows.append(row)
    return rows


def _shortfall(row: Row, last: Row, mine: list[Row], market: Market, how: Conventions) -> tuple[Any, Any]:
    if row["refused"] or last["decision"] is None:
        return None, None
    decision, sign = last["decision"], 1 if row["side"] == "buy" else -1
    begun = market.day_of(last["clock_at"])
    final = max(market.hours) if last["time_in_force"] in LONG else begun
    if last["ends_at"] is not None and last["ends_at"] <= market.hours[final][0]:
        final = begun
    closed = market.hours[final][1]
    ended = closed - how.shift_ns if last["ends_at"] is None else min(last["ends_at"], closed - how.shift_ns)
    missed, open_shares = Fraction(0), row["quantity"] - row["executed"]
    if open_shares > 0:
        end = _at(row, ended, market, how)
        mid = middle(end, how.locked)
        if mid is None:
            return None, None
        missed = open_shares * (mid - decision)
    paid = sum((f["quantity"] * (f["price"] - decision) for f in mine), Fraction(0))
    fees = sum((f["fee"] or 0 for f in mine), Fraction(0))
    return sign * (paid + missed) + fees, row["quantity"] * decision


def set_decisions(book: dict[str, list[Row]], market: Market, how: Conventions) -> None:
    """Arrival and decision midpoints belong to the order, whatever version is filled."""
    for versions in book.values():
        arrival, decision = decision_middle(versions[0]["order"], versions[0], market, how)
        for version in versions:
            version["arrival"], version["decision"] = arrival, decision


def tape_fills(market: Market, how: Conventions) -> list[Row]:
    """Eligible regular-hours prints, signed by the quote rule, at the midpoint by the tick test."""
    rows = []
    previous: dict[Any, tuple[Fraction, int]] = {}
    for trade in sorted(market.trades, key=lambda t: (t["at"], t["sequence"])):
        day = market.day_of(trade["at"])
        opened, closed = market.hours[day]
        if not trade["eligible"] or not opened <= trade["at"] < closed:
            continue
        key = (trade["symbol"], day)
        price, direction = previous.get(key, (trade["price"], 0))
        direction = 1 if trade["price"] > price else -1 if trade["price"] < price else direction
        previous[key] = (trade["price"], direction)
        row = dict(trade, day=day, executed_at=trade["at"], side=None)
        quote = market.quote(row["symbol"], row["executed_at"], day, inclusive=how.inclusive)
        row["covered"], row["mid"] = usable(quote, how.locked), middle(quote, how.locked)
        row["mid_execution"] = row["mid"]
        row["sign"], row["quoted"], row["far"] = direction, None, None
        if row["covered"]:
            away = row["price"] - row["mid"]
            row["sign"] = (away > 0) - (away < 0) or direction
            row["quoted"] = quote["ask"] - quote["bid"]
            row["far"] = {1: quote["ask"], -1: quote["bid"], 0: None}[row["sign"]]
        add_horizons(row, market, how)
        rows.append(row)
    return rows


def route_rows(flow: dict[str, list[Row]], fills: list[Row]) -> list[Row]:
    """Routes with what was executed through them and below them."""
    parents = {route["route_id"]: route["parent_route_id"] for route in flow["routes"]}
    rows = {route["route_id"]: dict(route, executed=Fraction(0)) for route in flow["routes"]}
    for fill in fills:
        at = fill.get("through")
        while at is not None:
            rows[at]["executed"] += fill["quantity"]
            at = parents[at]
    for row in rows.values():
        row["is_leaf"] = row["route_id"] not in parents.values()
    return list(rows.values())
