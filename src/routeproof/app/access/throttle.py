"""Guessing is slow: so many failures for one name from one place, and for one place, within a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.access.tables import access_database
from routeproof.vocab.errors import RouteproofError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.context import Context

WINDOW_S = 300
MOST_FOR_A_NAME = 8
MOST_FOR_A_PLACE = 60


class TooManyError(RouteproofError):
    """Somebody asks too often; it helps to wait."""

    code = "too_many"


def require_patience(context: Context, name: str, place: str) -> None:
    """Refuse another try for a name from a place after too many that failed.

    Raises:
        TooManyError: saying how long to wait.
    """
    since = context.clock() - WINDOW_S * NS_PER_S
    with access_database(context.workspace).reading() as database:
        for who, most in _counted(name, place):
            (failed,) = database.execute(
                "select count(*) from attempt where who = ? and at > ?", (who, since)
            ).fetchone()
            if failed >= most:
                message = f"too many failed attempts: wait {WINDOW_S // 60} minutes"
                raise TooManyError(message)


def count_failure(context: Context, name: str, place: str) -> None:
    """Remember a try that failed."""
    now = context.clock()
    with access_database(context.workspace).transaction() as database:
        database.execute("delete from attempt where at <= ?", (now - WINDOW_S * NS_PER_S,))
        database.executemany("insert into attempt values (?, ?)", [(who, now) for who, _ in _counted(name, place)])


def _counted(name: str, place: str) -> tuple[tuple[str, int], ...]:
    return (f"name {name[:100]} {place}", MOST_FOR_A_NAME), (f"place {place}", MOST_FOR_A_PLACE)
