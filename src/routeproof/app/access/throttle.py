"""Guessing is slow: so many failures for one name from one place, and for one place, within a while."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from routeproof.app.access.tables import access_database
from routeproof.vocab.errors import RouteproofError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.app.context import Context

WINDOW_S = 300
MOST_FOR_A_NAME = 8
MOST_FOR_A_PLACE = 60


class TooManyError(RouteproofError):
    """Somebody asks too often; it helps to wait."""

    code = "too_many"


@contextlib.contextmanager
def counted_try(context: Context, name: str, place: str) -> Iterator[None]:
    """A try for a name from a place, refused after too many that failed.

    It counts as failed until the block has ended without an error: if it were counted afterwards, as many as come at
    once would all be let try.

    Raises:
        TooManyError: saying how long to wait.
    """
    begun = _begin(context, name, place)
    yield
    with access_database(context.workspace).transaction() as database:
        database.executemany("delete from attempt where rowid = ?", begun)


def _begin(context: Context, name: str, place: str) -> list[tuple[int]]:
    """Rows of the try, as the only one who counts."""
    now = context.clock()
    begun: list[tuple[int]] = []
    with access_database(context.workspace).transaction() as database:
        database.execute("delete from attempt where at <= ?", (now - WINDOW_S * NS_PER_S,))
        for who, most in _counted(name, place):
            (failed,) = database.execute("select count(*) from attempt where who = ?", (who,)).fetchone()
            if failed >= most:
                message = f"too many failed attempts: wait {WINDOW_S // 60} minutes"
                raise TooManyError(message)
            begun.append((int(database.execute("insert into attempt values (?, ?)", (who, now)).lastrowid or 0),))
    return begun


def _counted(name: str, place: str) -> tuple[tuple[str, int], ...]:
    return (f"name {name[:100]} {place}", MOST_FOR_A_NAME), (f"place {place}", MOST_FOR_A_PLACE)
