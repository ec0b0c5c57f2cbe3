"""Objects of a noun, all of them, folded from the record: what deciders of other objects are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.fold import object_of

if TYPE_CHECKING:
    from routeproof.governance.decider import Noun, S
    from routeproof.stores.records import Records


def ids_of(records: Records, noun: Noun[S]) -> list[str]:
    """Ids of a noun's objects, sorted."""
    prefix = noun.stream("")
    found = (stream.removeprefix(prefix) for stream in records.streams_below(prefix))
    # A stream below an object's, such as that of its packs, is no object.
    return sorted(object_id for object_id in found if "/" not in object_id)


def objects_of(records: Records, noun: Noun[S]) -> tuple[S, ...]:
    """States of a noun's objects, by id, folded from their entries rather than read from a projection."""
    found = (object_of(records, noun, object_id) for object_id in ids_of(records, noun))
    return tuple(version.state for version in found if version is not None)
