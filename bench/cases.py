"""`python -m bench.cases [--cases 100000] [--looks 200]`: lists and searches over that many open cases.

Findings are recorded and become cases through the same calls that a day's run makes, without evidence; then every kind
of list is asked again and again. Times are of the call, as a program that stays open sees them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.objects.findings import record_findings

if TYPE_CHECKING:
    from routeproof.app.context import Context

FIRST = date(2026, 1, 5)
PER_DAY = 5_000
RULES = ("slow_fill", "outside_nbbo", "poor_fill", "trade_through")
LOOKS = {
    "all": CaseFilter(),
    "alive": CaseFilter(state="alive"),
    "high": CaseFilter(priority="high", state="open"),
    "overdue": CaseFilter(overdue=True),
    "rule": CaseFilter(rule="outside_nbbo"),
    "provider": CaseFilter(provider="P3"),
    "order": CaseFilter(text="ord-77777"),
    "two words": CaseFilter(text="sym42 slow_fill"),
    "nothing": CaseFilter(text="nobody"),
}
PAGE = 100


def main() -> None:
    """Fill, look, and print one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m bench.cases")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="on the disk to measure; a temporary folder if omitted")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        init_workspace(Path(folder) / "w")
        with open_context(Path(folder) / "w", keeps_checkpoints=False) as context:
            before = time.perf_counter()
            _fill(context, given.cases)
            filled_s = time.perf_counter() - before
            looks = {name: _looked(context, wanted, given.looks) for name, wanted in LOOKS.items()}
    told = {
        "cases": given.cases,
        "filled_s": round(filled_s, 1),
        "p50_ms": {name: _share(times, 0.5) for name, times in looks.items()},
        "p99_ms": {name: _share(times, 0.99) for name, times in looks.items()},
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    }
    print(json.dumps(told))


def _fill(context: Context, count: int) -> None:
    for start in range(0, count, PER_DAY):
        day = FIRST + timedelta(days=start // PER_DAY)
        found = {item["id"]: item for item in (_finding(n, day) for n in range(start, min(start + PER_DAY, count)))}
        record_findings(context, day, found)
        work_findings(context, day)


def _finding(number: int, day: date) -> dict[str, Any]:
    rule = RULES[number % len(RULES)]
    return {
        "id": f"{number:016x}",
        "rule": rule,
        "severity": ("high", "medium", "critical")[number % 3],
        "provider": f"P{number % 5}",
        "venue": "XNAS",
        "symbol": f"SYM{number % 500}",
        "order_id": f"ORD-{number}",
        "status": "final",
        "unit": "ms",
        "sentence": f"Order ORD-{number} of SYM{number % 500} was slow",
        "group": f"order:ORD-{number}",
        "family": "",
        "key": "",
        "day": day.isoformat(),
        "at": str(1_767_600_000_000_000_000 + number),
        "until_at": None,
        "execution_ids": [],
        "observed": "1",
        "threshold": "0",
        "source_row": None,
        "policy_version": "bench",
        "metric_versions": {},
    }


def _looked(context: Context, wanted: CaseFilter, times: int) -> list[float]:
    found = []
    for _ in range(times):
        before = time.perf_counter()
        list_cases(context.records, wanted, context.clock(), PAGE)
        found.append(1_000 * (time.perf_counter() - before))
    return sorted(found)


def _share(times: list[float], share: float) -> float:
    return round(times[min(len(times) - 1, int(share * len(times)))], 1)


if __name__ == "__main__":
    main()
