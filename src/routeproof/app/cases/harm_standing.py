"""Whether the data that a case's harm was measured on have changed since, such as by a bust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.stores.manifest import UNMEASURED

if TYPE_CHECKING:
    from datetime import date

    from routeproof.stores.records import Records

_CONTENT = (
    "SELECT table_name, part, content FROM lake_partitions p WHERE {parts} AND seq = (SELECT MAX(seq) FROM "
    "lake_partitions o WHERE o.table_name = p.table_name AND o.part = p.part AND o.seq <= :seq)"
)


def data_changed(records: Records, manifest: str, day: date | None) -> bool:
    """Whether measured tables say something else of the day than in that manifest; without a day, of any."""
    ((then,),) = records.query("SELECT MAX(seq) FROM lake_commits WHERE manifest = :id", {"id": manifest})
    ((now,),) = records.query("SELECT MAX(seq) FROM lake_commits")
    return _contents(records, then, day) != _contents(records, now, day)


def _contents(records: Records, seq: object, day: date | None) -> set[tuple[str, ...]]:
    """Table, part and hash of what stood after a commit."""
    statement = _CONTENT.format(parts="1 = 1" if day is None else "part = :day")
    bound = {"seq": seq or 0} | ({} if day is None else {"day": day.isoformat()})
    rows = records.query(statement, bound)
    return {(str(table), str(part), str(content)) for table, part, content in rows if table not in UNMEASURED}
