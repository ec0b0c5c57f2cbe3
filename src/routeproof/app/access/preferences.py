"""What a person likes to find again: the theme, and views saved under a name. No record, and nobody else's business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.access.tables import access_database

if TYPE_CHECKING:
    from routeproof.app.context import Context

THEME = "theme"
VIEW = "view."
LONGEST = 2_000


def preferences_of(context: Context, person: str) -> dict[str, str]:
    """By name."""
    with access_database(context.workspace).reading() as database:
        rows = database.execute("select name, value from preference where person = ? order by name", (person,))
        return {row["name"]: row["value"] for row in rows}


def prefer(context: Context, person: str, name: str, value: str) -> None:
    """Keep a preference; an empty value forgets it."""
    with access_database(context.workspace).transaction() as database:
        if not value:
            database.execute("delete from preference where person = ? and name = ?", (person, name[:100]))
            return
        database.execute(
            "insert into preference values (?, ?, ?) on conflict (person, name) do update set value = excluded.value",
            (person, name[:100], value[:LONGEST]),
        )
