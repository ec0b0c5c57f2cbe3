"""Whose messages those of the lake are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.intake.fold_fix import fix_sources
from routeproof.stores.commits import source_outcomes

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
    for (provider_id,), own in rows.group_by(whose.alias("provider"), maintain_order=True):
        yield str(provider_id), own
