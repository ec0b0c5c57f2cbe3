"""A new password ends what the old one began; nobody is said to be locked out who is not there."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.accounts import change_password, disable_account, make_account
from routeproof.app.access.log_in import log_in
from routeproof.app.access.tokens import make_token, session_of_token
from routeproof.app.context import open_context
from routeproof.vocab.errors import UsageError
from web_client import PASSWORD, SOON

if TYPE_CHECKING:
    from pathlib import Path

NEW = "another horse battery staple"


@pytest.fixture
def workspace(staffed: Path, tmp_path: Path) -> Path:
    """A copy of its own."""
    return shutil.copytree(staffed, tmp_path / "w")


@pytest.mark.parametrize("by", ["ann herself", "an administrator"])
def test_a_new_password_ends_tokens_too(workspace: Path, by: str) -> None:
    """A token that writes holds the key; who made it may be who knew the old password."""
    with open_context(workspace) as context:
        key = log_in(context, "ann", PASSWORD, place="192.0.2.9").key
        ends = date.fromisoformat(SOON)
        token = make_token(context, "ann", key, name="script", scopes=["read", "write"], expires_on=ends)["token"]
        assert session_of_token(context, token, looks_only=False) is not None
        if by == "ann herself":
            change_password(context, "ann", PASSWORD, NEW)
        else:
            make_account(context, "ann", PASSWORD)
        assert session_of_token(context, token, looks_only=True) is None


def test_nobody_is_disabled_who_has_no_account(workspace: Path) -> None:
    """The record does not say so either."""
    with open_context(workspace) as context:
        before = context.records.size()
        with pytest.raises(UsageError, match="account"):
            disable_account(context, "nobody", "ada")
        assert context.records.size() == before
