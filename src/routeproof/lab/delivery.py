"""Writes a simulation as the outside world would deliver it, the truth beside it, and a list of what to ingest.

Layout under the output directory: `fix/PROVIDER/DAY.log`, `quotes/DAY.parquet`, `trades/DAY.parquet`,
`vendor/PROVIDER-MONTH.csv`, `reference/*.csv`, `maps/*.toml`, `delivery.json` (ingest steps in order) and `truth/`,
which no ingest step names.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import repeat
from multiprocessing import get_context
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab import reference_data
from routeproof.lab.maps import TABLE_MAPS, fix_map, vendor_map
from routeproof.lab.market import venue_quotes
from routeproof.lab.simulate import LabDay, ProviderFiles, simulate_day
from routeproof.lab.universe import CODES
from routeproof.lab.vendor_report import vendor_rows
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from routeproof.lab.config import LabConfig
    from routeproof.lab.market import MarketDay
    from routeproof.lab.sessions import Session

_TRUNCATED_AT, _LATE_FROM = 0.62, 0.95
_THREADS = "POLARS_MAX_THREADS"


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
    payments: pl.DataFrame
    events: pl.DataFrame
    auctions: pl.DataFrame


def write_delivery(
    config: LabConfig, out: Path, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> dict[str, object]:
    """Simulate and write everything; the same bytes for any number of workers.

    Returns:
        Totals: days, quotes, trades, and per provider orders, routes, executions, messages and planted rows.
    """
    for folder in ("quotes", "trades", "vendor", "reference", "maps", *_truth_folders()):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for provider in config.providers:
        (out / "fix" / provider.comp_id).mkdir(parents=True, exist_ok=True)
    counts = []
    total = len(config.all_sessions)
    with _mapper(workers) as run:
        for done in run(write_day, repeat(config), config.all_sessions, repeat(out)):
            counts.append(done)
            if progress is not None:
                progress(len(counts), total)
    _write_spanning(config, out, counts)
    summary = _summary(config, counts)
    _write_json(out / "truth" / "summary.json", summary)
    _write_json(out / "delivery.json", {"steps": _steps(config, out)})
    return summary


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
        payments=pl.concat([reference_data.payments_of_day(files.truth) for files in named.values()]),
        events=reference_data.market_events(lab_day.market),
        auctions=reference_data.auctions(config, lab_day.market),
    )


@contextmanager
def _mapper(workers: int) -> Iterator[Callable[..., Iterator[DayCounts]]]:
    """The built-in `map`, or one over processes; processes are spawned, because polars does not survive a fork."""
    if workers <= 1:
        yield map
        return
    before = os.environ.get(_THREADS)
    os.environ[_THREADS] = "1"
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool.map
    finally:
        if before is None:
            del os.environ[_THREADS]
        else:
            os.environ[_THREADS] = before


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


def _truth_folders() -> list[str]:
    return [f"truth/{name}" for name in ("orders", "routes", "executions", "carried")]


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


def _write_spanning(config: LabConfig, out: Path, counts: Sequence[DayCounts]) -> None:
    """Files that cover more than one day, and the maps."""
    reference = out / "reference"
    reference_data.venues().write_csv(reference / "venues.csv")
    reference_data.securities().write_csv(reference / "instruments.csv")
    reference_data.fee_schedules().write_csv(reference / "fee_schedules.csv")
    months = [f"{count.day[:7]}-01" for count in counts]
    reference_data.monthly([count.payments for count in counts], months).write_csv(reference / "payments.csv")
    events = pl.concat([count.events for count in counts])
    if events.height:
        events.write_csv(reference / "market_status.csv")
    pl.concat([count.auctions for count in counts]).write_csv(reference / "auctions.csv")
    for name, text in TABLE_MAPS.items():
        (out / "maps" / f"{name}.toml").write_text(text, encoding="utf-8")
    for provider in config.providers:
        name = provider.comp_id
        (out / "maps" / f"fix-{name}.toml").write_text(fix_map(config, provider), encoding="utf-8")
        (out / "maps" / f"vendor-{name}.toml").write_text(vendor_map(provider), encoding="utf-8")
        for month in sorted({count.day[:7] for count in counts}):
            rows = [count.vendor[name] for count in counts if count.day.startswith(month)]
            pl.concat(rows).write_csv(out / "vendor" / f"{name}-{month}.csv")


def _steps(config: LabConfig, out: Path) -> list[dict[str, object]]:
    """What to ingest, in order; paths are relative to the output directory."""
    tables = [("parquet", name, f"{name}/*.parquet") for name in ("quotes", "trades")]
    tables += [("csv", name, f"reference/{name}.csv") for name in TABLE_MAPS if not name.endswith(("quotes", "trades"))]
    if config.venue_quotes:
        tables.append(("parquet", "venue_quotes", "venue_quotes/*.parquet"))
    steps: list[dict[str, object]] = [
        {
            "source": source,
            "table": name.removeprefix("venue_"),
            "map": f"maps/{name}.toml",
            "paths": _found(out, pattern),
        }
        for source, name, pattern in tables
        if _found(out, pattern)
    ]
    for provider in config.providers:
        name = provider.comp_id
        steps.append(
            {
                "source": "fix-log",
                "provider": name,
                "map": f"maps/fix-{name}.toml",
                "paths": _found(out, f"fix/{name}/*.log"),
            }
        )
    for provider in config.providers:
        name = provider.comp_id
        paths = _found(out, f"vendor/{name}-*.csv")
        steps.append(
            {"source": "csv", "table": "quotes", "provider": name, "map": f"maps/vendor-{name}.toml", "paths": paths,
             "optional": True}
        )  # fmt: skip
    return steps


def _found(out: Path, pattern: str) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.glob(pattern))


def _summary(config: LabConfig, counts: Sequence[DayCounts]) -> dict[str, object]:
    providers = {}
    for provider in config.providers:
        name = provider.comp_id
        planted: dict[str, int] = {}
        for count in counts:
            for word, rows in count.planted[name].items():
                planted[word] = planted.get(word, 0) + rows
        providers[name] = {
            "parent_orders": sum(count.parent_orders[name] for count in counts),
            "routes": sum(count.routes[name] for count in counts),
            "executions": sum(count.executions[name] for count in counts),
            "messages": sum(count.messages[name] for count in counts),
            "planted": [{**asdict(one), "from_on": str(one.from_on or config.first)} for one in provider.planted],
            "planted_rows": planted,
        }
    return {
        "seed": config.seed,
        "days": [count.day for count in counts],
        "quotes": sum(count.quotes for count in counts),
        "trades": sum(count.trades for count in counts),
        "providers": providers,
    }


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", encoding="utf-8")
