"""Ledger entries of certain types: what proves that a control ran or a duty was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.own_streams import in_own_stream
from routeproof.ledger.entry import read_entry

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.ledger.entry import Recorded
    from routeproof.stores.records import Records

_STATEMENT = "SELECT entry FROM ledger_entries JOIN ledger_leaves USING (entry_index)"


def entries_by_type(
    records: Records, types: Collection[str], start: int = 0, stop: int | None = None
) -> list[Recorded]:
    """Entries of these types in order, from index `start` to before `stop`, or to the end.

    Only those that stand in the stream of their kind: elsewhere anybody may have said so.
    """
    if not types:
        return []
    names = {f"type_{place}": name for place, name in enumerate(sorted(types))}
    wanted = ", ".join(f":{name}" for name in names)
    place = "entry_index >= :start" + ("" if stop is None else " AND entry_index < :stop")
    statement = f"{_STATEMENT} WHERE {place} AND type IN ({wanted}) ORDER BY entry_index"  # our own parameters' names
    bounds = {"start": start} | ({} if stop is None else {"stop": stop})
    rows = records.query(statement, {**names, **bounds})
    found = (read_entry(entry) for (entry,) in rows if isinstance(entry, bytes))
    return [entry for entry in found if in_own_stream(entry.fact)]
