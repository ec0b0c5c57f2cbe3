"""The roster as the entries make it: whose key is which, and who had which role when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.ledger.entry import Fact, Recorded

ROSTER = PEOPLE.stream(STREAM_ID)
GRACE_NS = 3_600 * NS_PER_S
"""How long after its last day a role may still stand in an entry: it was decided upon just before it was appended."""


@dataclass(slots=True)
class _Role:
    """A role of a person, from an instant (UTC ns) to a last day (ISO 8601, UTC), unless it was taken away."""

    name: str
    begins_at: int
    last_on: str | None
    revoked: bool = False

    def counts(self, at: int) -> bool:
        if self.revoked or at < self.begins_at:
            return False
        return self.last_on is None or _day(at - GRACE_NS) <= self.last_on


@dataclass(slots=True)
class _Granted:
    """What was proposed, until somebody else approves it."""

    person: str
    role: str
    by: str
    last_on: str | None


@dataclass(slots=True)
class Signers:
    """Keys by person, and roles, after each entry that was seen.

    Attributes:
        keys: person to public key, base64.
    """

    keys: dict[str, str] = field(default_factory=dict)
    _roles: dict[str, list[_Role]] = field(default_factory=dict)
    _proposed: dict[str, _Granted] = field(default_factory=dict)
    _without_index: dict[bytes, int] = field(default_factory=dict)

    def wrong_repeat(self, entry: Recorded, signature: bytes) -> str:
        """What speaks against a signature that names no entry: that it stood before; empty if nothing does."""
        first = self._without_index.setdefault(signature, entry.index)
        return "" if first == entry.index else f"the signature of {entry.fact.actor} is that of entry {first}"

    def wrong_role(self, entry: Recorded) -> str:
        """What speaks against the role in which a person signed; empty if nothing does."""
        fact = entry.fact
        held = self._roles.get(fact.actor, [])
        if any(role.name == fact.role and role.counts(entry.appended_at) for role in held):
            return ""
        return f"{fact.actor} signed as {fact.role}, which was no role of theirs then"

    def wrong_change(self, fact: Fact) -> str:
        """What speaks against a change of the roster: others' keys, own grants; empty if nothing does."""
        if fact.stream != ROSTER:
            return ""
        payload: Any = fact.payload
        person = payload.get("person")
        match fact.type:
            case "people.founded":
                return "the roster is founded a second time"
            case "people.key_replaced" if person != fact.actor:
                return f"{fact.actor} put another key in the place of that of {person}"
            case "people.grant_proposed" if payload.get("key") and person in self.keys:
                return f"{fact.actor} gave {person} a key, who has one"
            case "people.grant_approved":
                grant = self._proposed.get(str(payload.get("id")))
                if grant is None or fact.actor in (grant.by, grant.person):
                    return f"{fact.actor} approved a grant of their own, or none that there is"
        return ""

    def see(self, entry: Recorded) -> None:
        """Take in an entry with which nothing is wrong."""
        fact = entry.fact
        if fact.stream != ROSTER:
            return
        payload: Any = fact.payload
        match fact.type:
            case "people.founded":
                for person in payload["person"]:
                    self.keys[person["id"]] = person["key"]
                    limits = person.get("limits") or {}
                    self._roles[person["id"]] = [_Role(name, 0, _last_on(limits.get(name))) for name in person["roles"]]
            case "people.grant_proposed":
                if payload.get("key"):
                    self.keys[payload["person"]] = payload["key"]
                last_on = _last_on(payload.get("limits"))
                self._proposed[payload["id"]] = _Granted(payload["person"], payload["role"], fact.actor, last_on)
            case "people.grant_approved":
                grant = self._proposed[payload["id"]]
                role = _Role(grant.role, int(payload["effective_at"]), grant.last_on)
                self._roles.setdefault(grant.person, []).append(role)
            case "people.role_revoked":
                for role in self._roles.get(payload["person"], []):
                    role.revoked = role.revoked or role.name == payload["role"]
            case "people.key_replaced":
                self.keys[payload["person"]] = payload["key"]


def _last_on(limits: dict[str, Any] | None) -> str | None:
    return (limits or {}).get("expires_on")


def _day(at: int) -> str:
    return datetime.fromtimestamp(max(at, 0) // NS_PER_S, tz=UTC).date().isoformat()
