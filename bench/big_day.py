"""`python -m bench.big_day FOLDER MILLIONS`: one symbol's day of that many million quotes, taken in; JSON on stdout.

What one ingest must not need is memory in proportion to the day: the figures say what this process and its child
needed at most.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bench.dataset import FIRST_DAY, OPEN_AFTER_MIDNIGHT_NS, SESSION_NS
from bench.lake import build_lake
from bench.meter import KILOBYTE

CHUNK = 1_000_000
PER_FILL = 250
SYMBOL = "BIG"
SCHEMA = pa.schema(
    [
        ("symbol", pa.string()),
        ("ts", pa.int64()),
        *((name, pa.float64()) for name in ("bid", "ask")),
        *((name, pa.int32()) for name in ("bid_size", "ask_size")),
    ]
)


def main(folder: Path, millions: int) -> None:
    """Make the vendor's files once, ingest them, and say what that took."""
    vendor = folder / "vendor"
    if not vendor.exists():
        vendor.mkdir(parents=True)
        _write(vendor, millions)
    figures = build_lake(folder)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * KILOBYTE
    print(json.dumps({"millions": millions, **figures, "child_peak_bytes": children}))


def _write(vendor: Path, millions: int) -> None:
    """Chunk by chunk, so that making the file needs no memory either."""
    midnight = int(datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC).timestamp()) * 10**9
    width = SESSION_NS // millions
    level = 50_000
    flow = []
    path = vendor / f"quotes-{FIRST_DAY}.parquet"
    with pq.ParquetWriter(path, SCHEMA, compression="zstd", compression_level=3) as writer:
        for number in range(millions):
            rng = np.random.default_rng([20260601, number])
            at = midnight + OPEN_AFTER_MIDNIGHT_NS + number * width + np.sort(rng.integers(0, width, CHUNK))
            bid = np.maximum(level + np.cumsum(rng.integers(-1, 2, CHUNK)), 200)
            level, ask = int(bid[-1]), bid + rng.integers(1, 4, CHUNK)
            sizes = [(rng.geometric(0.35, CHUNK) * 100).astype(np.int32) for _ in range(2)]
            columns = [pa.array([SYMBOL] * CHUNK), *(pa.array(item) for item in (at, bid / 100.0, ask / 100.0, *sizes))]
            writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), row_group_size=CHUNK)
            flow.append(_flow(number, at, bid, ask, rng))
    orders = pl.concat(flow)
    orders.select(
        "order_id", "symbol", "side", "quantity", "received_at", limit_price=pl.lit(None, dtype=pl.Float64),
        order_type=pl.lit("market"),
    ).write_parquet(vendor / f"orders-{FIRST_DAY}.parquet", compression="zstd")  # fmt: skip
    orders.select(
        "order_id", "symbol", "side", "quantity", "executed_at", "price", execution_id=pl.col("order_id") + "-0",
        venue=pl.lit("XNAS"),
    ).write_parquet(vendor / f"fills-{FIRST_DAY}.parquet", compression="zstd")  # fmt: skip


def _flow(number: int, at: np.ndarray, bid: np.ndarray, ask: np.ndarray, rng: np.random.Generator) -> pl.DataFrame:
    """Market orders, each with one fill at the quote of its receipt."""
    rows = np.sort(rng.integers(0, CHUNK, CHUNK // PER_FILL))
    is_buy = rng.random(rows.size) < 0.5  # noqa: PLR2004
    received = at[rows] + 50_000
    return pl.DataFrame(
        {
            "order_id": [f"big-{number:04d}-{row:07d}" for row in range(rows.size)],
            "symbol": pl.repeat(SYMBOL, rows.size, dtype=pl.String, eager=True),
            "side": np.where(is_buy, "buy", "sell"),
            "quantity": rng.integers(1, 40, rows.size) * 100,
            "received_at": received,
            "executed_at": received + rng.integers(1_000_000, 400_000_000, rows.size),
            "price": np.where(is_buy, ask[rows], bid[rows]) / 100.0,
        }
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
