"""Small flows, each assigned by a plan of its own: twelve days of orders filled at known improvements."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from routeproof.app.intake.ingest import ingest
from routeproof.evidence.experiment.assignment import key_of, treated_orders, treated_symbols

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from governance_desk import Desk

_SEPTEMBER = tuple(date(2026, 9, day) for day in (22, 23, 24, 25, 28, 29, 30))
DAYS = _SEPTEMBER + tuple(date(2026, 10, day) for day in (1, 2, 5, 6, 7))
"""After the day on which a desk's clock stands."""
QUOTES_MAP = 'table = "quotes"\n[time.at]\nunit = "iso"\n'
FILLS_MAP = 'table = "executions"\n[time.executed_at]\nunit = "iso"\n[time.received_at]\nunit = "iso"\n'
SHARE = Fraction(1, 5)
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One experiment's flow, in five securities of its own.

    Attributes:
        name: of the experiment.
        unit: as planned.
        rule: as planned.
        effect: USD per share that the treatment improves more.
        complied: share of the treatment's orders that go there.
        larger: the treatment's orders are tenfold, as if somebody had chosen them.
        lost: two in three of the treatment's orders are not in the record.
        strays: every second buy of the control goes to the treatment's provider.
        without: days of which no order is in the record.
    """

    name: str
    unit: str = "order"
    rule: str = "fixed"
    effect: float = 0.004
    complied: float = 1.0
    larger: bool = False
    lost: bool = False
    strays: bool = False
    without: tuple[date, ...] = ()

    @property
    def symbols(self) -> list[str]:
        """Five securities."""
        return [f"{self.name}{letter}" for letter in "ABCDE"]

    @property
    def plan(self) -> dict[str, Any]:
        """What is registered."""
        by_order = self.unit == "order"
        return {
            "question": "Does the direct route improve more?",
            "eligible": [f"symbol={','.join(self.symbols)}"] if by_order else [],
            "treatment": "DIRECT",
            "control": "P1",
            "share": "0.2",
            "unit": self.unit,
            "symbols": [] if by_order else self.symbols,
            "first_on": "2026-09-22",
            "days": len(DAYS),
            "rule": self.rule,
            "metric": "price_improvement_usd_per_share",
            "seed": SEED,
        }

    def is_treated(self, day: date, order_id: str, symbol: str) -> bool:
        """Where the plan sends an order."""
        key = key_of(self.name, SEED)
        if self.unit == "order":
            return bool(treated_orders(key, [order_id], SHARE)[0])
        return symbol in treated_symbols(key, day.isoformat(), self.symbols, SHARE)

    def fills(self, orders: int = 40) -> Iterator[dict[str, Any]]:
        """Orders at 10:30 in New York, filled a second later."""
        rng = np.random.default_rng(11)
        for day in (one for one in DAYS if one not in self.without):
            for number in range(orders):
                order_id, symbol = f"{self.name}{day:%m%d}-{number}", self.symbols[number % 5]
                treated = self.is_treated(day, order_id, symbol)
                goes = treated and bool(rng.uniform() < self.complied)
                goes = goes or (self.strays and number % 4 == 1)
                improvement = round(0.01 + 0.002 * rng.standard_normal() + self.effect * goes, 4)
                if not (self.lost and treated and number % 3):
                    yield _fill(
                        day, order_id, symbol, number, improvement, 2000 if self.larger and treated else 200, goes
                    )


def _fill(  # one argument a column
    day: date,
    order_id: str,
    symbol: str,
    number: int,
    improvement: float,
    shares: int,
    goes: bool,  # noqa: FBT001
) -> dict[str, Any]:
    is_buy = number % 2 == 1
    return {
        "execution_id": f"F{order_id}",
        "order_id": order_id,
        "symbol": symbol,
        "side": "buy" if is_buy else "sell",
        "received_at": f"{day}T14:30:00Z",
        "executed_at": f"{day}T14:30:01Z",
        "price": f"{100.05 - improvement if is_buy else 100.0 + improvement:.4f}",
        "quantity": shares,
        "venue": "XNAS",
        "order_type": "market",
        "order_quantity": shares,
        "provider_id": "DIRECT" if goes else "P1",
    }


def quotes(symbols: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One quote of each security half an hour before."""
    sizes = {"bid_size": 1000, "ask_size": 1000}
    for day in DAYS:
        for symbol in symbols:
            yield {"symbol": symbol, "at": f"{day}T14:00:00Z", "bid": "100.00", "ask": "100.05", **sizes}


def take_in(desk: Desk, folder: Path, flows: Sequence[Flow]) -> None:
    """The flows into the lake of a desk."""
    folder.mkdir(exist_ok=True)
    fills = [row for flow in flows for row in flow.fills()]
    market = list(quotes([symbol for flow in flows for symbol in flow.symbols]))
    with desk.context() as context:
        for name, rows, text in (("quotes", market, QUOTES_MAP), ("fills", fills, FILLS_MAP)):
            (folder / f"{name}.toml").write_text(text, "utf-8")
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
            report = ingest(context, "csv", [folder / f"{name}.csv"], map_path=folder / f"{name}.toml")
            assert report.accepted == len(rows)
