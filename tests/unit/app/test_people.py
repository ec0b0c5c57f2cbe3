"""People: a role needs two persons and a cooling-off; every refusal says why and is recorded."""

from __future__ import annotations

import base64
import json
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography.exceptions import InvalidSignature

from governance_desk import NOON, Desk, new_desk
from routeproof.app.firm.people import approve_grant, grant_role, people_listed
from routeproof.app.objects.act import act
from routeproof.app.objects.attest import attested_bytes
from routeproof.governance.decider import RefusalError
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.stores.keys import PassphraseError, change_passphrase, make_key, open_key

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _grant(desk: Desk, by: str, person: str, role: str, name: str | None = None) -> str:
    with desk.context(by) as context:
        return grant_role(context, person, role, name, lambda: None)["proposed"][-1]["id"]


def _approve(desk: Desk, by: str, grant: str) -> None:
    with desk.context(by) as context:
        approve_grant(context, grant)


def _roles(desk: Desk, person: str) -> list[str]:
    with desk.context() as context:
        return next(item["roles"] for item in people_listed(context)["items"] if item["id"] == person)


def test_an_approved_role_counts_only_after_the(desk: Desk) -> None:
    """An approved role counts only after the cooling off of the true clock."""
    grant = _grant(desk, "adam", "ann", "supervisor")
    _approve(desk, "carl", grant)
    desk.clock.pass_days(0.99)
    assert _roles(desk, "ann") == ["analyst"]
    desk.clock.pass_days(0.02)
    assert _roles(desk, "ann") == ["analyst", "supervisor"]


def test_a_business_date_does_not_shorten_the(desk: Desk) -> None:
    """A business date does not shorten the cooling off."""
    grant = _grant(desk, "adam", "ann", "compliance")
    _approve(desk, "carl", grant)
    body = {"person": "sam", "role": "supervisor"}
    with desk.claiming("ann", date(2030, 1, 1)) as context, pytest.raises(RefusalError) as refused:
        act(context, PEOPLE, STREAM_ID, "revoke", body)
    assert refused.value.code == "not_permitted"
    assert "cooling-off" in refused.value.message


@pytest.mark.parametrize(
    ("proposer", "for_whom", "approver", "code"),
    [
        ("carl", "ann", "carl", "own_work"),
        ("adam", "cleo", "cleo", "own_work"),
        ("adam", "ann", "adam", "own_work"),
        ("adam", "ann", "ed", "not_permitted"),
    ],
)
def test_nobody_approves_a_grant_that_they_proposed(
    desk: Desk, proposer: str, for_whom: str, approver: str, code: str
) -> None:
    """Nobody approves a grant that they proposed or that is for them."""
    grant = _grant(desk, proposer, for_whom, "committee")
    with pytest.raises(RefusalError) as refused:
        _approve(desk, approver, grant)
    assert refused.value.code == code
    assert "committee" not in _roles(desk, for_whom)


def test_a_refusal_is_an_entry_that_names(desk: Desk) -> None:
    """A refusal is an entry that names person object and rule."""
    with pytest.raises(RefusalError):
        _grant(desk, "ed", "ann", "supervisor")
    with desk.context() as context:
        entry = json.loads(context.records.entries()[-1])
    assert (entry["type"], entry["actor"]) == ("act.refused", "ed")
    assert entry["payload"]["object"] == "people/roster"
    assert entry["payload"]["code"] == "not_permitted"


def test_somebody_new_gets_a_key_that_only(desk: Desk) -> None:
    """Somebody new gets a key that only its owner can read."""
    _approve(desk, "carl", _grant(desk, "adam", "zoe", "analyst", "Zoe"))
    mode = stat.S_IMODE((desk.root / "keys" / "people" / "zoe.key").stat().st_mode)
    assert mode == 0o600


def test_a_key_made_elsewhere_is_not_the(desk: Desk) -> None:
    """A key made elsewhere is not the persons."""
    path = desk.root / "keys" / "people" / "ann.key"
    path.unlink()
    make_key(path, None)
    with pytest.raises(RefusalError) as refused, desk.context("ann"):
        pass
    assert refused.value.code == "not_permitted"


def test_the_signature_covers_all_of_a_fact(desk: Desk) -> None:
    """The signature covers all of a fact and its place, but not the time."""
    grant = _grant(desk, "adam", "ann", "supervisor")
    with desk.context() as context:
        entry = context.records.stream("people/roster")[-1]
    assert entry.fact.payload["id"] == grant
    signature = base64.b64decode(entry.fact.payload["attested"]["signature"])
    key = open_key(desk.root / "keys" / "people" / "adam.key", None).public_key()
    key.verify(signature, attested_bytes(entry.fact, entry.index))

    with pytest.raises(InvalidSignature):
        key.verify(signature, attested_bytes(replace(entry.fact, business_on="2026-09-20"), entry.index))
    with pytest.raises(InvalidSignature):
        key.verify(signature, attested_bytes(entry.fact, entry.index + 1))


def test_an_entry_appended_long_after_its_business(desk: Desk) -> None:
    """An entry appended long after its business date says so."""
    day = datetime.fromtimestamp(NOON // 10**9, tz=UTC).date() - timedelta(days=3)
    desk.act("carl", PEOPLE, STREAM_ID, "revoke", {"person": "sam", "role": "supervisor"}, on=day)
    last = desk.show(PEOPLE, STREAM_ID)["history"][-1]
    assert (last["business_on"], last["note"]) == (day.isoformat(), "entered 3 days after")
    assert date.fromisoformat(last["business_on"]) == day


def test_a_protected_key_opens_with_its_passphrase(tmp_path: Path) -> None:
    """A protected key opens with its passphrase only."""
    path = tmp_path / "ann.key"
    make_key(path, b"one")
    for wrong in (None, b"two"):
        with pytest.raises(PassphraseError):
            open_key(path, wrong)
    change_passphrase(path, b"one", b"two")
    open_key(path, b"two")
    path.chmod(0o644)
    with pytest.raises(Exception, match="0600"):
        open_key(path, b"two")


def test_a_grant_is_answered_by_its_own_id(desk: Desk) -> None:
    """What `people grant` prints is what `people approve` takes, whoever else proposed something."""
    with desk.context("adam") as context:
        proposed = grant_role(context, "sam", "committee", None, lambda: None)
    assert (proposed["id"], proposed["grant"], proposed["state"]) == ("G1", "G1", "proposed")
