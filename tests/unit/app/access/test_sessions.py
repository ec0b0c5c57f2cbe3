"""A session ends by itself, by word, and when the person's roles change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.log_in import log_in, opened_key
from routeproof.app.access.sessions import IDLE_NS, LONGEST_NS, session_of, sessions_listed
from routeproof.app.acting import Acting
from routeproof.app.context import open_context
from routeproof.app.firm.people import approve_grant
from routeproof.app.objects.act import act
from routeproof.governance.people import PEOPLE, STREAM_ID
from web_client import PASSWORD, staffed_workspace

if TYPE_CHECKING:
    from pathlib import Path

MINUTE_NS = 60 * 10**9


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """One person per role."""
    return staffed_workspace(tmp_path / "w")


def test_a_session_ends_by_idleness_and_by_age_and_opens_its_key_till_then(workspace: Path) -> None:
    """Half an hour without a look, or twelve hours in all."""
    with open_context(workspace) as context:
        begun = context.clock()
        session = log_in(context, "ann", PASSWORD, place="here")

        def later(after: int):  # noqa: ANN202  # a context
            return replace(context, clock=lambda: begun + after)

        found = session_of(later(IDLE_NS - MINUTE_NS), session.secret)
        assert found is not None
        assert found.key is not None
        assert session_of(later(2 * IDLE_NS - 2 * MINUTE_NS), session.secret) is not None, "it was used in between"
        assert session_of(later(4 * IDLE_NS), session.secret) is None
        other = log_in(context, "ann", PASSWORD, place="here")
        for step in range(1, LONGEST_NS // (20 * MINUTE_NS)):
            assert session_of(later(step * 20 * MINUTE_NS), other.secret) is not None
        assert session_of(later(LONGEST_NS + MINUTE_NS), other.secret) is None


def test_a_role_taken_away_ends_the_session(workspace: Path) -> None:
    """At once, on every server."""
    with open_context(workspace) as context:
        session = log_in(context, "ann", PASSWORD, place="here")
        key = opened_key(context, "cara", PASSWORD)
        assert key is not None
        as_cara = replace(context, acting=Acting("cara", key, context.business_day))
        act(as_cara, PEOPLE, STREAM_ID, "revoke", {"person": "ann", "role": "analyst"})
        assert session_of(context, session.secret) is None
        assert sessions_listed(context, "ann") == []


def test_a_role_that_comes_into_force_ends_the_session(workspace: Path) -> None:
    """Until its cooling-off is over it changes nothing; then the person logs in again, and has it."""
    with open_context(workspace) as context:
        begun = context.clock()

        def later(hours: float, name: str = ""):  # noqa: ANN202  # a context
            key = opened_key(context, name, PASSWORD) if name else None
            acting = Acting(name, key, context.business_day) if key else None
            return replace(context, clock=lambda: begun + int(hours * 60) * MINUTE_NS, acting=acting)

        act(later(0, "ada"), PEOPLE, STREAM_ID, "grant", {"person": "ann", "role": "supervisor"})
        approve_grant(later(0, "cara"), "G1")
        session = log_in(later(23.8), "ann", PASSWORD, place="here")
        assert session_of(later(23.9), session.secret) is not None
        assert session_of(later(24.1), session.secret) is None
        again = log_in(later(24.1), "ann", PASSWORD, place="here")
        assert again.roles == ("analyst", "supervisor")
        assert again.secret != session.secret


def test_what_is_stored_opens_nothing(workspace: Path) -> None:
    """Neither the cookie, nor the password, nor the key stands in the file of accounts."""
    with open_context(workspace) as context:
        session = log_in(context, "ann", PASSWORD, place="here")
        assert session.key is not None
        stored = context.workspace.access_path.read_bytes()
        for secret in (session.secret.encode(), PASSWORD.encode(), session.key.private_bytes_raw()):
            assert secret not in stored
        assert (context.workspace.access_path.parent.stat().st_mode & 0o077) == 0
