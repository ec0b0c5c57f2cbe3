"""Who works at the demo's firm: one person per role, and the password that opens every account of theirs."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.access.accounts import change_password, make_account, require_strength
from routeproof.app.context import open_context
from routeproof.stores.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

VARIABLE = "ROUTEPROOF_DEMO_PASSWORD"
KEPT = "demo.json"
PRIVATE = 0o600
PASSWORD_BYTES = 12
GRANT_DAYS = 365
QUORUM = 2
FROM_ON, TO_ON = date(2026, 7, 1), date(2026, 12, 31)
"""What the examiner may see: the demo's quarter and the weeks in which it was reviewed."""

CAST = (
    ("analyst", "analyst", "Ann Alvarez"),
    ("supervisor", "supervisor", "Sam Okafor"),
    ("member1", "committee", "Cora Lindt"),
    ("member2", "committee", "Cole Baptiste"),
    ("member3", "committee", "Mira Tanaka"),
    ("compliance", "compliance", "Carl Meyer"),
    ("vendor_manager", "vendor_manager", "Vera Novak"),
    ("admin", "admin", "Adam Reyes"),
    ("custodian", "key_custodian", "Kim Sorensen"),
    ("examiner", "examiner", "Ed Whitlock"),
)
"""User name, role, name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the demo keeps beside its records.

    Attributes:
        password: of every account.
        filled: whether the filling came to its end.
    """

    password: str
    filled: bool


def roster(today: date) -> dict[str, Any]:
    """The founding roster; the examiner's role ends a year after a day and reaches the demo's days only."""
    limits = {"from_on": FROM_ON, "to_on": TO_ON, "expires_on": today + timedelta(days=GRANT_DAYS)}
    return {
        "quorum": QUORUM,
        "person": [
            {"id": user, "name": name, "roles": [role]}
            | ({"limits": {role: {key: day.isoformat() for key, day in limits.items()}}} if role == "examiner" else {})
            for user, role, name in CAST
        ],
    }


def chosen_password() -> str:
    """The password that the environment names, else a new one.

    Raises:
        UsageError: it is too short or too long.
    """
    given = os.environ.get(VARIABLE, "")
    if given:
        require_strength(given)
    return given or secrets.token_urlsafe(PASSWORD_BYTES)


def keep(root: Path, kept: Kept) -> None:
    """Write down the password for its owner alone, so that a second run can print it again."""
    content = json.dumps({"password": kept.password, "filled": kept.filled})
    write_whole(root / KEPT, content.encode(), mode=PRIVATE)


def kept_in(root: Path) -> Kept | None:
    """What a demo keeps; none where there is no demo."""
    try:
        found = json.loads((root / KEPT).read_text(encoding="utf-8"))
        return Kept(str(found["password"]), bool(found["filled"]))
    except (OSError, ValueError, KeyError):
        return None


def make_accounts(context: Context, password: str) -> None:
    """An account for everybody."""
    for user, _, _ in CAST:
        make_account(context, user, password)


def renewed(root: Path, kept: Kept) -> Kept:
    """A filled demo under the password that the environment names now, if it names another one."""
    given = os.environ.get(VARIABLE, "")
    if not given or given == kept.password:
        return kept
    with open_context(root) as context:
        for user, _, _ in CAST:
            change_password(context, user, kept.password, given)
    keep(root, Kept(given, kept.filled))
    return Kept(given, kept.filled)


def account_lines(password: str) -> list[str]:
    """One line per account: role, user name, password."""
    return [f"{role}  {user}  {password}" for user, role, _ in CAST]
