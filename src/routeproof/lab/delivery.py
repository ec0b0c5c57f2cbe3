"""Writes a simulation as the outside world would deliver it, the truth beside it, and a list of what to ingest.

Layout under the output directory: `fix/PROVIDER/DAY.log`, `quotes/DAY.parquet`, `trades/DAY.parquet`, `vendor/` with a
provider's own orders and fills by month and its figures by quarter, `reference/*.csv`, `maps/*.toml`, `delivery.json`
(ingest steps in order) and `truth/`, which no ingest step names.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from itertools import repeat
from multiprocessing import get_context
from typing import TYPE_CHECKING

import polars as pl

from routeproof.lab import reference_data
from routeproof.lab.day_files import TRUTH, DayCounts, write_day
from routeproof.lab.maps import TABLE_MAPS, fills_map, fix_map, orders_map, statistics_map, vendor_map
from routeproof.lab.vendor_statistics import statistics_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from routeproof.lab.config import LabConfig, Provider

_THREADS = "POLARS_MAX_THREADS"


def write_delivery(
    config: LabConfig, out: Path, *, workers: int = 1, progress: Callable[[int, int], None] | None = None
) -> dict[str, object]:
    """Simulate and write everything; the same bytes for any number of workers.

    Returns:
        Totals: days, quotes, trades, and per provider orders, routes, executions, messages and planted rows.
    """
    for folder in ("quotes", "trades", "vendor", "reference", "maps", *(f"truth/{name}" for name in TRUTH)):
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
        (out / "maps" / f"fix-{provider.comp_id}.toml").write_text(fix_map(config, provider), encoding="utf-8")
        _write_vendor(provider, out, counts)


def _write_vendor(provider: Provider, out: Path, counts: Sequence[DayCounts]) -> None:
    """The vendor's own report: orders and fills by month, figures by quarter, and the maps that read them."""
    name, maps, folder = provider.comp_id, out / "maps", out / "vendor"
    for kind, text in (
        ("vendor", vendor_map),
        ("orders", orders_map),
        ("fills", fills_map),
        ("statistics", statistics_map),
    ):
        (maps / f"{kind}-{name}.toml").write_text(text(provider), encoding="utf-8")
    for month in sorted({count.day[:7] for count in counts}):
        of_month = [count for count in counts if count.day.startswith(month)]
        pl.concat([count.vendor[name] for count in of_month]).write_csv(folder / f"{name}-{month}.csv")
        pl.concat([count.vendor_fills[name] for count in of_month]).write_csv(folder / f"fills-{name}-{month}.csv")
    sums = [count.vendor_sums[name] for count in counts]
    statistics_rows([count.day for count in counts], sums).write_csv(folder / f"statistics-{name}.csv")


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
        claims = {"source": "csv", "provider": name, "paths": _found(out, f"vendor/{name}-*.csv")}
        steps += [
            {**claims, "table": "quotes", "map": f"maps/vendor-{name}.toml", "optional": True},
            {**claims, "table": "vendor_orders", "map": f"maps/orders-{name}.toml"},
            {
                **claims,
                "table": "vendor_executions",
                "map": f"maps/fills-{name}.toml",
                "paths": _found(out, f"vendor/fills-{name}-*.csv"),
            },
            {
                **claims,
                "table": "vendor_statistics",
                "map": f"maps/statistics-{name}.toml",
                "paths": _found(out, f"vendor/statistics-{name}.csv"),
            },
        ]
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
