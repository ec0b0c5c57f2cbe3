"""All sources, by the name that the command line uses."""

from __future__ import annotations

from routeproof.sources.catalog.csv_table import CSV_TABLE
from routeproof.sources.catalog.lean import LEAN
from routeproof.sources.catalog.parquet_table import PARQUET_TABLE
from routeproof.sources.catalog.xlsx_table import XLSX_TABLE

SOURCES = {source.name: source for source in (CSV_TABLE, PARQUET_TABLE, XLSX_TABLE, LEAN)}
