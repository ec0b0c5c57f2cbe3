"""`python -m bench [--sizes 5,50] [--per-fill 25,250] [--out docs/benchmarks.md]`: build data, run everybody, write.

Every contender runs in a process of its own, one after the other, the yardstick first and last. What the page says
was measured in one run on one machine; compare its ratios, not its seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench import page
from bench.dataset import build, size_of
from bench.fixlog import build_log
from bench.lake import build_lake
from bench.ours import OURS
from bench.peers import PEERS

MINUTES = 60
COLD_LIMIT_S = 5.0
WARM_SIZE = (1, 250)
SLOW_FROM_MILLIONS = {"duckdb": 20, "pandas": 100, "polars_symbols": 100, "whole_catalog": 100}
"""Sizes in millions of quotes from which a contender runs only with `--all`."""


def main() -> None:
    """Run and write the page."""
    arguments = _arguments()
    root = Path(arguments.data)
    warm = build(root, size_of(*WARM_SIZE))
    build_lake(warm)
    extras = {"cold": _cold(root, warm), "fix": _fix(root, arguments.messages)}
    runs: list[dict[str, object]] = []
    for millions in arguments.sizes:
        for per_fill in arguments.per_fill:
            runs.append(_run(root, millions, per_fill, warm, arguments))
            page.write(Path(arguments.out), _machine(), runs, extras)
    print(f"wrote {arguments.out}", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    def whole_numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--sizes", type=whole_numbers, default=[5, 50], help="millions of quotes (150 needs patience)")
    parser.add_argument("--per-fill", type=whole_numbers, default=[25, 250], help="quotes per fill")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages of the FIX log")
    parser.add_argument("--minutes", type=float, default=30.0, help="longest time for one contender")
    parser.add_argument("--all", action="store_true", help="slow peers at large sizes too")
    parser.add_argument("--data", default="bench/data")
    parser.add_argument("--out", default="docs/benchmarks.md")
    return parser.parse_args()


def _run(root: Path, millions: int, per_fill: int, warm: Path, arguments: argparse.Namespace) -> dict[str, object]:
    folder = build(root, size_of(millions, per_fill))
    print(f"{folder.name}: ingest", file=sys.stderr)
    ingested = build_lake(folder)
    ours = [name for name in OURS if name != "vendor"]
    order = ["scan", *ours, "vendor", *(name for name in PEERS if name != "scan"), "scan"]
    results = []
    for name in order:
        if millions >= SLOW_FROM_MILLIONS.get(name, 10**9) and not arguments.all:
            results.append({"name": name, "failed": "left out at this size (--all runs it)"})
            continue
        print(f"{folder.name}: {name}", file=sys.stderr)
        results.append(_contender(name, folder, warm, arguments.minutes * MINUTES))
    return {"millions": millions, "per_fill": per_fill, "ingest": ingested, "results": results}


def _contender(name: str, folder: Path, warm: Path, seconds: float) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.contender", name, str(folder), str(warm)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return {"name": name, "failed": f"more than {seconds / MINUTES:.0f} minutes"}
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [""]
        return {"name": name, "failed": f"ended with {done.returncode}: {last[0][:120]}"}
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _cold(root: Path, warm: Path) -> dict[str, float]:
    """The first `measure` of a fresh installation: nothing compiled, nothing kept."""
    kernels = root / "cold-kernels"
    shutil.rmtree(kernels, ignore_errors=True)
    figures = {}
    for name in ("first", "second"):
        shutil.rmtree(warm / "workspace" / "cache", ignore_errors=True)
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "routeproof", "measure", "--by", "symbol", "-w", str(warm / "workspace")],
            env={**os.environ, "NUMBA_CACHE_DIR": str(kernels)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        figures[name] = time.perf_counter() - begin
    return figures


def _fix(root: Path, count: int) -> dict[str, dict[str, float]]:
    path = build_log(root, count)
    figures = {}
    for task in ("limit", "tokenize", "ingest"):
        command = [sys.executable, "-m", "bench.fixlog", task, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            figures[task] = json.loads(done.stdout.strip().splitlines()[-1])
        else:
            print(done.stderr[-2000:], file=sys.stderr)
    return figures


def _machine() -> dict[str, str]:
    import polars as pl  # noqa: PLC0415

    try:
        model = next(line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
        processor = model.partition(":")[2].strip()
    except (OSError, StopIteration):
        processor = platform.processor() or platform.machine()
    return {
        "processor": f"{processor}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "polars": pl.__version__,
    }


if __name__ == "__main__":
    main()
