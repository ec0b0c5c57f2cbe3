"""The conflicts register as other decisions need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.firm.near import near
from routeproof.app.objects.governed import objects_of
from routeproof.governance.conflict import CONFLICT, Conflict
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.review.noun import REVIEW
from routeproof.governance.sla.noun import SLA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context
    from routeproof.app.objects.act import Around
    from routeproof.stores.records import Records


def declared_conflicts(records: Records) -> tuple[Conflict, ...]:
    """Every conflict ever declared, by id, ended ones included; `Conflict.stands_on` tells which count on a day."""
    return objects_of(records, CONFLICT)


def conflict_around(_context: Context) -> Around:
    """What a declaration is held against: providers with a file, an agreement, a review or a pack.

    One that is only measured so far has a pack as soon as anybody judges it; before that, its file is where it begins.
    """

    def around(records: Records) -> Mapping[str, Any]:
        packs = records.query("SELECT DISTINCT stream FROM ledger_leaves WHERE type = 'pack.built'")
        known = {
            *(item.id for item in objects_of(records, PROVIDER)),
            *(item.provider for item in objects_of(records, SLA)),
            *(item.provider for item in objects_of(records, REVIEW)),
            *(str(stream).rpartition("/")[2] for (stream,) in packs),
        }
        return {"providers": frozenset(known), "nearest": near}

    return around
