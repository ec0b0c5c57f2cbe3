"""A trading day, closed by a supervisor over what was found; what comes later amends it, and never reopens it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.governance.decider import (
    Command,
    Event,
    Happened,
    Nothing,
    Noun,
    State,
    Verb,
    refuse,
)
from routeproof.governance.part import Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


OVER, NOT_OVER, NO_SESSION = "over", "not over", "no session"
"""How a day stands by the calendar of sessions and the clock."""
UNJUDGED = "the day is not over"
"""Why rules of whole days were not judged; a day that was judged like that has to be judged again."""


class Completeness(Part):
    """Rows of the day: received = accepted + rejected, accepted = analysed + excluded; messages with the rest."""

    received: int
    accepted: int
    rejected: int
    analysed: int
    excluded: int


class Amendment(Part):
    """What a judgement after the close changed: ids of findings, cut after the first hundred, and their number."""

    at: str
    on: date
    recorded: tuple[str, ...]
    amended: tuple[str, ...]
    withdrawn: tuple[str, ...]
    of: int


class Day(State):
    """A day that was closed; one that was not has no entry."""

    completeness: Completeness
    findings: dict[str, int]
    suppressed: int
    open_cases: int
    overdue_cases: int
    manifest: str
    unjudged: dict[str, str]
    closed_by: str
    closed_on: date
    closed_at: str
    amendments: tuple[Amendment, ...] = ()


def judged_early(unjudged: Mapping[str, str]) -> bool:
    """Whether a judgement was made before the day was over, by what it could not judge."""
    return any(UNJUDGED in reason for reason in unjudged.values())


def _close(state: Day | None, command: Command) -> Sequence[Event]:
    if state is not None:
        refuse(
            "wrong_state",
            f"expected a day that is open, found that {state.closed_by} closed {command.id} on {state.closed_on}: what "
            "comes later amends it",
            where=command.id,
        )
    found = command.around["day"]
    _over(command, found)
    if found["manifest"] is None:
        refuse("not_ready", f"expected a day that was judged: run `routeproof exceptions run --day {command.id}`")
    if found["stale"]:
        refuse(
            "not_ready",
            f"expected the day judged with all of its data, found that data came in later: run `routeproof exceptions "
            f"run --day {command.id}`",
        )
    if found["waiting"]:
        refuse(
            "not_ready",
            f"expected only final findings, found {found['waiting']} that wait for more data: run `routeproof "
            f"exceptions run --day {command.id}` when it is there",
        )
    said = {name: found[name] for name in ("completeness", "findings", "suppressed", "open_cases", "overdue_cases")}
    rest = {"manifest": found["manifest"], "unjudged": found["unjudged"], "closed_at": str(command.around["now"])}
    return [Event("day.closed", {"id": command.id, "period": command.id, **said, **rest})]


def _over(command: Command, found: Mapping[str, Any]) -> None:
    """Refuse a day that does not trade, one that is not over, and one that was last judged before it was over."""
    if found["end"] == NO_SESSION:
        refuse(
            "wrong_state",
            f"expected a trading day, found that {command.id} has no session: it needs no close",
            where=command.id,
        )
    if found["end"] == NOT_OVER:
        refuse(
            "not_ready",
            f"expected a trading day that is over, found that the session of {command.id} has not ended, or has only "
            "just: close it once it is over and judged",
            where=command.id,
        )
    if judged_early(found["unjudged"]):
        refuse(
            "not_ready",
            f"expected the day judged after it was over, found that it was judged before: run `routeproof exceptions "
            f"run --day {command.id}`",
            where=command.id,
        )


def _evolve(state: Day | None, happened: Happened) -> Day:
    given = {name: value for name, value in happened.event.payload.items() if name not in {"attested", "period"}}
    if state is None:
        return Day.model_validate({**given, "state": "closed", "closed_by": happened.by, "closed_on": happened.on})
    late = Amendment(on=happened.on, **given)
    return state.model_copy(update={"amendments": (*state.amendments, late)})


def _show(state: Day, _on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    return {"day": state.id, **state.model_dump(mode="json")}


DAY: Noun[Day] = Noun(
    name="day", state=Day, verbs={"close": Verb(Nothing, _close, signs=True)}, evolve=_evolve, show=_show
)
