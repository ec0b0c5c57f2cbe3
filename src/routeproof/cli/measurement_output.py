"""Figures for people and machines: table, CSV, JSON, Parquet."""

from __future__ import annotations

import io
import json
import shutil
import sys
from typing import TYPE_CHECKING

import click

from routeproof.cli.figures_table import figures_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from routeproof.app.measure import Measurement

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
    """Write a measurement in a layout to a file or to stdout; a table says on stderr what it leaves out."""
    if layout == "json":
        _put((json.dumps(result.as_plain(), indent=1, ensure_ascii=False) + "\n").encode(), out)
    elif layout == "csv":
        _put(result.rows.write_csv().encode(), out)
    elif layout == "parquet":
        buffer = io.BytesIO()
        result.rows.write_parquet(buffer)
        _put(buffer.getvalue(), out)
    else:
        _table(result, out)


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
    click.echo(" · ".join(_footing(result, table.left_out)), err=True)


def _footing(result: Measurement, left_out: Sequence[str]) -> Iterator[str]:
    meta, height = result.meta, result.rows.height
    yield f"{height} row" + ("" if height == 1 else "s")
    yield f"{meta['from']} to {meta['to']}" if meta["days"] else "no days"
    yield f"benchmark {meta['switches']['benchmark']}"
    yield f"manifest {meta['manifest'][:16]}"
    if left_out:
        yield f"no room for {', '.join(left_out)}"
    if not meta["metrics"]:
        yield "--format csv|json|parquet carries every metric"
