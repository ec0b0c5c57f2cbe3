"""The benchmark's own data: a vendor's quote, order and fill files, the same for the same sizes."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

SYMBOLS = 500
VENUES = ("XNAS", "XNYS", "ARCX", "BATS", "EDGX", "IEXG", "MEMX", "XBOS")
FIRST_DAY = date(2026, 6, 1)
OPEN_AFTER_MIDNIGHT_NS = 13 * 3_600_000_000_000 + 30 * 60_000_000_000
SESSION_NS = 23_400_000_000_000
QUIET_END_NS = 310_000_000_000
VENDOR_ROW_GROUP = 1_000_000


@dataclass(frozen=True, slots=True)
class Size:
    """How much data.

    Attributes:
        name: folder name.
        quotes: quotes in all.
        per_fill: quotes per fill.
        days: trading days that they are spread over.
        symbols: number of symbols, activity as 1 / rank ** 0.9.
    """

    name: str
    quotes: int
    per_fill: int
    days: int = 1
    symbols: int = SYMBOLS


def size_of(millions: int, per_fill: int) -> Size:
    """The size of that many million quotes; a day has at most ten million."""
    return Size(f"{millions}M-{per_fill}", millions * 1_000_000, per_fill, days=max(1, millions // 10))


def days_of(size: Size) -> list[date]:
    """Trading days, Mondays to Fridays from the first of June 2026."""
    found: list[date] = []
    day = FIRST_DAY
    while len(found) < size.days:
        if day.weekday() < 5:  # noqa: PLR2004 - Saturday
            found.append(day)
        day += timedelta(days=1)
    return found


def build(root: Path, size: Size) -> Path:
    """The folder with the vendor's files; made once."""
    folder = root / size.name
    done = folder / "size.json"
    if done.exists() and json.loads(done.read_text()) == asdict(size):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "vendor").mkdir(parents=True)
    for number, day in enumerate(days_of(size)):
        _write_day(folder / "vendor", day, size, np.random.default_rng([20260601, number]))
    done.write_text(json.dumps(asdict(size)))
    return folder


def _write_day(folder: Path, day: date, size: Size, rng: np.random.Generator) -> None:
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 10**9
    open_at = midnight + OPEN_AFTER_MIDNIGHT_NS
    weights = 1.0 / np.arange(1, size.symbols + 1) ** 0.9
    counts = np.maximum((size.quotes / size.days * weights / weights.sum()).astype(np.int64), 50)
    flow: list[tuple[pl.DataFrame, pl.DataFrame]] = []
    schema = pa.schema(
        [
            ("symbol", pa.string()),
            ("ts", pa.int64()),
            *((name, pa.float64()) for name in ("bid", "ask")),
            *((name, pa.int32()) for name in ("bid_size", "ask_size")),
        ]
    )
    path = folder / f"quotes-{day}.parquet"
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3) as writer:
        pending: list[pa.Table] = []
        for rank, count in enumerate(counts):
            symbol = f"S{rank:04d}"
            at, bid, ask = _quotes(int(count), open_at, 2_000 + 137 * (rank % 100), rng)
            sizes = [(rng.geometric(0.35, count) * 100).astype(np.int32) for _ in range(2)]
            arrays = [pa.array([symbol] * count) if count < 1000 else pa.repeat(symbol, count)]  # noqa: PLR2004
            arrays += [pa.array(values) for values in (at, bid / 100.0, ask / 100.0, *sizes)]
            pending.append(
                pa.Table.from_arrays([a.cast(f.type) for a, f in zip(arrays, schema, strict=True)], schema=schema)
            )
            flow.append(_flow(f"{day:%y%m%d}{rank:04d}", symbol, (at, bid, ask), int(count) // size.per_fill, rng))
            if sum(table.num_rows for table in pending) >= VENDOR_ROW_GROUP:
                writer.write_table(pa.concat_tables(pending).combine_chunks(), row_group_size=VENDOR_ROW_GROUP)
                pending = []
        if pending:
            writer.write_table(pa.concat_tables(pending).combine_chunks(), row_group_size=VENDOR_ROW_GROUP)
    orders = pl.concat([item[0] for item in flow]).sort("received_at", "order_id")
    fills = pl.concat([item[1] for item in flow]).sort("executed_at", "execution_id")
    orders.write_parquet(folder / f"orders-{day}.parquet", compression="zstd")
    fills.write_parquet(folder / f"fills-{day}.parquet", compression="zstd")


def _quotes(
    count: int, open_at: int, start: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ascending distinct instants, busier at the open and the close, and prices in cents; never locked or crossed."""
    share = np.sort(rng.beta(0.7, 0.7, count))
    at = open_at + (share * (SESSION_NS - 1)).astype(np.int64)
    at[0] = open_at
    at = np.maximum.accumulate(at + np.arange(count)) if count else at
    bid = np.maximum(start + np.cumsum(rng.integers(-1, 2, count)), 200)
    return at, bid, bid + rng.integers(1, 4, count)


def _flow(
    prefix: str, symbol: str, quotes: tuple[np.ndarray, np.ndarray, np.ndarray], fills: int, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Market and marketable limit orders with two fills each, before the last five minutes."""
    at, bid, ask = quotes
    number = fills // 2
    open_at = int(at[0])
    received = np.sort(open_at + 1_000_000_000 + rng.integers(0, SESSION_NS - QUIET_END_NS - 5_000_000_000, number))
    quantity = rng.integers(1, 40, number) * 50
    is_buy = rng.random(number) < 0.5  # noqa: PLR2004
    is_limit = rng.random(number) < 0.4  # noqa: PLR2004
    row = np.maximum(np.searchsorted(at, received) - 1, 0)
    limit = np.where(is_buy, ask[row] + 5, bid[row] - 5) / 100.0
    ids = [f"{prefix}-{n:09d}-ABCDEF" for n in range(number)]
    orders = pl.DataFrame(
        {
            "order_id": ids,
            "symbol": pl.repeat(symbol, number, dtype=pl.String, eager=True),
            "side": np.where(is_buy, "buy", "sell"),
            "order_type": np.where(is_limit, "limit", "market"),
            "limit_price": pl.Series(limit).set(pl.Series(~is_limit), None),
            "quantity": quantity,
            "received_at": received,
        }
    )
    both = np.repeat(np.arange(number), 2)
    first = quantity // 2
    shares = np.stack([first, quantity - first], axis=1).ravel()
    delay = np.sort(rng.integers(1_000_000, 400_000_000, (number, 2)), axis=1).ravel()
    executed = received[both] + delay
    moved = np.maximum(np.searchsorted(at, executed) - 1, 0)
    better = rng.integers(0, 20, both.size) / 1000.0
    price = np.where(is_buy[both], ask[moved] / 100.0 - better, bid[moved] / 100.0 + better).round(3)
    fills_frame = pl.DataFrame(
        {
            "execution_id": [f"{name}-{n % 2}" for n, name in enumerate(np.repeat(ids, 2))],
            "order_id": pl.Series(ids).gather(both) if number else pl.Series([], dtype=pl.String),
            "symbol": pl.repeat(symbol, both.size, dtype=pl.String, eager=True),
            "side": np.where(is_buy[both], "buy", "sell"),
            "executed_at": executed,
            "price": price,
            "quantity": shares,
            "venue": pl.Series(VENUES).gather(rng.integers(0, len(VENUES), both.size)),
        }
    )
    return orders, fills_frame
