"""A designed experiment, registered before it begins: arms, share, stopping rule, metric, seed, and every look."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Nothing,
    Noun,
    State,
    Verb,
    absent,
    another_person,
    existing,
    in_state,
    refuse,
)
from routeproof.vocab.times import NS_PER_S
from routeproof.vocab.words import TOLD_LATER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ELIGIBLE = ("symbol", "side", "order_type", "order_class", "order_group", "lot", "size_bucket", "tif", "quantity")
"""What a filter of eligibility may speak of: all of it is known before anything is assigned.

Of order classes `TOLD_LATER` only together, since nobody knows at receipt which of them it will be.
"""

_FILTER = re.compile(r"\s*(>=|<|=)\s*")


class Plan(Body):
    """What will be done, and how it will be read.

    Attributes:
        question: what is to be known, and why an experiment is owed for it.
        eligible: filters of orders, such as `order_group=market`; empty: every order.
        treatment: provider id of the arm under test, such as a direct route or a second provider.
        control: provider id of the usual arm.
        share: of eligible orders that goes to the treatment, decimal.
        unit: each order by itself, or all of a day and security together.
        symbols: securities that take part, where the unit is a day and security.
        first_on: first trading day.
        days: sessions; what comes after them is not read.
        rule: `fixed`: read once, after all days; `sequence`: looked at on any day, by a confidence sequence.
        metric: the one figure that decides.
        seed: of assignment and inference.
    """

    question: str = Field(min_length=1)
    eligible: tuple[str, ...] = ()
    treatment: str = Field(min_length=1)
    control: str = Field(min_length=1)
    share: Decimal
    unit: Literal["order", "day_symbol"] = "order"
    symbols: tuple[str, ...] = ()
    first_on: date
    days: int = Field(gt=0)
    rule: Literal["fixed", "sequence"] = "fixed"
    metric: str
    seed: int = Field(ge=0)
    kept: ClassVar[tuple[str, ...]] = ("question",)


class Assignment(Body):
    """The table that was handed out, or what it is computed from.

    Attributes:
        sha256: of the table (by day and security) or of the key (by order).
        units: rows of the table; 0 where each order is decided as it comes.
        last_on: last session of the plan.
    """

    sha256: str = Field(min_length=64, max_length=64)
    units: int = Field(ge=0)
    last_on: date


class Look(Body):
    """One reading of the experiment; every one is on record.

    Attributes:
        through: last day that was read.
        days: sessions read.
        manifest: data that it was read from.
        orders: eligible orders.
        estimate, lower, upper: of the primary metric, treatment less control; null where refused.
        reason: why it was refused.
    """

    through: date
    days: int = Field(ge=0)
    manifest: str
    orders: int = Field(ge=0)
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    reason: str | None = None


class Conclusion(Body):
    """What was concluded and is done."""

    conclusion: str = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("conclusion",)


class Looked(Look):
    """A look with who took it."""

    by: str
    on: date


class Experiment(State):
    """The experiment; `state` is planned, approved, assigned or ended.

    registered_on: UTC day on which the last of plan, approval and assignment was appended, whatever day it is dated.
    """

    question: str
    eligible: tuple[str, ...]
    treatment: str
    control: str
    share: Decimal
    unit: str
    symbols: tuple[str, ...]
    first_on: date
    days: int
    rule: str
    metric: str
    seed: int
    planned_by: str
    planned_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    assignment: Assignment | None = None
    registered_on: date | None = None
    looks: tuple[Looked, ...] = ()
    conclusion: str | None = None
    ended_by: str | None = None
    ended_on: date | None = None
    kept: ClassVar[tuple[str, ...]] = ("question", "conclusion")
    unversioned: ClassVar[frozenset[str]] = frozenset({"looks", "registered_on"})

    @property
    def peeks(self) -> int:
        """Looks before the days of the plan were over, where its rule is to read once."""
        return sum(look.days < self.days for look in self.looks) if self.rule == "fixed" else 0


def _plan(state: Experiment | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Plan = command.body
    policy = command.around["policy"]
    _require(0 < body.share <= policy.greatest_share, f"a share above 0 and up to {policy.greatest_share}", body.share)
    _require(body.days >= policy.least_days, f"at least {policy.least_days} sessions", body.days)
    _require(body.treatment != body.control, "two different arms", body.treatment)
    _require(body.metric in command.around["metrics"], "a metric that is a mean or a ratio of sums", body.metric)
    _require(
        (body.unit == "day_symbol") == bool(body.symbols), "symbols where the unit is a day and security", body.unit
    )
    _require(
        body.rule == "fixed" or body.days > policy.burn_in_days,
        f"more than {policy.burn_in_days:g} sessions, before which a sequence says nothing",
        body.days,
    )
    for text in body.eligible:
        _known_before(text)
    _before_it_begins(body.first_on, command)
    return [Event("experiment.planned", {"experiment": command.id, **body.model_dump(mode="json")})]


def _known_before(text: str) -> None:
    name, operator, values = _FILTER.split(text.strip(), maxsplit=1) if _FILTER.search(text) else (text, "", "")
    _require(name in ELIGIBLE, f"eligibility by what is known before ({', '.join(ELIGIBLE)})", name)
    if name == "order_class":
        later = {value.strip() for value in values.split(",")} & set(TOLD_LATER)
        fits = operator == "=" and len(later) != 1
        _require(fits, f"order classes that are known before: {' and '.join(TOLD_LATER)} together", text)


def _require(fits: bool, expected: str, found: object) -> None:  # noqa: FBT001  # what is required
    if not fits:
        refuse("criteria_not_met", f"expected {expected}, found {found}")


def _before_it_begins(first_on: date, command: Command) -> None:
    """What is registered after the first day is no registration."""
    _require(command.on < first_on, f"{command.verb} before the first day ({first_on})", command.on)


def _of_others(state: Experiment | None, command: Command) -> Experiment:
    known = existing(state, command)
    another_person(command, known.planned_by, "planned it")
    return known


def _approve(state: Experiment | None, command: Command) -> Sequence[Event]:
    known = _of_others(state, command)
    in_state(known, command, "planned")
    _before_it_begins(known.first_on, command)
    return [Event("experiment.approved", {})]


def _assign(state: Experiment | None, command: Command) -> Sequence[Event]:
    known = existing(state, command)
    in_state(known, command, "approved", "assigned")
    body: Assignment = command.body
    if known.assignment is not None:
        _require(
            body == known.assignment, f"the assignment on record ({known.assignment.sha256[:12]})", body.sha256[:12]
        )
        return []
    _before_it_begins(known.first_on, command)
    return [Event("experiment.assigned", body.model_dump(mode="json"))]


def _look(state: Experiment | None, command: Command) -> Sequence[Event]:
    in_state(existing(state, command), command, "assigned", "ended")
    return [Event("experiment.looked", command.body.model_dump(mode="json"))]


def _end(state: Experiment | None, command: Command) -> Sequence[Event]:
    in_state(existing(state, command), command, "planned", "approved", "assigned")
    return [Event("experiment.ended", command.body.model_dump(mode="json"))]


def _evolve(state: Experiment | None, happened: Happened) -> Experiment:
    said = {name: value for name, value in happened.event.payload.items() if name != "attested"}
    if state is None:
        name = said.pop("experiment")
        by = {"planned_by": happened.by, "planned_on": happened.on, "registered_on": _appended_on(happened)}
        return Experiment.model_validate({**said, **by, "id": name, "state": "planned"})
    return state.model_copy(update=_changes(state, happened, said))


def _appended_on(happened: Happened) -> date:
    return datetime.fromtimestamp(happened.appended_at // NS_PER_S, tz=UTC).date()


def _changes(state: Experiment, happened: Happened, said: Mapping[str, Any]) -> dict[str, Any]:
    match happened.event.type:
        case "experiment.approved":
            by = {"approved_by": happened.by, "approved_on": happened.on}
            return {"state": "approved", "registered_on": _appended_on(happened), **by}
        case "experiment.assigned":
            table = Assignment.model_validate(said)
            return {"state": "assigned", "registered_on": _appended_on(happened), "assignment": table}
        case "experiment.looked":
            look = Looked.model_validate({**said, "by": happened.by, "on": happened.on})
            return {"looks": (*state.looks, look)}
        case _:
            return {"state": "ended", "ended_by": happened.by, "ended_on": happened.on, **said}


def _show(state: Experiment, _on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    return state.model_dump(mode="json") | {"peeks": state.peeks}


EXPERIMENT: Noun[Experiment] = Noun(
    name="experiment",
    state=Experiment,
    verbs={
        "plan": Verb(Plan, _plan),
        "approve": Verb(Nothing, _approve, others=_of_others),
        "assign": Verb(Assignment, _assign),
        "look": Verb(Look, _look),
        "end": Verb(Conclusion, _end),
    },
    evolve=_evolve,
    show=_show,
)
