"""Whether there is what a case is linked to, by the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.firm.near import near

if TYPE_CHECKING:
    from routeproof.stores.records import Records

MOST = 5_000
"""Names that the nearest is looked for among."""
_THERE = "SELECT 1 FROM governance_objects WHERE noun = :noun AND id = :id"
_NAMES = "SELECT id FROM governance_objects WHERE noun = :noun ORDER BY ledger_index DESC LIMIT :most"
_SPOKEN_OF = "SELECT 1 FROM findings WHERE provider = :id LIMIT 1"
"""A provider that the data name and nobody has added yet."""


def lacking(records: Records, noun: str, object_id: str) -> str | None:
    """Null where there is such an object; else what there is instead, as the end of a sentence."""
    if records.query(_THERE, {"noun": noun, "id": object_id}):
        return None
    if noun == "provider" and records.query(_SPOKEN_OF, {"id": object_id}):
        return None
    names = [str(name) for (name,) in records.query(_NAMES, {"noun": noun, "most": MOST})]
    if not names:
        return f": there is no {noun} on record"
    return near(object_id, names) or f": `routeproof {noun} list` names them"
