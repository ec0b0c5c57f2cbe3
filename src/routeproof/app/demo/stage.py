"""Where the story is played: the workspace, its people with their keys, and the time that the story has reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from routeproof.app.acting import Acting, key_path
from routeproof.app.context import wall_clock
from routeproof.stores.commits import Actor
from routeproof.stores.keys import open_key
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.context import Context

OFFICE_OPENS_UTC = 13
BETWEEN_ACTS_NS = 217 * NS_PER_S
TICK_NS = 1_000


@dataclass
class StoryClock:
    """The time of the story, which only goes forward and never beyond the true time."""

    now: int = 0

    def __call__(self) -> int:
        """UTC nanoseconds."""
        self.now += TICK_NS
        return min(self.now, wall_clock())

    def reach(self, day: date) -> None:
        """The morning of a day, or some minutes later where it is later already."""
        opening = datetime(day.year, day.month, day.day, OFFICE_OPENS_UTC, tzinfo=UTC)
        self.now = max(self.now + BETWEEN_ACTS_NS, int(opening.timestamp()) * NS_PER_S)


class Stage:
    """Acts of the demo's people over one open workspace."""

    def __init__(self, context: Context, clock: StoryClock, password: str, scratch: Path) -> None:
        self.context = context
        self.clock = clock
        self.scratch = scratch
        self.password = password
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def as_(self, person: str, on: date) -> Context:
        """The workspace for a person on a day."""
        self.clock.reach(on)
        if person not in self._keys:
            self._keys[person] = open_key(key_path(self.context.workspace, person), self.password.encode())
        actor = Actor(person, "operator", self.context.actor.session, on.isoformat())
        return replace(self.context, actor=actor, acting=Acting(person, self._keys[person], on), simulated=True)

    def file(self, name: str, text: str) -> str:
        """Path of a file with a text, to be attached to an act."""
        path = self.scratch / name
        path.write_text(text, encoding="utf-8")
        return str(path)
