"""What an agreement's terms may name: metrics of the catalog, sources that files are taken in by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.metrics.registry import BY_NAME
from routeproof.sources.registry import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.stores.records import Records


def known_terms(_context: Context) -> Around:
    """What the proposal of terms is held against."""

    def around(_: Records) -> Mapping[str, Any]:
        return {"metrics": frozenset(BY_NAME), "sources": frozenset(SOURCES)}

    return around
