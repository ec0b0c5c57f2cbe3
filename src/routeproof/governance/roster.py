"""People, their roles and public keys, folded from the stream `people`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SerializerFunctionWrapHandler, model_serializer

from routeproof.governance.part import Part
from routeproof.vocab.times import NS_PER_S

Instant = Annotated[int, PlainSerializer(str, when_used="json")]
"""UTC nanoseconds; decimal text in JSON, whose numbers end at 2^53."""

ROLES = (
    "analyst",
    "vendor_manager",
    "supervisor",
    "committee",
    "compliance",
    "admin",
    "key_custodian",
    "examiner",
)


class Limits(Part):
    """What a role reaches, and until when; a firm gives an examiner a role that ends.

    Attributes:
        from_on: first day whose data and objects may be seen; null = no limit.
        to_on: last such day; null = no limit.
        expires_on: last day of the true clock (UTC) on which the role counts; null = no limit.
    """

    from_on: date | None = None
    to_on: date | None = None
    expires_on: date | None = None


class Grant(BaseModel):
    """A role for a person.

    Attributes:
        role: one of `ROLES`.
        effective_at: UTC nanoseconds of the true clock from which it counts; null = founding, at once.
        revoked: no longer counts.
        limits: what the role reaches; null = everything, without end. Left out of JSON then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    role: str
    effective_at: Instant | None = None
    revoked: bool = False
    limits: Limits | None = None

    @model_serializer(mode="wrap")
    def _without_no_limits(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Rosters were recorded before roles had limits; what was shown of them stays as it was."""
        shown: dict[str, Any] = dump(self)
        return shown if self.limits else {name: value for name, value in shown.items() if name != "limits"}

    def counts(self, now: int) -> bool:
        """Whether the role may be used at an instant of the true clock."""
        begun = self.effective_at is None or self.effective_at <= now
        return not self.revoked and begun and not self._expired(now)

    def _expired(self, now: int) -> bool:
        if self.limits is None or self.limits.expires_on is None:
            return False
        return datetime.fromtimestamp(now // NS_PER_S, tz=UTC).date() > self.limits.expires_on


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

    def limits_of(self, role: str, now: int) -> Limits:
        """What a role that counts now reaches; of two grants of one role, the first."""
        found = (grant.limits for grant in self.grants if grant.role == role and grant.counts(now))
        return next(found, None) or Limits()


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
