"""A quarter whose dashboard is known beforehand: 390 orders of one security on 39 days, made by arithmetic.

Every order has a slot of 400 s to itself. A quote opens the slot, the order comes 1 s later and is filled after its
fill time; 30 s after the fill both sides of the quote move by the reversion, in the direction that makes s x (move)
equal to it. So the midpoint moves by it within 60 s and 300 s, and not at all within 1 s.

A day has three market orders (100 shares at a spread of 0.01; 500 bought and 500 sold at 0.005), three limit orders
at the far side (100 shares at 0.01; 700 bought and 700 sold at 0.005), and four resting limit orders of 100 shares
at the near side that are filled in part. Improvement against the far side is 0.0015 and 0.0008 a share, so

- market capture = 2 x 0.0015 x 1100 / (100 x 0.01 + 1000 x 0.005) = 3.3 / 6 = 55%
- limit capture = 2 x 0.0008 x 1500 / (100 x 0.01 + 1400 x 0.005) = 2.4 / 8 = 30%

Days differ by w in -6..6 (each value once in every 13 days): improvement by w x 0.00001, fill time by w ms, filled
shares of resting orders by w, reversion by w x 0.000005. The days weigh the same, so the averages stay as they are.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

FIRSTS = (date(2026, 7, 6), date(2026, 8, 3), date(2026, 9, 8))
DAYS_A_MONTH = 13
SATURDAY = 5
SLOT = timedelta(seconds=400)
BASE = Decimal(10)
WIDE, NARROW = Decimal("0.01"), Decimal("0.005")
ORDERS = (
    ("market", 100, WIDE, "buy"),
    ("market", 500, NARROW, "buy"),
    ("market", 500, NARROW, "sell"),
    ("limit", 100, WIDE, "sell"),
    ("limit", 700, NARROW, "buy"),
    ("limit", 700, NARROW, "sell"),
    ("resting", 100, WIDE, "buy"),
    ("resting", 100, WIDE, "sell"),
    ("resting", 100, NARROW, "buy"),
    ("resting", 100, NARROW, "sell"),
)
IMPROVEMENT = {"market": Decimal("0.0015"), "limit": Decimal("0.0008")}
REVERSION = {"market": Decimal("-0.0002"), "limit": Decimal("-0.0001"), "resting": Decimal("-0.0001")}
FILLED_OF_RESTING = 75
FILL_TIME_MS = 150

MAPS = {
    "orders": 'table = "parent_orders"\n[columns]\nprovider_id = "router"\n[time.received_at]\nunit = "iso"\n',
    "executions": 'table = "executions"\n[time.executed_at]\nunit = "iso"\n',
    "quotes": 'table = "quotes"\n[time.at]\nunit = "iso"\n',
}
HEADERS = {
    "orders": "order_id,router,symbol,side,received_at,quantity,order_type,limit_price",
    "executions": "execution_id,order_id,symbol,side,executed_at,price,quantity,venue",
    "quotes": "symbol,at,bid,ask",
}
DECLARED = {
    "price_improvement": "0.0012",
    "spread_capture": "0.45",
    "fill_time": "120",
    "limit_fill_rate": "0.80",
    "reversion": "-0.0003",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A router's quarter; the defaults are the article's.

    `firsts`: the first trading day taken in each month. `stride`: how w runs through -6..6 from day to day (prime to
    13). `less`: improvement that every market order gets less. `filled`: shares filled of 100 resting.
    """

    router: str = "P"
    symbol: str = "ABC"
    firsts: tuple[date, ...] = FIRSTS
    stride: int = 7
    less: Decimal = Decimal(0)
    filled: int = FILLED_OF_RESTING


MONTH = Flow(firsts=FIRSTS[:1])
"""The quarter's first month alone: the same averages, of 13 days."""


def trading_days(firsts: tuple[date, ...]) -> list[date]:
    """Thirteen weekdays in each month of the quarter, none of them a holiday."""
    found = []
    for first in firsts:
        days = [first + timedelta(days=step) for step in range(30)]
        found += [day for day in days if day.weekday() < SATURDAY][:DAYS_A_MONTH]
    return found


def tables(flow: Flow | None = None) -> dict[str, list[str]]:
    """Lines of the three files, without headers."""
    flow = flow or Flow()
    found: dict[str, list[str]] = {name: [] for name in HEADERS}
    for number, day in enumerate(trading_days(flow.firsts)):
        start = datetime(day.year, day.month, day.day, 14, 0, tzinfo=UTC)
        for place, order in enumerate(ORDERS):
            name = f"{flow.router}-{day:%m%d}-{place}"
            lines = _slot(flow, name, start + place * SLOT, number * flow.stride % DAYS_A_MONTH - 6, order)
            for table, rows in lines.items():
                found[table] += rows
    return found


def _slot(
    flow: Flow, name: str, at: datetime, drift: int, order: tuple[str, int, Decimal, str]
) -> dict[str, list[str]]:
    group, shares, spread, side = order
    symbol, sign = flow.symbol, 1 if side == "buy" else -1
    bid, ask = BASE, BASE + spread
    near, far = (bid, ask) if side == "buy" else (ask, bid)
    received = at + timedelta(seconds=1)
    filled = received + timedelta(milliseconds=FILL_TIME_MS + drift)
    moved = sign * (REVERSION[group] + drift * Decimal("0.000005"))
    if group == "resting":
        limit, price, quantity = str(near), near, flow.filled + drift
    else:
        limit = "" if group == "market" else str(far)
        improvement = IMPROVEMENT[group] + drift * Decimal("0.00001") - (flow.less if group == "market" else 0)
        price, quantity = far - sign * improvement, shares
    kind = "market" if group == "market" else "limit"
    return {
        "orders": [f"{name},{flow.router},{symbol},{side},{_iso(received)},{shares},{kind},{limit}"],
        "executions": [f"{name}-f,{name},{symbol},{side},{_iso(filled)},{price},{quantity},XNAS"],
        "quotes": [
            f"{symbol},{_iso(at)},{bid},{ask}",
            f"{symbol},{_iso(filled + timedelta(seconds=30))},{bid + moved},{ask + moved}",
        ],
    }


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def write_files(folder: Path, lines: dict[str, list[str]]) -> None:
    """The files `orders.csv`, `executions.csv`, `quotes.csv`, their maps and the declared figures."""
    for name, rows in lines.items():
        (folder / f"{name}.csv").write_text("\n".join((HEADERS[name], *rows, "")), encoding="utf-8")
        (folder / f"{name}.toml").write_text(MAPS[name], encoding="utf-8")
    declared = (f'[{row}]\nvalue = {value}\nsource = "Industry survey"\n' for row, value in DECLARED.items())
    (folder / "declared.toml").write_text("".join(declared), encoding="utf-8")
