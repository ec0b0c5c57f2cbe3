"""Whose messages those of the lake are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.fix_sources import fix_sources
from routeproof.stores.commits import source_outcomes
from routeproof.tables.wide import kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.stores.records import Records


def known_logs(records: Records) -> Mapping[str, Any]:
    """By source id: provider and map of each log that was taken in."""
    return fix_sources({item.source_id: item.outcome for item in source_outcomes(records)})


def by_provider(records: Records, rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Rows with `source_id`, by provider, each once."""
    if rows.is_empty():
        return
    known = {key: item.provider_id for key, item in known_logs(records).items()}
    whose = rows["source_id"].cast(pl.String).replace_strict(known, default="", return_dtype=pl.String)
    for provider_id in whose.unique(maintain_order=True):
        yield provider_id, kept(rows, whose == provider_id)
