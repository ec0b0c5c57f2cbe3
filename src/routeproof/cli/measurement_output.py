"""Figures for people and machines: table, CSV, JSON, Parquet."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from routeproof.app.measuring.export import MEDIA_TYPES, exported
from routeproof.app.measuring.measure import null_reasons
from routeproof.cli.figures_table import figures_table
from routeproof.tables.switches import Switches
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from routeproof.app.measuring.measure import Measurement

TABLE_COLUMNS = (
    "orders",
    "executions",
    "executed_shares",
    "coverage",
    "e_over_q",
    "price_improvement_usd_per_share",
    "time_to_execution_ms_avg",
    "fill_rate_shares",
    "reversion_usd_per_share_60s",
    "effective_spread_usd_per_share",
    "quoted_spread_usd_per_share",
    "realized_spread_usd_per_share_60s",
    "hhi_venue",
)
"""What a table shows unless metrics are named, most telling first; the other formats carry every metric."""


def write(result: Measurement, layout: str, out: Path | None) -> None:
    """Write a measurement in a layout to a file or to stdout; stderr says what a table leaves out, and every note."""
    if layout == "parquet" and out is None and sys.stdout.isatty():
        message = "expected --out FILE, or a pipe: a terminal cannot show Parquet"
        raise UsageError(message, where="--format")
    if layout in MEDIA_TYPES:
        _put(exported(result, layout), out)
    else:
        _table(result, out)
    if layout == "csv":
        _foot(result, carries_all=True)
    for note in result.meta["notes"]:
        click.echo(f"note: {note}", err=True)


def _put(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(content)


def _table(result: Measurement, out: Path | None) -> None:
    meta, rows = result.meta, result.rows
    keys = [name for name in ("shift_ms", *meta["by"]) if name in rows.columns]
    named = meta["metrics"] or [name for name in TABLE_COLUMNS if name in rows.columns]
    on_screen = out is None and sys.stdout.isatty()
    table = figures_table(rows, keys, named, shutil.get_terminal_size().columns if on_screen else None)
    head, *lines = table.lines
    if on_screen:
        click.echo("\n".join((click.style(head, bold=True), *lines)))
    else:
        _put("".join(f"{line}\n" for line in table.lines).encode(), out)
    _foot(result, table.left_out, carries_all=bool(meta["metrics"]))
    if meta["days"]:
        _without_value(result, named)


def _without_value(result: Measurement, names: Sequence[str]) -> None:
    """On stderr: which of these metrics have no value in any row, by the reason."""
    by_reason: dict[str, list[str]] = {}
    empty = [name for name in names if result.rows[name].null_count() == result.rows.height]
    for name, reason in null_reasons(empty, result.meta).items():
        by_reason.setdefault(reason, []).append(name)
    for reason, found in by_reason.items():
        click.echo(f"no value: {', '.join(found)}: {reason}", err=True)


def _foot(result: Measurement, left_out: Sequence[str] = (), *, carries_all: bool) -> None:
    """What the figures rest on, on stderr: days, every switch that is not as usual, manifest."""
    meta, height = result.meta, result.rows.height
    parts = [
        f"{height} row" + ("" if height == 1 else "s"),
        f"{meta['from']} to {meta['to']}" if meta["days"] else "no days",
        f"benchmark {meta['switches']['benchmark']}",
        *unusual(meta["switches"]),
        f"manifest {meta['manifest'][:16]}",
    ]
    if left_out:
        parts.append(f"no room for {', '.join(left_out)}")
    if not carries_all:
        parts.append("--format csv|json|parquet carries every metric")
    click.echo(" · ".join(parts), err=True)


def unusual(switches: Mapping[str, Any]) -> list[str]:
    """Switches beside the benchmark that are not at their defaults, in words."""
    usual = Switches().stamped()
    return [
        f"{name.replace('_', ' ')} {value}"
        for name, value in switches.items()
        if name in usual and name != "benchmark" and value != usual[name]
    ]
