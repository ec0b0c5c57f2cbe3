"""Twenty days of two routers whose every choice is known: P1 is honest, P2 follows the payment from 13 July on.

Each order buys 100 shares at 10.00 to 10.02. MAKB improves prices by half of the half spread and pays 0.0004 a share,
MAKA by a twentieth and pays 0.0020, EXCH by nothing and takes 0.0010. P1, and P2 at first, send three orders in five to
MAKB and two to EXCH; from 13 July on P2 sends five orders in ten to MAKA, three to MAKB and two to EXCH.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from e2e.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAYS = (1, 2, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17, 20, 21, 22, 23, 24, 27, 28, 29)
"""Of July 2026."""
CHANGED = 13
SHARES = 100
ASK, HALF_SPREAD = 10.02, 0.01
BETTER = {"MAKA": 0.05, "MAKB": 0.5, "EXCH": 0.0}
"""Share of the half spread by which a venue improves on the ask."""
PAID = {"MAKA": 0.0020, "MAKB": 0.0004}
USUAL = ("MAKB", "MAKB", "MAKB", "EXCH", "EXCH") * 2
CHASING = ("MAKA",) * 5 + ("MAKB",) * 3 + ("EXCH",) * 2
MAPS = {
    "quotes": 'table = "quotes"\n[time.at]\nunit = "iso"\n',
    "fills": 'table = "executions"\n[time.executed_at]\nunit = "iso"\n[time.received_at]\nunit = "iso"\n',
    "routes": 'table = "routes"\n[time.sent_at]\nunit = "iso"\n[time.acknowledged_at]\nunit = "iso"\n',
    "fees": 'table = "fee_schedules"\n',
    "payments": 'table = "payments"\n',
}


def routing_desk(folder: Path, people: str = "") -> Desk:
    """The workspace; `people`: TOML of its roster."""
    rows: dict[str, list[dict[str, Any]]] = {"quotes": list(_quotes()), "fills": [], "routes": []}
    for order in _orders():
        rows["fills"].append(_fill(order))
        rows["routes"] += _routes(order)
    fees = {"valid_from": "2026-01-01", "liquidity": "removed", "rebate_usd_per_share": 0}
    rows["fees"] = [{"venue": "EXCH", "fee_usd_per_share": "0.001", **fees}]
    rows["payments"] = list(_payments(rows["fills"]))
    for name, text in MAPS.items():
        folder.joinpath(f"{name}.toml").write_text(text, "utf-8")
        with folder.joinpath(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[name][0]))
            writer.writeheader()
            writer.writerows(rows[name])
    made = Desk(folder)
    made.take_in(*MAPS, people=people)
    return made


def chosen(provider: str, day: int, number: int) -> str:
    """Venue of an order."""
    pattern = CHASING if provider == "P2" and day >= CHANGED else USUAL
    return pattern[number % len(pattern)]


def orders_on(place: int) -> int:
    """20 or 30 orders a day and provider, by turns: whole patterns, while days differ."""
    return 20 + 10 * (place % 2)


def _orders() -> Iterator[tuple[str, int, int, str, int]]:
    for place, day in enumerate(DAYS):
        for provider in ("P1", "P2"):
            for number in range(orders_on(place)):
                yield provider, day, number, chosen(provider, day, number), place


def _at(day: int, number: int, ms: int) -> str:
    return f"2026-07-{day:02d}T15:{number:02d}:00.{ms:03d}Z"


def _name(provider: str, day: int, number: int) -> str:
    return f"{provider}-{day}-{number}"


def _fill(order: tuple[str, int, int, str, int]) -> dict[str, Any]:
    """A fill; at MAKB a hundredth of a cent more or less by turns of the days, so that days differ."""
    provider, day, number, venue, place = order
    more = 0.0001 if place % 2 else -0.0001
    name = _name(provider, day, number)
    return {
        "execution_id": f"F-{name}",
        "order_id": name,
        "route_id": f"V-{name}",
        "symbol": "ABC",
        "side": "buy",
        "received_at": _at(day, number, 0),
        "executed_at": _at(day, number, 9),
        "price": f"{ASK - BETTER[venue] * HALF_SPREAD - (more if venue == 'MAKB' else 0.0):.4f}",
        "quantity": SHARES,
        "venue": venue,
        "liquidity": "removed",
        "order_type": "market",
        "order_quantity": SHARES,
        "provider_id": provider,
    }


def _routes(order: tuple[str, int, int, str, int]) -> Iterator[dict[str, Any]]:
    """To the provider after 1 ms, acknowledged after 2; to the venue after 4, acknowledged after 6."""
    provider, day, number, venue, _ = order
    name = _name(provider, day, number)
    both = {"order_id": name, "symbol": "ABC", "side": "buy", "quantity": SHARES, "order_type": "market"}
    sent = (("R", "", 1, provider, "", 1, 2), ("V", f"R-{name}", 2, venue, venue, 4, 6))
    for kind, parent, hop, to, mic, at, answered in sent:
        yield {
            "route_id": f"{kind}-{name}",
            "parent_route_id": parent,
            "hop": hop,
            "to_party": to,
            "venue": mic,
            "sent_at": _at(day, number, at),
            "acknowledged_at": _at(day, number, answered),
            **both,
        }


def _quotes() -> Iterator[dict[str, Any]]:
    for day in DAYS:
        yield {
            "symbol": "ABC", "at": f"2026-07-{day:02d}T14:00:00Z", "bid": "10.00", "ask": "10.02", "bid_size": 1000,
            "ask_size": 1000, "bid_venue": "EXCH", "ask_venue": "EXCH",
        }  # fmt: skip


def _payments(fills: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What each payer owed for the month."""
    for provider in ("P1", "P2"):
        for venue, rate in PAID.items():
            shares = sum(row["quantity"] for row in fills if (row["provider_id"], row["venue"]) == (provider, venue))
            if shares:
                paid = f"{rate * shares:.4f}"
                yield {"venue": venue, "provider_id": provider, "month": "2026-07-01", "payment_usd": paid}
