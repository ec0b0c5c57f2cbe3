"""What the record says of access: accounts made, sessions begun, documents an examiner read; never a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.ledger.entry import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.app.context import Context

STREAM = "access"
"""One stream for all: it is a log of what happened, not an object that people decide on."""
ROLE = "access"
"""Stands in entries where no role of the person acted: the program notes what it saw."""


def record_access(context: Context, person: str, what: str, payload: Mapping[str, object]) -> None:
    """Append that something happened with a person's access."""
    context.records.append(
        [
            Fact(
                stream=STREAM,
                type=f"access.{what}",
                payload={"person": person, **payload},
                business_on=context.actor.business_on,
                actor=context.actor.name,
                role=ROLE,
                session=context.actor.session,
            )
        ]
    )
