"""People, their roles and public keys, folded from the stream `people`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

Instant = Annotated[int, PlainSerializer(str, when_used="json")]
"""UTC nanoseconds; decimal text in JSON, whose numbers end at 2^53."""

ROLES = ("analyst", "supervisor", "committee", "compliance", "admin", "key_custodian", "examiner")


class Grant(BaseModel):
    """A role for a person.

    Attributes:
        role: one of `ROLES`.
        effective_at: UTC nanoseconds of the true clock from which it counts; null = founding, at once.
        revoked: no longer counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    role: str
    effective_at: Instant | None = None
    revoked: bool = False

    def counts(self, now: int) -> bool:
        """Whether the role may be used at an instant of the true clock."""
        return not self.revoked and (self.effective_at is None or self.effective_at <= now)


class Person(BaseModel):
    """One person.

    Attributes:
        id: short name, used with `--as`.
        name: full name.
        key: base64 of the 32 public key bytes (Ed25519).
        grants: roles.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    name: str
    key: str
    grants: tuple[Grant, ...] = ()

    def roles(self, now: int) -> tuple[str, ...]:
        """Roles that count now."""
        return tuple(grant.role for grant in self.grants if grant.counts(now))


class Roster(BaseModel):
    """Everybody.

    Attributes:
        people: by id.
        quorum: signatures that a closing needs, not counting who wrote the minutes.
        unprotected_keys: keys stand without passphrase; every sign-off says so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    people: Mapping[str, Person] = Field(default_factory=dict)
    quorum: int = 2
    unprotected_keys: bool = False

    def name_of(self, person: str) -> str:
        """Full name, or the id of somebody unknown."""
        return self.people[person].name if person in self.people else person
