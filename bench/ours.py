"""The program under test, doing the job through its public surface."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl

import routeproof as rp
from bench.job import BY, METRICS, totals_of_measurement

if TYPE_CHECKING:
    from pathlib import Path


def lake(folder: Path) -> dict[str, float]:
    """The first question of a workspace: everything from the lake."""
    shutil.rmtree(folder / "workspace" / "cache", ignore_errors=True)
    return totals_of_measurement(rp.Workspace(folder / "workspace").measure(BY, metrics=METRICS).rows)


def second_question(folder: Path) -> dict[str, float]:
    """Another question about the same days: it reads measured rows."""
    return totals_of_measurement(rp.Workspace(folder / "workspace").measure(BY, metrics=METRICS).rows)


def whole_catalog(folder: Path) -> dict[str, float]:
    """Every metric of the catalog, orders and routes included."""
    shutil.rmtree(folder / "workspace" / "cache", ignore_errors=True)
    return totals_of_measurement(rp.Workspace(folder / "workspace").measure(BY).rows)


def vendor(folder: Path) -> dict[str, float]:
    """No workspace: the library call on the vendor's files."""
    parts = []
    for path in sorted((folder / "vendor").glob("quotes-*.parquet")):
        day = path.stem.removeprefix("quotes-")
        shares = pl.col("bid_size", "ask_size").cast(pl.Float64)  # whole integers would be taken as fixed point
        quotes = pl.scan_parquet(path).rename({"ts": "at"}).with_columns(shares)
        quantity = pl.col("quantity").cast(pl.Float64)
        fills = pl.scan_parquet(path.with_name(f"fills-{day}.parquet")).with_columns(quantity)
        orders = pl.scan_parquet(path.with_name(f"orders-{day}.parquet")).with_columns(quantity)
        rows = rp.measure(fills, quotes, orders, by=BY, metrics=METRICS)
        parts.append(totals_of_measurement(rows))
    return {name: sum(part[name] for part in parts) for name in parts[0]}


PREPARED = ("second_question",)
"""Contenders that ask once outside the clock, so that there is something kept."""

OURS = {"lake": lake, "second_question": second_question, "whole_catalog": whole_catalog, "vendor": vendor}
