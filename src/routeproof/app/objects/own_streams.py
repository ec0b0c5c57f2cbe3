"""Where each kind of entry stands: what is said elsewhere, anybody may have said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.nouns import NOUNS

if TYPE_CHECKING:
    from routeproof.ledger.entry import Fact

PARTS = {
    **dict.fromkeys((noun.name for noun in NOUNS), 2),
    "findings": 2,
    "pack": 3,
    "analysis": 3,
    "lake": 1,
    "workspace": 1,
    "ledger": 1,
    "access": 1,
}
"""First word of a type to the parts that the name of its stream has; of what people decide on, `NOUN/ID`."""

HEADS = {"pack": "review", "analysis": "review"}
"""First part of the stream, where it is not the first word of the type."""


def in_own_stream(fact: Fact) -> bool:
    """Whether an entry stands where the program puts its kind. Kinds that nothing rests on may stand anywhere."""
    word = fact.type.partition(".")[0]
    if fact.type == "evidence.expired" and fact.stream == "workspace":
        return True  # of a migration: it excuses only what version 1 never held
    parts = fact.stream.split("/")
    return word not in PARTS or (parts[0] == HEADS.get(word, word) and len(parts) == PARTS[word])
