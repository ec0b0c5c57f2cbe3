"""A person's new key, and the last people who can give anybody a role."""

from __future__ import annotations

import base64
import json
import stat
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from governance_desk import Desk, new_desk
from program import call
from routeproof.app.firm.people import approve_grant, grant_role, replace_key
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.objects.act import act
from routeproof.app.objects.attest import attested_bytes
from routeproof.governance.decider import RefusalError
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.stores.keys import make_key, open_key, public_text

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _revoke(desk: Desk, by: str, person: str, role: str) -> None:
    desk.act(by, PEOPLE, STREAM_ID, "revoke", {"person": person, "role": role})


def _replace(desk: Desk, person: str) -> dict[str, object]:
    with desk.context(person) as context:
        return replace_key(context, lambda: None)


def test_a_new_key_is_signed_for_by_the_old_one(desk: Desk) -> None:
    """The entry names the new key; the old one signed it, the new one signs what follows, and both verify."""
    path = desk.root / "keys" / "people" / "ann.key"
    old = open_key(path, None).public_key()
    done = _replace(desk, "ann")
    assert public_text(open_key(path, None).public_key()) == done["key"] != public_text(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir() if "ann" in item.name] == ["ann.key"]
    with desk.context() as context:
        entry = context.records.stream("people/roster")[-1]
    assert (entry.fact.type, entry.fact.payload["person"]) == ("people.key_replaced", "ann")
    attested = entry.fact.payload["attested"]
    old.verify(base64.b64decode(attested["signature"]), attested_bytes(entry.fact, entry.index))
    with desk.context("adam") as context:
        grant_role(context, "ann", "supervisor", None, lambda: None)
    assert _replace(desk, "ann")["key"] != done["key"]
    assert not verify_workspace(desk.root).problems


def test_a_key_that_was_opened_before_it_was_replaced_signs_nothing(desk: Desk) -> None:
    """A session that still holds it is told, and nothing is appended but the refusal."""
    with desk.context("carl") as context:
        with desk.context("carl") as other:
            replace_key(other, lambda: None)
        with pytest.raises(RefusalError, match="was replaced") as refused:
            act(context, PEOPLE, STREAM_ID, "revoke", {"person": "sam", "role": "supervisor"})
    assert refused.value.code == "not_permitted"


def test_a_program_that_stopped_in_between_leaves_a_key_that_works(desk: Desk) -> None:
    """Recorded, but not yet in its place: it takes it at the next use. Made, but not recorded: the old one stays."""
    path = desk.root / "keys" / "people" / "ann.key"
    following = path.with_name("ann.key.next")
    make_key(following, b"another passphrase")
    before = path.read_bytes()
    with desk.context("ann"):
        assert path.read_bytes() == before
    following.unlink()
    new = make_key(following, None)
    desk.act("ann", PEOPLE, STREAM_ID, "key", {"key": new})
    with desk.context("ann") as context:
        assert context.acting is not None
        assert public_text(context.acting.key.public_key()) == new
    assert not following.exists()


def test_a_key_that_somebody_has_is_no_new_key(desk: Desk) -> None:
    """Neither one's own nor another's."""
    with desk.context() as context:
        (founded,) = context.records.stream("people/roster")
    keys = {item["id"]: item["key"] for item in founded.fact.payload["person"]}
    for name in ("ann", "abe"):
        with pytest.raises(RefusalError) as refused:
            desk.act("ann", PEOPLE, STREAM_ID, "key", {"key": keys[name]})
        assert refused.value.code == "wrong_state"


def test_the_command_replaces_a_protected_key(tmp_path: Path) -> None:
    """The old passphrase opens the key that signs, the new one protects the key that follows."""
    people, old, new = tmp_path / "people.toml", tmp_path / "old", tmp_path / "new"
    old.write_text("first words", encoding="utf-8")
    new.write_text("second words", encoding="utf-8")
    people.write_text('[[person]]\nid = "ann"\nname = "Ann"\nroles = ["analyst"]\n', encoding="utf-8")
    place = ("--workspace", str(tmp_path / "w"))
    assert call("init", str(tmp_path / "w"), "--people", str(people), "--passphrase-file", str(old)).returncode == 0
    given = ("people", "key", "--as", "ann", *place, "--json", "--passphrase-file")
    done = json.loads(call(*given, str(old), "--new-passphrase-file", str(new)).stdout)
    key = open_key(tmp_path / "w" / "keys" / "people" / "ann.key", b"second words")
    assert public_text(key.public_key()) == done["key"]
    assert isinstance(key.public_key(), Ed25519PublicKey)


def test_somebody_who_can_approve_grants_is_left(desk: Desk) -> None:
    """One of two may go; the last one may not, neither by another nor by himself."""
    _revoke(desk, "carl", "cleo", "compliance")
    for by in ("adam", "carl"):
        with pytest.raises(RefusalError, match="could approve a grant") as refused:
            _revoke(desk, by, "carl", "compliance")
        assert refused.value.code == "criteria_not_met"


def test_an_approver_alone_gives_no_role(desk: Desk) -> None:
    """Who could only approve what they propose themselves: the last one who proposes stays too."""
    _revoke(desk, "carl", "cleo", "compliance")
    with pytest.raises(RefusalError, match="admin of adam"):
        _revoke(desk, "carl", "adam", "admin")


def test_a_role_that_does_not_count_yet_is_nobody(desk: Desk) -> None:
    """A successor counts after the cooling-off, not before."""
    with desk.context("adam") as context:
        grant = grant_role(context, "sam", "compliance", None, lambda: None)["grant"]
    with desk.context("carl") as context:
        approve_grant(context, grant)
    _revoke(desk, "carl", "cleo", "compliance")
    with pytest.raises(RefusalError):
        _revoke(desk, "adam", "carl", "compliance")
    desk.clock.pass_days(2)
    _revoke(desk, "adam", "carl", "compliance")
