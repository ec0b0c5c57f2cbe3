"""The files of one session: quotes, tape, FIX logs and truth; each day is written on its own, in any process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab import reference_data
from routeproof.lab.market import venue_quotes
from routeproof.lab.simulate import LabDay, ProviderFiles, simulate_day
from routeproof.lab.universe import CODES
from routeproof.lab.vendor_report import fill_rows, vendor_rows
from routeproof.lab.vendor_statistics import figure_sums
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.lab.config import LabConfig
    from routeproof.lab.market import MarketDay
    from routeproof.lab.sessions import Session

TRUTH = ("orders", "routes", "executions", "carried")
_TRUNCATED_AT, _LATE_FROM = 0.62, 0.95


@dataclass(frozen=True)
class DayCounts:
    """What one session's files hold, and the parts of files that span several days."""

    day: str
    quotes: int
    trades: int
    parent_orders: dict[str, int]
    routes: dict[str, int]
    executions: dict[str, int]
    messages: dict[str, int]
    planted: dict[str, dict[str, int]]
    vendor: dict[str, pl.DataFrame]
    vendor_fills: dict[str, pl.DataFrame]
    vendor_sums: dict[str, pl.DataFrame]
    payments: pl.DataFrame
    events: pl.DataFrame
    auctions: pl.DataFrame


def write_day(config: LabConfig, session: Session, out: Path) -> DayCounts:
    """Simulate one session and write its files."""
    lab_day = simulate_day(config, session)
    day = session.day.isoformat()
    _write_quotes(lab_day.market, out / "quotes" / f"{day}.parquet")
    _write_trades(lab_day, out / "trades" / f"{day}.parquet")
    if config.venue_quotes:
        _write_venue_quotes(lab_day.market, out / "venue_quotes" / f"{day}.parquet")
    for files in lab_day.providers:
        _write_log(config, day, files, out / "fix" / files.truth.provider.comp_id)
        _write_truth(day, files, out / "truth")
    named = {files.truth.provider.comp_id: files for files in lab_day.providers}
    return DayCounts(
        day=day,
        quotes=len(lab_day.market.key),
        trades=lab_day.tape.height,
        parent_orders={name: files.states.orders.height for name, files in named.items()},
        routes={name: files.states.routes.height for name, files in named.items()},
        executions={name: files.states.executions.height for name, files in named.items()},
        messages={name: len(files.log) for name, files in named.items()},
        planted={name: _planted(files) for name, files in named.items()},
        vendor={name: vendor_rows(files.truth, files.states) for name, files in named.items()},
        vendor_fills={name: fill_rows(files.truth, files.states) for name, files in named.items()},
        vendor_sums={name: figure_sums(files.truth, files.states) for name, files in named.items()},
        payments=pl.concat([reference_data.payments_of_day(files.truth) for files in named.values()]),
        events=reference_data.market_events(lab_day.market),
        auctions=reference_data.auctions(config, lab_day.market),
    )


def _write_quotes(market: MarketDay, path: Path) -> None:
    quotes = market.quotes
    counts = pl.Series(market.starts[1:] - market.starts[:-1])
    names = pl.Series([one.symbol for one in market.symbols], dtype=pl.Categorical)
    codes = pl.Series(CODES, dtype=pl.Categorical)
    symbol = pl.DataFrame({"symbol": names, "n": counts}).select(pl.col("symbol").repeat_by("n").explode()).to_series()
    frame = pl.DataFrame(
        {
            "symbol": symbol,
            "ts": quotes.at,
            "bid_px": quotes.bid / SCALE,
            "ask_px": quotes.ask / SCALE,
            "bid_sz": quotes.bid_size.astype("int32"),
            "ask_sz": quotes.ask_size.astype("int32"),
            "bid_ex": codes.gather(quotes.bid_venue),
            "ask_ex": codes.gather(quotes.ask_venue),
        }
    ).with_row_index("seq")
    if market.halts:
        gone = pl.col("bid_px") == 0
        sides = ["bid_px", "ask_px", "bid_sz", "ask_sz", "bid_ex", "ask_ex"]
        frame = frame.with_columns(pl.when(~gone).then(pl.col(name)).alias(name) for name in sides)
    frame.write_parquet(path, compression="zstd", compression_level=1, statistics=False)


def _write_venue_quotes(market: MarketDay, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    names, codes = pl.Series([one.symbol for one in market.symbols]), pl.Series(CODES)
    venue_quotes(market).select(
        pl.lit(names).gather(pl.col("symbol")).alias("symbol"),
        pl.col("at").alias("ts"),
        pl.lit(codes).gather(pl.col("venue")).alias("ex"),
        (pl.col("bid", "ask") / SCALE).name.suffix("_px"),
        pl.col("bid_size").alias("bid_sz"),
        pl.col("ask_size").alias("ask_sz"),
    ).with_row_index("seq").write_parquet(path, compression="zstd", compression_level=1, statistics=False)


def _write_trades(lab_day: LabDay, path: Path) -> None:
    names = pl.Series([one.symbol for one in lab_day.market.symbols])
    lab_day.tape.select(
        pl.lit(names).gather(pl.col("symbol")).alias("symbol"),
        pl.col("at").alias("ts"),
        (pl.col("price") / SCALE).alias("px"),
        (pl.col("quantity") / SCALE).alias("sz"),
        pl.col("venue").alias("ex"),
        pl.col("conditions").alias("cond"),
        pl.col("eligible").alias("regular"),
    ).with_row_index("seq").write_parquet(path, compression="zstd", compression_level=1, statistics=False)


def _write_log(config: LabConfig, day: str, files: ProviderFiles, folder: Path) -> None:
    """One log a day; on the marked days the first provider's arrives in two files."""
    text = ("\n".join(files.log) + "\n").encode("ascii")
    first = files.truth.provider == config.providers[0]
    if first and day == str(config.broken_delivery_on):
        (folder / f"{day}.log").write_bytes(text[: int(len(text) * _TRUNCATED_AT)])
        (folder / f"{day}.corrected.log").write_bytes(text)
    elif first and day == str(config.late_delivery_on):
        cut = text.index(b"\n", int(len(text) * _LATE_FROM)) + 1
        (folder / f"{day}.log").write_bytes(text[:cut])
        (folder / f"{day}.late.log").write_bytes(text[cut:])
    else:
        (folder / f"{day}.log").write_bytes(text)


def _write_truth(day: str, files: ProviderFiles, folder: Path) -> None:
    name = f"{files.truth.provider.comp_id}-{day}.parquet"
    states = files.states
    kinds = {"orders": states.orders, "routes": states.routes, "executions": states.executions}
    for kind, frame in (kinds | {"carried": files.truth.carried}).items():
        frame.write_parquet(folder / kind / name, compression="lz4", statistics=False)


def _planted(files: ProviderFiles) -> dict[str, int]:
    """Rows that carry each fault: routes and executions counted apart as `route:NAME` and `execution:NAME`."""
    counts: dict[str, int] = {}
    for kind, frame in (("route", files.states.routes), ("execution", files.states.executions)):
        words = frame["planted"].str.split(" ").explode().value_counts().filter(pl.col("planted") != "")
        counts |= {f"{kind}:{word}": count for word, count in sorted(words.iter_rows())}
    return counts
