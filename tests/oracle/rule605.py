"""Rule 605 rows read straight off the methodology, in fractions, one order after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

from oracle.fills import HORIZONS, MS, add_horizons, order_book
from oracle.lookup import Conventions, Market, Row
from oracle.orders import WAITING, executable, lot

HOW = Conventions(locked="include", after_close="final_quote")
IMMEDIATE = ("ioc", "fok")
BUCKETS_US = (100, 1_000, 10_000, 1_000_000, 10_000_000, 30_000_000, 300_000_000)
SIZES = (0, 250, 1000, 5000, 10000, 20000, 50000, 200000)
RESTING_TOO = ("non_marketable", "midpoint_or_better", "stop")
Key = tuple[str, str, int, str]


def rows_605(flow: dict[str, list[Row]], market: Market) -> tuple[dict[Key, Row], Counter[str]]:
    """Sums by symbol, lot, size and order type, and how many versions each reason left out ("" = covered)."""
    book = order_book(flow, market, HOW)
    fills = _fills(flow, book, market)
    found: dict[Key, Row] = {}
    reasons: Counter[str] = Counter()
    for versions in book.values():
        before = Fraction(0)
        for version in versions:
            mine = [fill for fill in fills if fill["of"] is version]
            executed = sum((fill["quantity"] for fill in mine), Fraction(0))
            version |= {
                "shares": version["quantity"] - before,
                "executed": executed,
                "is_last": version is versions[-1],
            }
            before += executed
            _wait_for_the_open(version, market)
            version["last_fill_at"] = _filled_at(version["shares"], mine)
            if version["time_in_force"] in ("ioc", "fok"):  # what is left of it is cancelled at once
                version["over_at"] = max((fill["executed_at"] for fill in mine), default=version["clock_start"])
            version["clock_quote"] = _clock_quote(version, market)
            reason = _reason(version, mine, market)
            reasons[reason] += 1
            if not reason:
                _add(found.setdefault(_key(version), defaultdict(Fraction)), version, mine, market)
    return found, reasons


def _is_early(version: Row, market: Market) -> bool:
    """A limit between midpoint and far quote that came outside hours and may wait."""
    outside = not _inside(version["clock_at"], market)
    return outside and version["terms"] == "midpoint_or_better" and version["time_in_force"] not in IMMEDIATE


def _wait_for_the_open(version: Row, market: Market) -> None:
    if _is_early(version, market):
        waiting = dict(version, terms="non_marketable")
        version["clock_start"] = executable(waiting, market, HOW)


def _fills(flow: dict[str, list[Row]], book: dict[str, list[Row]], market: Market) -> list[Row]:
    fills = []
    for execution in sorted(flow["executions"], key=lambda e: (e["executed_at"], e["execution_id"])):
        versions = book.get(execution["order_id"], [])
        if execution["status"] == "busted" or not versions:
            continue
        begun = [v for v in versions if v["clock_at"] <= execution["executed_at"]]
        fill = dict(execution, day=market.day_of(execution["executed_at"]), of=begun[-1] if begun else versions[0])
        add_horizons(fill, market, HOW)
        fills.append(fill)
    return fills


def _filled_at(shares: Fraction, fills: list[Row]) -> int | None:
    """The last fill of the day by which nothing was left; random flow may fill more than was asked for."""
    for day in sorted({fill["day"] for fill in fills}):
        until = [fill for fill in fills if fill["day"] <= day]
        if sum(fill["quantity"] for fill in until) >= shares:
            return max(int(fill["executed_at"]) for fill in until)
    return None


def _waited(version: Row, market: Market) -> bool:
    start = version["clock_start"]
    if start is None or not (version["terms"] in WAITING or _is_early(version, market)):
        return False
    opened = market.hours[market.day_of(start)][0]
    return start > version["clock_at"] and start >= opened


def _clock_quote(version: Row, market: Market) -> Row | None:
    start = version["clock_start"]
    if start is None:
        return None
    symbol, day = version["order"]["symbol"], market.day_of(start)
    return market.quote(symbol, start, day, inclusive=_waited(version, market))


def _inside(instant: int, market: Market) -> bool:
    begin, end = market.hours[market.day_of(instant)]
    return begin <= instant < end


def _reason(version: Row, fills: list[Row], market: Market) -> str:  # noqa: C901, PLR0911 - one reason after the other
    order, terms, start, quote = version["order"], version["terms"], version["clock_start"], version["clock_quote"]
    if order["refused"]:
        return "refused"
    if version["shares"] <= 0:
        return "no_shares"
    if order["multileg_id"]:
        return "multi_leg"
    if not order["held"]:
        return "not_held"
    if terms in ("on_open", "on_close", "pegged"):
        return str(terms)
    may_wait = terms in WAITING or _is_early(version, market)
    if not _inside(version["clock_at"], market) and not (may_wait and start is not None):
        return "outside_hours"
    if any(start is None or fill["executed_at"] < start for fill in fills):
        return "executed_before_clock_start"
    if start is None and version["time_in_force"] == "gtc" and version["ends_at"] is None:
        return "not_yet_executable"
    late = (
        version["time_in_force"] in IMMEDIATE and terms in WAITING and start is not None and start > version["clock_at"]
    )
    if start is None or late:
        return "never_executable"
    if quote is None or not quote["bid"] or not quote["ask"]:
        return "no_nbbo"
    if any(not _inside(fill["executed_at"], market) for fill in fills):
        return "executed_outside_hours"
    return ""


def _far(version: Row) -> Any:  # noqa: ANN401 - a Fraction
    return version["clock_quote"]["ask" if version["order"]["side"] == "buy" else "bid"]


def _key(version: Row) -> Key:
    terms, limit, sign = version["terms"], version["limit_price"], 1 if version["order"]["side"] == "buy" else -1
    immediate = version["time_in_force"] in IMMEDIATE
    codes = {"market": "MXXNN", "marketable_limit": "LYN", "midpoint_or_better": "LNY", "non_marketable": "LNN"}
    if terms == "stop":
        reaches = limit is not None and sign * (limit - _far(version)) >= 0
        code = "MXXNY" if limit is None else "LYNNY" if reaches else "LNNNY"
    else:
        code = codes[terms] if terms == "market" else codes[terms] + ("YN" if immediate else "NN")
    price = limit if limit is not None else _far(version)
    size = max(bound for bound in SIZES if version["shares"] * price >= bound)
    return version["order"]["symbol"], lot(version["shares"]).upper(), size, code


def _add(row: Row, version: Row, fills: list[Row], market: Market) -> None:
    quote, sign = version["clock_quote"], 1 if version["order"]["side"] == "buy" else -1
    limit, far = version["limit_price"], _far(version)
    left, immediate = max(version["shares"] - version["executed"], 0), version["time_in_force"] in IMMEDIATE
    row["orders"] += 1
    row["notional"] += version["shares"] * (limit if limit is not None else far)
    row["shares"] += version["shares"]
    row["cancelled"] += left if version["ends_at"] is not None or immediate else 0
    row["filled"] += bool(fills)
    shown = quote["ask_size" if sign == 1 else "bid_size"]
    if fills and shown is not None:
        row["benchmark"] += min(shown, version["shares"])
    if version["terms"] in RESTING_TOO:
        for printed, here in _printed(version, market):
            row["printed"] += printed
            row["printed_here"] += here
    middle = (quote["bid"] + quote["ask"]) / 2
    for fill in fills:
        _add_fill(row, fill, (sign, middle, quote["ask"] - quote["bid"], far), version)
        if shown is not None and version["shares"] > shown and sign * (far - fill["price"]) >= 0:
            row["outsized"] += fill["quantity"]


def _add_fill(row: Row, fill: Row, reference: tuple[int, Any, Any, Any], version: Row) -> None:
    sign, middle, quoted, far = reference
    q, p, ns = fill["quantity"], fill["price"], fill["executed_at"] - version["clock_start"]
    row["executed"] += q
    row["here"] += q if fill["venue"] is None and fill["route_id"] is None else 0
    row[f"bucket_{sum(ns >= bound * 1000 for bound in BUCKETS_US)}"] += q
    for name in HORIZONS:
        if fill[f"mid_{name}"] is not None:
            row[f"real_{name}"] += q * 2 * sign * (p - fill[f"mid_{name}"])
            row[f"part_{name}"] += q * 2 * sign * (p - fill[f"mid_{name}"]) / middle
            row[f"real_q_{name}"] += q
    row["mid"] += q * middle
    row["quoted"] += q * quoted
    row["effective"] += q * 2 * sign * (p - middle)
    row["effective_part"] += q * 2 * sign * (p - middle) / middle
    row["ms"] += q * Fraction(ns, MS)
    better = sign * (far - p)
    word = "pi" if better > 0 else "at" if better == 0 else "out"
    row[word] += q
    row[f"{word}_usd"] += q * abs(better)
    row[f"{word}_ms"] += q * Fraction(ns, MS)


def _printed(version: Row, market: Market) -> list[tuple[Any, Any]]:
    order, limit, sign = version["order"], version["limit_price"], 1 if version["order"]["side"] == "buy" else -1
    until = [version["ends_at"]] if version["ends_at"] is not None else []
    until += [version[name] for name in ("last_fill_at", "over_at") if version.get(name) is not None]
    days = sorted(market.hours) if version["time_in_force"] == "gtc" else [market.day_of(version["clock_at"])]
    return [
        (t["quantity"], t["quantity"] if t["venue"] is not None else 0)
        for t in market.trades
        if t["eligible"] and t["symbol"] == order["symbol"] and market.day_of(t["at"]) in days
        and _inside(t["at"], market) and version["clock_start"] <= t["at"] <= min([*until, t["at"]])
        and (limit is None or sign * (limit - t["price"]) >= 0)
    ]  # fmt: skip
