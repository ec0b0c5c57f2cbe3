"""All sources, by the name that the command line uses."""

from __future__ import annotations

from routeproof.sources.catalog.csv_table import CSV_TABLE

SOURCES = {source.name: source for source in (CSV_TABLE,)}
