"""Versions, classes and executability, read straight off the methodology."""

from __future__ import annotations

from typing import Any

from oracle.lookup import Conventions, Market, Row, middle

WAITING = ("non_marketable", "stop")
LONG = ("gtc", "gtd")


def versions_of(order: Row, events: list[Row]) -> list[Row]:
    """One row per version in order: terms, when its clock begins and when it ends."""
    opened: dict[int, Row] = {}
    for event in sorted(events, key=lambda e: (e["version"], e["effective_at"])):
        if event["event"] in ("new", "replace"):
            opened[event["version"]] = dict(event)
    numbers = sorted(opened)
    for position, number in enumerate(numbers):
        version = opened[number]
        own = [e for e in events if e["version"] == number]
        ends = [e["effective_at"] for e in own if e["event"] in ("cancel", "expire", "done", "reject")]
        if position + 1 < len(numbers):
            ends.append(opened[numbers[position + 1]]["effective_at"])
        cancels = [e for e in own if e["event"] == "cancel"]
        triggers = [e["effective_at"] for e in own if e["event"] == "trigger"]
        version.update(
            order=order,
            clock_at=order["received_at"] if position == 0 else version["effective_at"],
            ends_at=min(ends) if ends else None,
            cancelled=sum(e["quantity"] for e in cancels),
            cancelled_at=min((e["effective_at"] for e in cancels), default=None),
            by_customer=any(e["requested_by"] == "customer" for e in cancels),
            triggered_at=min(triggers) if triggers else None,
        )
    return [opened[number] for number in numbers]


def classify(version: Row, market: Market, how: Conventions) -> None:
    """Add `terms`, `executable_at`, `clock_start`, `order_class` to a version."""
    order = version["order"]
    day = market.day_of(version["clock_at"])
    quote = market.quote(order["symbol"], version["clock_at"] + how.shift_ns, day, inclusive=False)
    version["terms"] = _terms(version, quote)
    waits = version["terms"] in WAITING
    version["executable_at"] = executable(version, market, how) if waits else version["clock_at"]
    version["clock_start"] = version["executable_at"]
    version["order_class"] = _class(version, market.hours[day])


def _terms(version: Row, quote: Row | None) -> str:  # noqa: PLR0911 - one line of the methodology each
    kind, tif = version["order_type"], version["time_in_force"]
    if kind in ("market_on_open", "limit_on_open") or tif == "at_the_open":
        return "on_open"
    if kind in ("market_on_close", "limit_on_close") or tif == "at_the_close":
        return "on_close"
    if kind in ("stop", "stop_limit"):
        return "stop"
    if kind != "limit":
        return str(kind)
    bid = quote["bid"] if quote else None
    ask = quote["ask"] if quote else None
    sign = 1 if version["order"]["side"] == "buy" else -1
    far = ask if sign == 1 else bid
    limit = version["limit_price"]
    if far and sign * (limit - far) >= 0:
        return "marketable_limit"
    if bid and ask and sign * (limit - (bid + ask) / 2) >= 0:
        return "midpoint_or_better"
    return "non_marketable"


def _class(version: Row, hours: tuple[int, int]) -> str:  # noqa: PLR0911 - one line of the methodology each
    order, terms = version["order"], version["terms"]
    if order.get("multileg_id"):
        return "multi_leg"
    if order["directed"]:
        return "directed"
    if not order["held"]:
        return "not_held"
    if terms in ("on_open", "on_close"):
        return str(terms)
    if not hours[0] <= version["clock_at"] < hours[1]:
        return "outside_hours"
    if terms in ("market", "marketable_limit", "midpoint_or_better"):
        return terms + ("_ioc" if version["time_in_force"] in ("ioc", "fok") else "")
    if terms == "non_marketable" and version["executable_at"] is None:
        return "never_executable"
    return str(terms)


def executable(version: Row, market: Market, how: Conventions) -> int | None:
    """When a waiting version first became executable in regular hours."""
    reported = version["triggered_at"] if version["terms"] == "stop" else None
    if reported is not None and not _in_force(version, reported, market, how):
        reported = None
    seen = _seen_executable(version, market, how)
    return min((at for at in (reported, seen) if at is not None), default=None)


def _in_force(version: Row, at: int, market: Market, how: Conventions) -> bool:
    """Whether an instant of the firm's clock is within regular hours and the version's life."""
    in_hours = any(opened <= at + how.shift_ns < closed for opened, closed in market.hours.values())
    return in_hours and version["clock_at"] <= at and (version["ends_at"] is None or at < version["ends_at"])


def _seen_executable(version: Row, market: Market, how: Conventions) -> int | None:
    first = market.day_of(version["clock_at"])
    days = sorted(market.hours) if version["time_in_force"] in LONG else [first]
    for day in days:
        found = _executable_on(version, market, how, day) if day >= first else None
        if found is not None:
            return found
    return None


def _executable_on(version: Row, market: Market, how: Conventions, day: str) -> int | None:
    opened, closed = market.hours[day]
    begin = max(version["clock_at"] + how.shift_ns, opened)  # the firm's clock is moved, the session's is not
    end = closed if version["ends_at"] is None else min(version["ends_at"] + how.shift_ns, closed)
    if end < begin:
        return None
    symbol = version["order"]["symbol"]
    if _reaches(version, market.quote(symbol, begin, day, inclusive=False)):
        return begin - how.shift_ns
    for quote in market.stream(symbol, day):
        if begin <= quote["at"] < end and _reaches(version, quote):
            return int(quote["at"]) - how.shift_ns
    return None


def _reaches(version: Row, quote: Row | None) -> bool:
    if quote is None:
        return False
    is_buy = version["order"]["side"] == "buy"
    if version["terms"] == "stop":
        touch = quote["ask"] if is_buy else quote["bid"]
        return bool(touch) and (touch >= version["stop_price"] if is_buy else touch <= version["stop_price"])
    touch = quote["bid"] if is_buy else quote["ask"]
    return bool(touch) and (touch <= version["limit_price"] if is_buy else touch >= version["limit_price"])


def lot(quantity: Any) -> str:  # noqa: ANN401 - a Fraction
    """Below one share, below a round lot of 100, or more."""
    return "fractional" if quantity < 1 else "odd" if quantity < 100 else "round"


def decision_middle(order: Row, first: Row, market: Market, how: Conventions) -> tuple[Any, Any]:
    """(arrival, decision) midpoints of an order; without a decision time the decision is the receipt."""
    day = market.day_of(first["clock_at"])
    arrival = middle(
        market.quote(order["symbol"], first["clock_at"] + how.shift_ns, day, inclusive=how.inclusive), how.locked
    )
    if order.get("decided_at") is None:
        return arrival, arrival
    decided = market.quote(order["symbol"], order["decided_at"] + how.shift_ns, day, inclusive=how.inclusive)
    return arrival, middle(decided, how.locked)
