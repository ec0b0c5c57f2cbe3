"""Internalised flow is judged order by order: a quarterly review is not enough for it (FINRA RN 21-23, unconfirmed)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from routeproof.governance.decider import Body, Command, Event, Happened, Noun, State, Verb, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence


class Record(Body):
    """One order-by-order record of a quarter, made from the lake.

    Attributes:
        venues: where the firm or an affiliate executes against its own account.
        manifest: data that it was made from.
        orders, executions: counted.
        executed_shares: sums of quantities, decimal text, as the three below.
        improved_shares, at_quote_shares, outside_shares: against the quote at receipt.
        unjudged_shares: executions without a usable quote at receipt, and all of orders that rest, of which improvement
            against the quote says nothing.
        rows: SHA-256 of the CSV with one row per execution.
    """

    venues: tuple[str, ...] = Field(min_length=1)
    manifest: str
    orders: int = Field(ge=0)
    executions: int = Field(ge=0)
    executed_shares: str
    improved_shares: str
    at_quote_shares: str
    outside_shares: str
    unjudged_shares: str
    rows: str


class Kept(Record):
    """A record as it stands, with who made it."""

    by: str
    on: str


class Internalised(State):
    """The order-by-order records of one quarter, oldest first; the last one counts."""

    records: tuple[Kept, ...] = ()
    attached: ClassVar[tuple[str, ...]] = ("records.*.rows",)


def _record(_: Internalised | None, command: Command) -> Sequence[Event]:
    body: Record = command.body
    if not body.executions:
        refuse("incomplete", f"expected executions at {', '.join(body.venues)} in {command.id}, found none")
    return [Event("internalised.recorded", {"quarter": command.id, **body.model_dump(mode="json")})]


def _evolve(state: Internalised | None, happened: Happened) -> Internalised:
    payload = happened.event.payload
    known = {name: value for name, value in payload.items() if name in Record.model_fields}
    kept = Kept(**known, by=happened.by, on=happened.on.isoformat())
    before = state or Internalised(id=payload["quarter"], state="recorded")
    return before.model_copy(update={"records": (*before.records, kept)})


INTERNALISED: Noun[Internalised] = Noun(
    name="internalised", state=Internalised, verbs={"record": Verb(Record, _record)}, evolve=_evolve
)
