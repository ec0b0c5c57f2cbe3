"""A value that counts once, and a file of accounts that an earlier version made."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from routeproof.app.access.accounts import accounts_listed
from routeproof.app.access.once import KEPT_NS, keep_once, take_once
from routeproof.app.context import open_context
from web_client import Browser

if TYPE_CHECKING:
    from pathlib import Path


def test_a_value_counts_once_for_its_holder_and_its_purpose_and_for_five_minutes(staffed: Path) -> None:
    """A later one takes the place of an earlier one; what is over is gone."""
    with open_context(staffed) as context:
        now = context.clock()
        keep_once(context, "cookie", "asked", "first")
        keep_once(context, "cookie", "asked", "second")
        assert take_once(context, "another cookie", "asked") is None
        assert take_once(context, "cookie", "made") is None
        assert take_once(context, "cookie", "asked") == "second"
        assert take_once(context, "cookie", "asked") is None
        keep_once(context, "cookie", "asked", "third")
        assert take_once(replace(context, clock=lambda: now + 2 * KEPT_NS), "cookie", "asked") is None


def test_a_file_of_the_version_before_passkeys_is_brought_along(staffed: Path, tmp_path: Path) -> None:
    """Accounts are still there, and people log in as ever."""
    root = shutil.copytree(staffed, tmp_path / "w")
    with open_context(root) as context:
        path = context.workspace.access_path
        before = accounts_listed(context)
        with sqlite3.connect(path) as database:
            database.execute("drop table passkey")
            database.execute("drop table once")
            database.execute("pragma user_version = 1")
        assert accounts_listed(context) == before
    assert Browser(root, "ann").get("/me").status_code == 200
