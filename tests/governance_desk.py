"""A workspace with a founding roster, for tests: acting takes one line, the clock is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.firm.retention import hold_around
from routeproof.app.init_workspace import init_workspace
from routeproof.app.objects.act import act, listed, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from routeproof.app.objects.act import Around
    from routeproof.governance.decider import Noun

ROSTER: dict[str, tuple[str, ...]] = {
    "ann": ("analyst",),
    "abe": ("analyst",),
    "sam": ("supervisor",),
    "sue": ("supervisor",),
    "cora": ("committee",),
    "cole": ("committee",),
    "carl": ("compliance",),
    "cleo": ("compliance",),
    "adam": ("admin",),
    "kim": ("key_custodian",),
    "ed": ("examiner",),
}
PROVIDERS: dict[str, Any] = {"providers": {"P", "Q"}, "nearest": lambda _name, _known: ""}
"""What the declaration of a conflict is held against, where no file was begun."""
NOON = 1_790_000_000_000_000_000
"""2026-09-21 in UTC nanoseconds."""
NS_PER_DAY = 86_400 * 10**9


@dataclass
class Clock:
    """A clock that tests set; each look moves it by a microsecond."""

    now: int = NOON
    step: int = 1_000

    def __call__(self) -> int:
        self.now += self.step
        return self.now

    def pass_days(self, days: float) -> None:
        """Let time go by."""
        self.now += int(days * NS_PER_DAY)

    def reach(self, day: date) -> None:
        """Let time go by until the noon of a day that is still to come."""
        noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 10**9
        if self.now // NS_PER_DAY < noon // NS_PER_DAY:
            self.now = noon


@dataclass
class Desk:
    """A workspace and its people."""

    root: Path
    clock: Clock = field(default_factory=Clock)

    def act(
        self,
        person: str,
        noun: Noun[Any],
        object_id: str,
        verb: str,
        body: Mapping[str, Any] | None = None,
        *,
        on: date | None = None,
        around: Around | None = None,
    ) -> dict[str, Any]:
        """One person does one thing; conflicts may be declared on P and Q, holds name what the record knows."""
        with self.context(person, on) as context:
            needed = {"conflict": lambda _: PROVIDERS, "evidence": hold_around(context)}
            return act(context, noun, object_id, verb, body, around or needed.get(noun.name))

    def show(self, noun: Noun[Any], object_id: str) -> dict[str, Any]:
        """One object as people see it."""
        with self.context() as context:
            return shown(context, noun, object_id)

    def list(self, noun: Noun[Any]) -> dict[str, Any]:
        """All objects of a noun."""
        with self.context() as context:
            return listed(context, noun)

    def context(self, person: str = "", on: date | None = None) -> Any:  # noqa: ANN401  # a context manager
        """The workspace, as a person or as the program; a person who acts on a later day acts when it has come."""
        if person and on is not None:
            self.clock.reach(on)
        return self.claiming(person, on)

    def claiming(self, person: str, on: date | None) -> Any:  # noqa: ANN401  # a context manager
        """The same, whatever day it is."""
        return open_context(self.root, clock=self.clock, person=person, on=on)


def new_desk(root: Path, roster: Mapping[str, tuple[str, ...]] = ROSTER, quorum: int = 2) -> Desk:
    """A workspace whose founding roster is `roster`."""
    people = [{"id": name, "name": name.title(), "roles": list(roles)} for name, roles in roster.items()]
    init_workspace(root, people={"person": people, "quorum": quorum, "unprotected_keys": True})
    return Desk(root)
