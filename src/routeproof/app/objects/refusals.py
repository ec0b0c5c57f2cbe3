"""Every refusal is recorded: who was refused what, by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.ledger.entry import Fact

if TYPE_CHECKING:
    from routeproof.governance.decider import RefusalError
    from routeproof.stores.commits import Actor
    from routeproof.stores.records import Records

STREAM = "refusals"
LONGEST_MESSAGE = 1_000


def record_refusal(records: Records, actor: Actor, person: str, stream: str, verb: str, refusal: RefusalError) -> None:
    """Append the refusal of `verb` on the object of `stream`; `person` is empty where nobody was named."""
    fact = Fact(
        stream=STREAM,
        type="act.refused",
        payload={"object": stream, "verb": verb, "code": refusal.code, "message": refusal.message[:LONGEST_MESSAGE]},
        business_on=actor.business_on,
        actor=person or actor.name,
        role="refused",
        session=actor.session,
    )
    records.append([fact])
