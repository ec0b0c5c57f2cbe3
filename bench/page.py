"""What the benchmark found, as a page."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from bench.job import RELATIVE_TOLERANCE, disagreement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WORDS = {
    "scan": "bare polars scan of the vendor's files (yardstick)",
    "lake": "**routeproof, first question, from its lake**",
    "second_question": "**routeproof, next question, on kept rows**",
    "whole_catalog": "routeproof, all metrics, orders and routes too",
    "vendor": "routeproof library call on the vendor's files",
    "polars_streaming": "polars `join_asof`, streaming engine",
    "polars_symbols": "polars `join_asof`, symbol by symbol",
    "pandas": "pandas `merge_asof`",
    "duckdb": "DuckDB `ASOF JOIN`",
}
GIGABYTE = 1e9
INTRODUCTION = """# Benchmark

`make bench` builds its own data, runs everybody one after the other in processes of their own, and writes this page.

**The job.** Seven quotes per fill: at receipt and at execution (strictly before), and at or before execution + 50 ms,
1 s, 15 s, 60 s and 300 s. Then the spread, price improvement, realized spread and price impact figures by symbol, order
type, size bucket and venue. Orders are joined to fills by text ClOrdIDs. 500 symbols, activity as 1 / rank^0.9, at most
ten million quotes a day. Compiled code is warm for everybody; files are in the page cache.

**The yardstick.** polars decodes the vendor's zstd Parquet (six quote columns, fills, orders) and does nothing with
it. Ratios are to its mean over the run, which has it first and last. CPU is what to compare on a shared machine.

**What differs.** Peers compute in binary floating point and read the vendor's files. routeproof computes in integers
with one division last, gives the same bits whatever the order of rows, threads or files, and reads its lake, whose
ingest is paid once and printed below each table. Its library call coerces the vendor's floats to exact integers first.
"""


def write(
    path: Path, machine: Mapping[str, str], runs: Sequence[Mapping[str, Any]], extras: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write the page anew."""
    parts = [INTRODUCTION, "**Machine.** " + "; ".join(f"{name} {value}" for name, value in machine.items()) + ".\n"]
    parts += [_run(run) for run in runs]
    if "cold" in extras:
        parts.append(_cold(extras["cold"]))
    if extras.get("fix"):
        parts.append(_fix(extras["fix"]))
    path.write_text("\n".join(parts))


def _run(run: Mapping[str, Any]) -> str:
    results = run["results"]
    scans = [item for item in results if item["name"] == "scan" and "failed" not in item]
    wall, cpu = (statistics.mean(item[key] for item in scans) for key in ("wall_s", "cpu_s"))
    expected = next((item["totals"] for item in results if item["name"] == "lake" and "failed" not in item), None)
    lines = [
        f"\n## {run['millions']} million quotes, {run['per_fill']} quotes per fill\n",
        "| contender | wall s | CPU s | wall / scan | CPU / scan | peak GB | totals |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for item in results:
        if "failed" in item:
            lines.append(f"| {WORDS[item['name']]} | | | | | | {item['failed']} |")
            continue
        figures = (item["wall_s"], item["cpu_s"], item["wall_s"] / wall, item["cpu_s"] / cpu)
        cells = " | ".join(f"{value:.2f}" for value in (*figures, item["peak_bytes"] / GIGABYTE))
        lines.append(f"| {WORDS[item['name']]} | {cells} | {_agreement(item, expected)} |")
    ingest = run["ingest"]
    lines.append(
        f"\nIngest of these files: {ingest['wall_s']:.0f} s wall, {ingest['cpu_s']:.0f} CPU s, "
        f"{ingest['cpu_s'] / run['millions']:.1f} CPU s per million quotes, peak "
        f"{ingest['peak_bytes'] / GIGABYTE:.1f} GB; the lake holds {ingest['lake_bytes'] / GIGABYTE:.2f} GB.\n"
    )
    return "\n".join(lines)


def _agreement(item: Mapping[str, Any], expected: Mapping[str, float] | None) -> str:
    if item["name"] == "scan" or expected is None:
        return "-"
    found = disagreement(item["totals"], expected)
    return "agree" if found <= RELATIVE_TOLERANCE else f"DIFFER by {found:.1e}"


def _cold(cold: Mapping[str, float]) -> str:
    return (
        "\n## The first `measure` of a fresh installation\n\nOne million quotes, all metrics, nothing compiled, "
        f"process start included: {cold['first']:.1f} s; the same again with compiled code: {cold['second']:.1f} s.\n"
    )


def _fix(fix: Mapping[str, Mapping[str, float]]) -> str:
    lines = ["\n## FIX logs\n"]
    lines += ["| what | messages/s wall | messages per CPU s | MB per CPU s |", "|---|--:|--:|--:|"]
    size = fix["limit"]["bytes"]
    words = {
        "limit": "limit: counting separators in memory, one core",
        "tokenize": "tokenizer: typed columns, checksum verified, from the file",
        "ingest": "`ingest fix-log`, everything included",
    }
    messages = next(item["messages"] for item in fix.values() if "messages" in item)
    for task, figures in fix.items():
        wall, cpu = figures["wall_s"], max(figures["cpu_s"], 0.001)
        lines.append(f"| {words[task]} | {messages / wall:,.0f} | {messages / cpu:,.0f} | {size / cpu / 1e6:,.0f} |")
    lines.append(f"\n{messages:,.0f} messages of {size / messages:.0f} bytes.\n")
    return "\n".join(lines)
