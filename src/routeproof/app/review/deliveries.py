"""What had been delivered when a manifest was in force: counts by day, source and table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from routeproof.stores.records import Records

Row = dict[str, Any]
NO_DAY = "(no day)"


def deliveries(
    records: Records, lake_folder: Path, manifest: str, days: Sequence[date], entries: int | None = None
) -> list[Row]:
    """Rows `day, source, table, received, accepted, rejected` (reason to count), in order.

    Read from the commit documents up to the last commit that left the lake at this manifest, so that later
    deliveries do not change what an earlier pack says of its data. A file that was read again counts once, as last
    read. With `entries`, only commits of the first so many entries of the record: what others publish changes no
    manifest. Rows without a readable day stand with `NO_DAY`, if their file has rows of these days or of no day at all.
    """
    wanted = {day.isoformat() for day in days}
    latest: dict[str, Any] = {}
    for document in _documents(records, lake_folder, manifest, entries):
        latest |= {item["source_id"]: item["outcome"] for item in document["sources"]}
    rows: dict[tuple[str, str, str], Row] = {}
    for outcome in latest.values():
        dated = {day["day"] for day in outcome["days"]} - {None}
        shown = {*wanted, None} if not dated or dated & wanted else wanted
        for day in outcome["days"]:
            if day["day"] in shown:
                key = (day["day"] or NO_DAY, outcome["source"], outcome["table"])
                _add(rows.setdefault(key, _empty(*key)), day)
    return [rows[key] for key in sorted(rows)]


def _documents(records: Records, lake_folder: Path, manifest: str, entries: int | None) -> Iterator[Any]:
    has_begun = False
    for found, sha256, index in records.query("SELECT manifest, document, entry_index FROM lake_commits ORDER BY seq"):
        if entries is not None and int(str(index)) >= entries:
            return
        if has_begun and found != manifest:
            return
        has_begun = has_begun or found == manifest
        yield json.loads((lake_folder / "commits" / f"{sha256}.json").read_bytes())


def _empty(day: str, source: str, table: str) -> Row:
    return {"day": day, "source": source, "table": table, "received": 0, "accepted": 0, "rejected": {}}


def _add(row: Row, counts: Row) -> None:
    row["received"] += counts["received"]
    row["accepted"] += counts["accepted"]
    for reason, count in sorted(counts["rejected"].items()):
        row["rejected"][reason] = row["rejected"].get(reason, 0) + count
