"""Values that count once: a challenge, or the state of a way to another site and back, held for who was given it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.access.tables import access_database
from routeproof.stores.sealing import fingerprint
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.context import Context

KEPT_NS = 300 * NS_PER_S


def keep_once(context: Context, cookie: str, purpose: str, value: str) -> None:
    """Hold a value for the holder of a cookie, in the place of an earlier one of the same purpose."""
    now = context.clock()
    with access_database(context.workspace).transaction() as database:
        database.execute("delete from once where ends_at <= ?", (now,))
        database.execute(
            "insert or replace into once values (?, ?, ?, ?)", (fingerprint(cookie), purpose, value, now + KEPT_NS)
        )


def take_once(context: Context, cookie: str, purpose: str) -> str | None:
    """The value that is held, which from now on is not; null if there is none, or its five minutes are over."""
    with access_database(context.workspace).transaction() as database:
        row = database.execute(
            "delete from once where holder = ? and purpose = ? returning value, ends_at", (fingerprint(cookie), purpose)
        ).fetchone()
    return row["value"] if row and context.clock() < row["ends_at"] else None
