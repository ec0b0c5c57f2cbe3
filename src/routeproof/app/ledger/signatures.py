"""Who acted as a person signed for it, in a role that was theirs: every entry against the roster as it stood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.ledger.signers import ROSTER, Signers
from routeproof.app.objects.attest import ATTESTED, INDEX, attested_bytes
from routeproof.app.objects.own_streams import in_own_stream
from routeproof.governance.roster import ROLES
from routeproof.ledger import base64_strict, ed25519
from routeproof.stores.keys import key_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from routeproof.ledger.entry import Recorded

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
    """(index, what is wrong) of each entry that nobody, or not who might, has signed or put where it stands."""
    signers = Signers()
    for entry in entries:
        try:
            wrong = _wrong(entry, signers)
            if not wrong:
                signers.see(entry)
        except (KeyError, TypeError, AttributeError, ValueError):
            wrong = "the entry does not say what one of its type says"
        if wrong:
            yield entry.index, wrong


def _wrong(entry: Recorded, signers: Signers) -> str:
    fact = entry.fact
    if not in_own_stream(fact):
        return f"{fact.type} stands in the stream {fact.stream!r}, which is not of its kind"
    if fact.payload.get(ATTESTED) is not None:
        return _wrong_signature(entry, signers) or signers.wrong_role(entry) or signers.wrong_change(fact)
    founding = fact.stream == ROSTER and fact.type == "people.founded" and not signers.keys
    governed = fact.stream.count("/") == 1 and not founding and fact.type not in BY_PROGRAM
    if governed or (fact.role in ROLES and fact.type not in WITHOUT_SIGNATURE):
        return f"{fact.actor} is named as {fact.role} and did not sign"
    return ""


def _wrong_signature(entry: Recorded, signers: Signers) -> str:
    fact = entry.fact
    mark: Any = fact.payload[ATTESTED]
    public = signers.keys.get(fact.actor)
    if public is None:
        return f"{fact.actor} signed, and is nobody of the roster"
    if not isinstance(mark, dict) or mark.get("key") != key_id(public):
        return f"the signature is not by the key of {fact.actor}"
    index = mark.get(INDEX)
    try:
        signature = base64_strict.decode(str(mark.get("signature")))
        good = ed25519.verify(base64_strict.decode(public), attested_bytes(fact, index), signature)
    except ValueError:
        good = False
    if not good:
        return f"the signature of {fact.actor} does not verify"
    if index is None:
        return signers.wrong_repeat(entry, signature)
    return "" if index == entry.index else f"{fact.actor} signed this for entry {index}"
