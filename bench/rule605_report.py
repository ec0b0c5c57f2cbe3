"""`python -m bench.rule605_report [--orders 10] [--days 20]`: a detailed 605 report of that many million orders.

The vendor's files are made, taken in, and removed again when the report is made, with all 55 fields: tape, odd-lot
quotes and resting orders are there. With `--folder` the workspace stays there and is used again. The report is made by
a process of its own, whose figures are the one JSON line on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from bench.dataset import OPEN_AFTER_MIDNIGHT_NS, SESSION_NS, VENUES
from bench.lake import MAPS
from bench.meter import Meter
from routeproof.app.context import open_context
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, report_605
from routeproof.app.init_workspace import init_workspace
from routeproof.app.intake.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context
    from routeproof.stores.manifest import Partition

FIRST_DAY = date(2026, 11, 2)
SYMBOLS = 500
QUOTES_PER_ORDER = 5
PRINTS_PER_ORDER = 2
ODD_LOT_SHARE = 0.1
TIMES = '[time.at]\nunit = "ns"\n'
KINDS = MAPS | {
    "quotes": MAPS["quotes"].replace('at = "ts"', 'at = "ts"\nkind = "kind"'),
    "trades": f'table = "trades"\n[columns]\nsymbol = "symbol"\nat = "at"\nprice = "price"\nquantity = "quantity"\n'
    f'venue = "venue"\neligible = "eligible"\n{TIMES}',
    "orders": MAPS["orders"].replace('quantity = "quantity"', 'quantity = "quantity"\ntime_in_force = "time_in_force"'),
}


@dataclass(frozen=True, slots=True)
class Day:
    """Frames of one day, by the name of their map."""

    day: date
    frames: dict[str, pl.DataFrame]


def main() -> None:
    """Make the data, take it in, have the report made."""
    parser = argparse.ArgumentParser(prog="python -m bench.rule605_report")
    parser.add_argument("--orders", type=float, default=10.0, help="millions")
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="where the workspace stays; by default it is removed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-605-") as scratch:
        folder = given.folder or Path(scratch)
        workspace = folder / "workspace"
        if not workspace.exists():
            init_workspace(workspace)
            for number in range(given.days):
                take_in(workspace, folder, [made_day(number, int(given.orders * 1e6 / given.days))])
        with get_context("spawn").Pool(1) as alone:
            print(json.dumps(alone.apply(_reported, (workspace, folder / "out"))))


def _reported(workspace: Path, out: Path) -> dict[str, object]:
    meter = Meter(time.perf_counter)
    with open_context(workspace) as context:
        flow = flow_of_workspace(context)
        made = report_605(asked_605("detailed", "FIRM", "T", "2026-11", out), flow)
        rows = {name: sum(item.rows for item in _parts(context, name)) for name in ("quotes", "executions", "trades")}
    return {
        "orders_in": made.orders_in,
        "covered": made.covered,
        "excluded": made.excluded,
        **rows,
        **{name: made.files[0][name] for name in ("rows", "sha256")},
        **{name: round(value, 1) for name, value in meter.read().items()},
        "load": round(os.getloadavg()[0], 1),
    }


def _parts(context: Context, table: str) -> list[Partition]:
    held = context.lake.manifest().partitions
    return [part for (name, _), part in held.items() if name == table]


def take_in(workspace: Path, folder: Path, days: Sequence[Day]) -> None:
    """Write days as a vendor would, take them in, remove the files."""
    for name, text in KINDS.items():
        map_path = folder / f"{name}.toml"
        map_path.write_text(text)
        paths = [folder / f"{name}-{day.day}.parquet" for day in days]
        for day, path in zip(days, paths, strict=True):
            day.frames[name].write_parquet(path)
        with open_context(workspace) as context:
            report = ingest(context, "parquet", paths, map_path=map_path, provider_id="P")
        if not report.is_taken:
            message = f"expected {name} to be taken in, found {report}"
            raise RuntimeError(message)
        for path in paths:
            path.unlink()


def made_day(number: int, orders: int) -> Day:
    """The frames of a weekday, by its number; the same for the same numbers."""
    rng = np.random.default_rng([20261102, number])
    day = FIRST_DAY + timedelta(days=number + 2 * (number // 5))
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 10**9
    open_at = midnight + OPEN_AFTER_MIDNIGHT_NS + 3_600_000_000_000  # winter time
    weights = 1.0 / np.arange(1, SYMBOLS + 1) ** 0.9
    counts = np.maximum((orders * weights / weights.sum()).astype(np.int64), 5)
    parts = [_symbol(rank, int(count), open_at, day, rng) for rank, count in enumerate(counts)]
    return Day(day, {name: pl.concat([part[name] for part in parts]) for name in KINDS})


def _symbol(rank: int, orders: int, open_at: int, day: date, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Quotes of cents, half of the orders market, a quarter marketable limits, a quarter resting at the near quote."""
    symbol, count = f"S{rank:04d}", orders * QUOTES_PER_ORDER
    at = open_at + np.sort(rng.integers(0, SESSION_NS, count))
    at[0] = open_at
    bid = np.maximum(2_000 + 137 * (rank % 100) + np.cumsum(rng.integers(-1, 2, count)), 200)
    ask = bid + rng.integers(1, 4, count)
    quotes = _frame(symbol, ts=at, bid=bid / 100, ask=ask / 100, kind=np.full(count, "nbbo"),
                    bid_size=rng.geometric(0.35, count) * 100, ask_size=rng.geometric(0.35, count) * 100)  # fmt: skip
    odd = np.flatnonzero(rng.random(count) < ODD_LOT_SHARE)
    inside = _frame(symbol, ts=at[odd], bid=bid[odd] / 100 + 0.005, ask=ask[odd] / 100 - 0.005,
                    kind=np.full(odd.size, "odd_lot"), bid_size=np.full(odd.size, 10),
                    ask_size=np.full(odd.size, 10))  # fmt: skip
    received = np.sort(open_at + 1_000_000_000 + rng.integers(0, SESSION_NS - 310_000_000_000, orders))
    row = np.maximum(np.searchsorted(at, received) - 1, 0)
    is_buy, kind = rng.random(orders) < 0.5, rng.random(orders)  # noqa: PLR2004
    resting, limited = kind > 0.75, kind > 0.5  # noqa: PLR2004
    near, far = np.where(is_buy, bid[row], ask[row]), np.where(is_buy, ask[row], bid[row])
    limit = pl.Series(np.where(resting, near, far) / 100).set(pl.Series(~limited), None)
    quantity = rng.integers(1, 40, orders) * 50
    ids = pl.Series([f"{day:%y%m%d}{rank:04d}-{n:09d}-ABCDEF" for n in range(orders)], dtype=pl.String)
    side = np.where(is_buy, "buy", "sell")
    flow = _frame(symbol, order_id=ids, side=side, limit_price=limit, quantity=quantity, received_at=received,
                  order_type=np.where(limited, "limit", "market"), time_in_force=np.full(orders, "day"))  # fmt: skip
    both = np.sort(np.concatenate([np.arange(orders), np.flatnonzero(~resting & (rng.random(orders) < 0.5))]))  # noqa: PLR2004
    second = np.concatenate([[False], both[1:] == both[:-1]]) if both.size else np.zeros(0, dtype=bool)
    delay = (
        np.where(resting[both], 30_000_000_000, 5_000_000) + second * 40_000_000 + rng.integers(0, 900_000, both.size)
    )
    price = np.where(resting, near, far)[both] / 100 - np.where(resting[both], 0, 0.001) * np.where(is_buy[both], 1, -1)
    fills = _frame(symbol, execution_id=ids.gather(both) + pl.Series(np.where(second, "-1", "-0")),
                   order_id=ids.gather(both), side=side[both], executed_at=received[both] + delay,
                   price=price.round(3), quantity=(quantity[both] // 2).clip(1),
                   venue=np.array(VENUES)[rng.integers(0, len(VENUES), both.size)])  # fmt: skip
    prints = np.sort(rng.integers(0, count, orders * PRINTS_PER_ORDER))
    trades = _frame(symbol, at=at[prints], price=np.where(prints % 2, bid[prints], ask[prints]) / 100,
                    quantity=rng.integers(1, 10, prints.size) * 100, eligible=np.full(prints.size, fill_value=True),
                    venue=np.array([*VENUES, "FINN"])[rng.integers(0, len(VENUES) + 1, prints.size)])  # fmt: skip
    return {"quotes": pl.concat([quotes, inside]), "orders": flow, "fills": fills, "trades": trades}


def _frame(symbol: str, **columns: np.ndarray | pl.Series) -> pl.DataFrame:
    return pl.DataFrame(columns).with_columns(pl.lit(symbol).alias("symbol"))


if __name__ == "__main__":
    main()
