"""Remarks in the ledger: text, by a person, that decides nothing."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from routeproof.app.ledger.checkpoints import keep_checkpoint
from routeproof.app.objects.entitled import role_for
from routeproof.ledger.entry import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routeproof.app.context import Context

BATCH = 1_000
STREAM = "notes"


def append_notes(context: Context, texts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Append one note a text; yields (first, last) of each batch of 1,000 once it is durable.

    Raises:
        RefusalError: in a workspace with a roster, if nobody acts or the person's roles do not allow it.
    """
    role = role_for(context, "ledger.note")
    actor = context.acting.person if context.acting else context.actor.name
    source = iter(texts)
    while batch := list(islice(source, BATCH)):
        facts = [
            Fact(STREAM, "note", {"text": text}, context.actor.business_on, actor, role, context.actor.session)
            for text in batch
        ]
        indexes = context.records.append(facts)
        yield indexes[0], indexes[-1]
    keep_checkpoint(context)
