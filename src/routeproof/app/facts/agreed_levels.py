"""Levels of daily streams that the agreements in force set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.objects.governed import objects_of
from routeproof.app.sla.evaluate import agreement_in_force
from routeproof.governance.sla.noun import SLA
from routeproof.rules.stream_keys import AGREED, is_level_of, stream_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.sla.terms import Terms

_SAME = ("provider", "venue", "order_type", "metric")


def agreed_levels(context: Context, day: date) -> pl.DataFrame:
    """`AGREED` of all providers on a day; of several clauses of one stream the first counts.

    A clause counts where it measures what a stream does, by the firm's own figures, and bounds it on the worse side.
    """
    providers = sorted({item.provider for item in objects_of(context.records, SLA)})
    rows = [row for one in providers for row in _of_provider(context, one, day)]
    return pl.DataFrame(rows, schema=AGREED, orient="row").unique(_SAME, keep="first", maintain_order=True)


def _of_provider(context: Context, provider: str, day: date) -> Iterator[tuple[object, ...]]:
    _, version = agreement_in_force(context, provider, (day, day))
    if version is not None:
        yield from _of_terms(provider, version.terms)


def _of_terms(provider: str, terms: Terms) -> Iterator[tuple[object, ...]]:
    for clause in terms.clause:
        key = stream_key(clause.metric, clause.where) if clause.source == "own" else None
        if key is not None and is_level_of(key, at_least=clause.at_least is not None):
            yield (provider, *key, float(clause.threshold), terms.effective_from, clause.id)
