"""All sources, by the name that the command line uses."""

from __future__ import annotations

from dataclasses import replace

from routeproof.sources.catalog.csv_table import CSV_TABLE
from routeproof.sources.catalog.fix_log import FIX_LOG
from routeproof.sources.catalog.lean import LEAN
from routeproof.sources.catalog.parquet_table import PARQUET_TABLE
from routeproof.sources.catalog.taq import TAQ
from routeproof.sources.catalog.xlsx_table import XLSX_TABLE

SOURCES = {
    source.name: source
    for source in (
        # Our own scanner reads logs, at a speed that copying to another process would halve.
        replace(FIX_LOG, in_child=False),
        CSV_TABLE,
        PARQUET_TABLE,
        XLSX_TABLE,
        LEAN,
        TAQ,
    )
}
