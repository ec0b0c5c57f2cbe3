"""Figures for people and machines: table, CSV, JSON, Parquet."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.measure import Measurement

TABLE_COLUMNS = (
    "orders",
    "executions",
    "executed_shares",
    "coverage",
    "quoted_spread_usd_per_share",
    "effective_spread_usd_per_share",
    "e_over_q",
    "price_improvement_usd_per_share",
    "realized_spread_usd_per_share_60s",
    "reversion_usd_per_share_60s",
    "time_to_execution_ms_avg",
    "fill_rate_shares",
    "hhi_venue",
)
"""What fits on a screen; the other formats carry every metric."""

_SHORT = {
    "executed_shares": "shares",
    "quoted_spread_usd_per_share": "quoted $",
    "effective_spread_usd_per_share": "effective $",
    "e_over_q": "E/Q",
    "price_improvement_usd_per_share": "PI $",
    "realized_spread_usd_per_share_60s": "realized 60s $",
    "reversion_usd_per_share_60s": "reversion 60s $",
    "time_to_execution_ms_avg": "time ms",
    "fill_rate_shares": "fill rate",
    "hhi_venue": "HHI",
}
_WHOLE = ("orders", "executions", "executed_shares")


def write(result: Measurement, layout: str, out: Path | None) -> None:
    """Write a measurement in a layout to a file or to stdout; tables say on stderr what they leave out."""
    if layout == "json":
        _put((json.dumps(result.as_plain(), indent=1, ensure_ascii=False) + "\n").encode(), out)
    elif layout == "csv":
        _put(result.rows.write_csv().encode(), out)
    elif layout == "parquet":
        buffer = io.BytesIO()
        result.rows.write_parquet(buffer)
        _put(buffer.getvalue(), out)
    else:
        _table(result)


def _put(content: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        out.write_bytes(content)


def _table(result: Measurement) -> None:
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    keys = [name for name in ("shift_ms", *result.meta["by"]) if name in result.rows.columns]
    shown = [name for name in TABLE_COLUMNS if name in result.rows.columns]
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in keys:
        table.add_column(name)
    for name in shown:
        table.add_column(_SHORT.get(name, name), justify="right")
    for row in result.rows.select(*keys, *shown).iter_rows(named=True):
        table.add_row(*("" if row[key] is None else str(row[key]) for key in keys), *(_cell(n, row[n]) for n in shown))
    Console(soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 240).print(table)
    meta = result.meta
    span = f"{meta['from']} to {meta['to']}" if meta["days"] else "no days"
    rows = f"{result.rows.height} row" + ("" if result.rows.height == 1 else "s")
    click.echo(
        f"{rows} · {span} · benchmark {meta['switches']['benchmark']} · manifest {meta['manifest'][:16]} · "
        "--format csv|json|parquet carries every metric",
        err=True,
    )


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if name in _WHOLE else f"{value:,.5g}" if abs(value) >= 1 else f"{value:.5f}"
