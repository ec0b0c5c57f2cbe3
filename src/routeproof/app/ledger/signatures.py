"""Who acted as a person signed for it: every attested entry is checked against the roster as it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.objects.attest import ATTESTED, attested_bytes
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.governance.roster import ROLES
from routeproof.ledger import base64_strict, ed25519
from routeproof.stores.keys import key_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routeproof.ledger.entry import Fact, Recorded

ROSTER = PEOPLE.stream(STREAM_ID)
WITHOUT_SIGNATURE = frozenset({"note"})
"""Types that a person's role may stand on without their signature: remarks, which decide nothing."""

BY_PROGRAM = frozenset(
    {
        *("findings.recorded", "findings.amended", "findings.withdrawn", "findings.suppressed", "findings.judged"),
        *("case.opened", "case.finding_added", "case.finding_amended", "case.escalated", "day.amended"),
        "report.built",
    }
)
"""Types that the program records by itself in streams of governed objects, in a role that is no person's."""


def unsigned_entries(entries: Iterable[Recorded]) -> Iterator[tuple[int, str]]:
    """(index, what is wrong) of each entry that is not signed by the person it names."""
    keys: dict[str, str] = {}
    for entry in entries:
        fact = entry.fact
        wrong = _wrong(fact, keys)
        if wrong:
            yield entry.index, wrong
        else:
            keys.update(_keys_named(fact))


def _wrong(fact: Fact, keys: dict[str, str]) -> str:
    mark = fact.payload.get(ATTESTED)
    if mark is None:
        founding = fact.stream == ROSTER and fact.type == "people.founded" and not keys
        governed = fact.stream.count("/") == 1 and not founding and fact.type not in BY_PROGRAM
        if governed or (fact.role in ROLES and fact.type not in WITHOUT_SIGNATURE):
            return f"{fact.actor} is named as {fact.role} and did not sign"
        return ""
    public = keys.get(fact.actor)
    if public is None:
        return f"{fact.actor} signed, and is nobody of the roster"
    if not isinstance(mark, dict) or mark.get("key") != key_id(public):
        return f"the signature is not by the key of {fact.actor}"
    try:
        signature = base64_strict.decode(str(mark.get("signature")))
        good = ed25519.verify(base64_strict.decode(public), attested_bytes(fact), signature)
    except ValueError:
        good = False
    return "" if good else f"the signature of {fact.actor} does not verify"


def _keys_named(fact: Fact) -> dict[str, str]:
    """Public keys that an entry of the roster gives, by person."""
    payload: Any = fact.payload
    if fact.stream != ROSTER:
        return {}
    match fact.type:
        case "people.founded":
            return {person["id"]: person["key"] for person in payload["person"]}
        case "people.grant_proposed" if payload.get("key"):
            return {payload["person"]: payload["key"]}
        case "people.key_replaced":
            return {payload["person"]: payload["key"]}
    return {}
