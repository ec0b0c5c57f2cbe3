"""What is found for a day after it was closed amends it: an entry of the program, beside the findings themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import project_object
from routeproof.app.objects.fold import fold, object_of
from routeproof.governance.day import DAY
from routeproof.ledger.entry import Fact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.stores.records import Records

MOST_IDS = 100
AMENDED = "day.amended"


def day_amended(
    context: Context,
    records: Records,
    day: date,
    recorded: Sequence[str],
    amended: Sequence[str],
    withdrawn: Sequence[str],
) -> list[Fact]:
    """The fact that amends a closed day; none where it is not closed, or nothing changed."""
    changed = len(recorded) + len(amended) + len(withdrawn)
    if not changed or object_of(records, DAY, day.isoformat()) is None:
        return []
    payload = {
        "at": str(context.clock()),
        "recorded": list(recorded[:MOST_IDS]),
        "amended": list(amended[:MOST_IDS]),
        "withdrawn": list(withdrawn[:MOST_IDS]),
        "of": changed,
    }
    return [program_fact(context, DAY.stream(day.isoformat()), AMENDED, payload)]


def program_fact(
    context: Context, stream: str, kind: str, payload: dict[str, Any], evidence: Sequence[str] = (), version: int = 1
) -> Fact:
    """A fact that the program records by itself, under the account that runs it."""
    actor = context.actor
    return Fact(
        stream=stream,
        type=kind,
        payload=payload,
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
        version=version,
        evidence=tuple(sorted(set(evidence))),
    )


def project_day(records: Records, database: Any, day: date) -> None:  # noqa: ANN401  # either database's connection
    """Write the row of a day that was amended in the transaction that is open."""
    version = fold(DAY, records.stream(DAY.stream(day.isoformat())))
    if version is not None:
        project_object(database, DAY, version)
