"""Remarks in the ledger: text, by a person, that decides nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from routeproof.app.fold import roster_of
from routeproof.app.ledger.checkpoints import keep_checkpoint
from routeproof.governance.decider import refuse
from routeproof.governance.entitlements import permitted_role
from routeproof.ledger.entry import Fact
from routeproof.stores.shipped_policy import load_shipped_governance
from routeproof.vocab.times import NS_PER_S

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


def role_for(context: Context, action: str) -> str:
    """The role in which the person of the context may do this; the program's own where there is no roster.

    Raises:
        RefusalError: `unknown_person` or `not_permitted`.
    """
    roster = roster_of(context.records)
    if not roster.people:
        return context.actor.role
    if context.acting is None:
        refuse("unknown_person", f"{action} is recorded under a name: give --as PERSON (or ROUTEPROOF_AS)")
    now = context.clock()
    today = datetime.fromtimestamp(now // NS_PER_S, tz=UTC).date()
    matrix = load_shipped_governance().entitlements.on_or_first(today).value
    return permitted_role(roster, context.acting.person, action, matrix, now)
