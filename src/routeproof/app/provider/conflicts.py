"""The conflicts register as other decisions need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.governed import objects_of
from routeproof.governance.conflict import CONFLICT, Conflict

if TYPE_CHECKING:
    from routeproof.stores.records import Records


def declared_conflicts(records: Records) -> tuple[Conflict, ...]:
    """Every conflict ever declared, by id, ended ones included; `Conflict.stands_on` tells which count on a day."""
    return objects_of(records, CONFLICT)
