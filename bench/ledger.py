"""`python -m bench.ledger [--events 200000] [--batch 1000] [--records URL]`: durable events per second.

Every batch is one transaction that the disk has taken before the next one begins, through the same call that the
commands use: canonical bytes, leaf hash, both tables and their triggers are in the time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.ledger.entry import Fact

DEFAULT_EVENTS = 200_000
DEFAULT_BATCH = 1_000


def main() -> None:
    """Append, and print one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger")
    parser.add_argument("--events", type=int, default=DEFAULT_EVENTS)
    parser.add_argument("--batch", type=int, default=DEFAULT_BATCH)
    parser.add_argument("--records", default="", help="postgresql://… in place of a SQLite file")
    parser.add_argument("--folder", type=Path, help="on the disk to measure; a temporary folder if omitted")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        init_workspace(Path(folder) / "w", records=given.records)
        with open_context(Path(folder) / "w") as context:
            batches = [
                [_fact(start + place) for place in range(given.batch)] for start in range(0, given.events, given.batch)
            ]
            cpu, before = time.process_time(), time.perf_counter()
            times = [_timed(lambda batch=batch: context.records.append(batch)) for batch in batches]  # type: ignore[misc]
            elapsed, cpu = time.perf_counter() - before, time.process_time() - cpu
            size = context.records.size()
    events = sum(map(len, batches))
    told = {
        "database": "postgresql" if given.records else "sqlite",
        "events": events,
        "batch": given.batch,
        "events_per_s": round(events / elapsed),
        "events_per_cpu_s": round(events / cpu),
        "median_batch_ms": round(statistics.median(times) * 1_000, 1),
        "entries": size,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }
    print(json.dumps(told))


def _timed(append: object) -> float:
    before = time.perf_counter()
    append()  # type: ignore[operator]
    return time.perf_counter() - before


def _fact(number: int) -> Fact:
    text = f"Fill {number} reported late by the router"
    return Fact("notes", "note", {"text": text}, "2026-07-02", "ann", "analyst", "0123456789abcdef")


if __name__ == "__main__":
    main()
