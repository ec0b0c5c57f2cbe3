"""Every difference of a comparison as a file that a spreadsheet opens, in which nothing of the provider's runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.renderers.sheet import render_sheet
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


def write_differences(differences: pl.DataFrame, out: Path) -> None:
    """Write rows of `DIFFERENCES` as CSV, JSON or XLSX, by the suffix of the name.

    Raises:
        UsageError: another suffix.
    """
    rows = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in differences.iter_rows(named=True)
    ]
    write_whole(out, render_sheet(out.suffix, differences.columns, rows, "Differences"))
