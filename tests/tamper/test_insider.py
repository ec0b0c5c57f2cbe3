"""Who may write the database and has one key of a person, their own: entries that look right and are not."""

from __future__ import annotations

import base64
import json
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from routeproof.app.context import open_context
from routeproof.app.ledger.export import export_ledger
from routeproof.app.ledger.signatures import BY_PROGRAM
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.objects.attest import attest, attested_bytes
from routeproof.app.objects.own_streams import HEADS, PARTS
from routeproof.governance.roster import ROLES
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import MAX_ENTRY_BYTES, Fact
from routeproof.stores.keys import key_id, open_key, public_text
from routeproof.vocab.errors import LedgerBrokenError
from tamper import desk

if TYPE_CHECKING:
    from pathlib import Path

DAY_NS = 86_400 * 10**9
MINE = public_text(Ed25519PrivateKey.generate().public_key())


def fact(stream: str, kind: str, payload: dict[str, Any], actor: str = "ann", role: str = "analyst") -> Fact:
    """What the insider wants recorded."""
    return Fact(stream, kind, payload, "2026-07-01", actor, role, "s")


def said(log: Path, tmp_path: Path, *facts: Fact, signs: bool = True) -> list[list[tuple[str, int | None]]]:
    """Kinds and entries of what each verifier says of a ledger to which ann appended these, signed by her own key."""
    copy = desk.copy_of(log, tmp_path / "copy")
    key = open_key(copy / "keys" / "people" / "ann.key", None)
    with open_context(copy) as context:
        first = context.records.size()
        context.records.append(
            [attest(item, key, index) if signs else item for index, item in enumerate(facts, start=first)]
        )
    both = [verify_workspace(copy).as_json(), desk.verify_files(desk.offline(), desk.MemoryFiles.of(_export(copy)))]
    return [
        [(item["kind"], item["index"] - first) for item in report["problems"] if item["kind"] == "signature"]
        for report in both
    ]


def _export(copy: Path) -> Path:
    return desk.export(copy, copy.parent / "export")


PROPOSED = {"id": "G9", "person": "ann", "role": "admin", "limits": None, "name": None, "key": None}


@pytest.mark.parametrize(
    "facts",
    [
        (fact("people/roster", "people.key_replaced", {"person": "kim", "key": MINE}),),
        (fact("people/roster", "people.grant_proposed", {**PROPOSED, "person": "kim", "key": MINE, "name": "K"}),),
        (fact("people/roster", "people.founded", {"person": [], "quorum": 1, "unprotected_keys": True}),),
        (fact("policy/firm", "policy.adopted", {"policy": "p"}, role="admin"),),
        (fact("policy/firm", "policy.adopted", {"policy": "p"}, role="supervisor"),),
        (fact("policy/firm", "policy.adopted", {"policy": "p"}, actor="bob"),),
        (fact("people/roster", "people.key_replaced", {}),),
    ],
    ids=[
        "another's key",
        "a key for who has one",
        "a second founding",
        "a role of others",
        "a role that still cools off",
        "nobody",
        "nothing",
    ],
)
def test_what_a_person_may_not_sign_is_found_by_both(log: Path, tmp_path: Path, facts: tuple[Fact, ...]) -> None:
    """The signature is right; who gave it, in which role or about what is not."""
    assert said(log, tmp_path, *facts) == [[("signature", 0)], [("signature", 0)]]


def test_an_own_grant_is_no_grant(log: Path, tmp_path: Path) -> None:
    """Ann proposes herself and approves it; what she then signs as admin falls with it."""
    facts = (
        fact("people/roster", "people.grant_proposed", PROPOSED, role="compliance"),
        fact("people/roster", "people.grant_approved", {"id": "G9", "effective_at": "0"}, role="compliance"),
        fact("policy/firm", "policy.adopted", {"policy": "p"}, role="admin"),
    )
    assert said(log, tmp_path, *facts) == [[("signature", 1), ("signature", 2)]] * 2


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("x", "review.closed"),
        ("x", "duty.closed"),
        ("x", "workspace.restored"),
        ("duty/a/b", "duty.closed"),
        ("review/2026Q3", "pack.built"),
        ("lake/x", "lake.committed"),
        ("x", "evidence.expired"),
        ("x", "findings.judged"),
    ],
)
def test_what_stands_in_a_stream_of_another_kind_is_found_by_both(
    log: Path, tmp_path: Path, stream: str, kind: str
) -> None:
    """Nobody signed it; elsewhere a person would have had to, or only the program writes."""
    wrong = fact(stream, kind, {"sha256": "0" * 64}, "program", "system")
    assert said(log, tmp_path, wrong, signs=False) == [[("signature", 0)]] * 2


@pytest.mark.parametrize("by_index", [True, False])
def test_a_signature_holds_for_one_entry(log: Path, tmp_path: Path, by_index: bool) -> None:  # noqa: FBT001  # the case
    """An old approval is put in once more, as it was signed then; what earlier programs signed is found as well."""
    copy = desk.copy_of(log, tmp_path / "copy")
    with open_context(copy) as context:
        old = next(entry.fact for entry in context.records.stream("people/roster") if "grant_app" in entry.fact.type)
        if not by_index:
            key = open_key(copy / "keys" / "people" / "ann.key", None)
            plain = {name: value for name, value in old.payload.items() if name != "attested"}
            bare = replace(old, payload=plain)
            signature = base64.b64encode(key.sign(attested_bytes(bare, None))).decode()
            mark = {"key": key_id(public_text(key.public_key())), "signature": signature}
            old = replace(bare, payload={**plain, "attested": mark})
            context.records.append([old])
        (index,) = context.records.append([old])
    theirs = desk.verify_files(desk.offline(), desk.MemoryFiles.of(_export(copy)))
    for report in (verify_workspace(copy).as_json(), theirs):
        assert [item["index"] for item in report["problems"] if item["kind"] == "signature"] == [index]


def test_expired_is_a_document_only_by_a_person_in_its_own_stream(log: Path, tmp_path: Path) -> None:
    """What a migration may say of files of packs excuses no letter, whoever writes it."""
    copy = desk.copy_of(log, tmp_path / "copy")
    with open_context(copy) as context:
        sha256 = context.evidence.put(b"letter", media_type="text/plain", name="letter.txt")
        filed = Fact("letters", "letter.filed", {}, "2026-07-01", "program", "operator", "s", evidence=(sha256,))
        expired = fact("workspace", "evidence.expired", {"sha256": sha256, "reason": "x"}, "program", "operator")
        index, _ = context.records.append([filed, expired])
    (copy / "evidence" / sha256).unlink()
    ours = verify_workspace(copy).as_json()["problems"]
    assert [(item["kind"], item["index"]) for item in ours] == [("deleted", index)]
    values = [{"type": item.type, "stream": item.stream, "payload": item.payload, "evidence": list(item.evidence)}
              for item in (filed, expired)]  # fmt: skip
    assert desk.offline().evidence_named(values) == ({sha256: 0}, set())


def test_entries_that_claim_to_be_older_are_told_by_both(log: Path, tmp_path: Path) -> None:
    """The tree holds, so it is a remark: a clock may have been set back by months, too."""
    copy = desk.copy_of(log, tmp_path / "copy")
    with open_context(copy) as context:
        back = context.clock() - 150 * DAY_NS
    with open_context(copy, clock=lambda: back) as context:
        (index,) = context.records.append([Fact("notes", "note", {"text": "x"}, "2026-07-01", "os:a", "operator", "s")])
    ours = verify_workspace(copy).as_json()
    theirs = desk.verify_files(desk.offline(), desk.MemoryFiles.of(_export(copy)))
    for report in (ours, theirs):
        assert report["ok"]
        assert (
            f"Entry {index} says that it was appended before one that stands before it (1 of such"
            in (report["statement"])
        )


def test_both_verifiers_have_the_same_lists() -> None:
    """They share no code, so what they must agree on is held together here."""
    offline = desk.offline()
    assert (offline.PARTS, offline.HEADS) == (PARTS, HEADS)
    assert (set(offline.BY_PROGRAM), offline.ROLES) == (BY_PROGRAM, ROLES)


@pytest.mark.parametrize(
    "change",
    [
        {"payload": []},
        {"payload": "text"},
        {"stream": None},
        {"actor": 5},
        {"role": []},
        {"version": True},
        {"version": -1},
        {"evidence": [[]]},
        {"evidence": ["../records.sqlite"]},
        {"appended_at": "-5"},
        {"appended_at": "9" * 40},
        {"payload": {"text": "x" * 70_000}},
        {"more": 1},
    ],
    ids=str,
)
def test_what_has_not_the_types_of_an_entry_is_unreadable_to_both(
    log: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    """Canonical bytes with a leaf of their own, so the tree holds; each is noted at its place."""
    copy = desk.copy_of(log, tmp_path / "copy")
    entries = desk.entries_of(copy)
    odd = canonical_bytes({**json.loads(entries[-1]), "index": len(entries), **change})
    desk.put_entries(copy, [*entries, odd], leaves=True)
    ours = verify_workspace(copy).as_json()["problems"]
    assert ("unreadable", len(entries)) in [(item["kind"], item["index"]) for item in ours]
    offline = desk.offline()
    with pytest.raises(offline.Wrong) if len(odd) < MAX_ENTRY_BYTES else nullcontext():
        offline.parse_entry(odd)
    with pytest.raises(LedgerBrokenError), open_context(copy) as context:
        export_ledger(context, tmp_path / "export")
