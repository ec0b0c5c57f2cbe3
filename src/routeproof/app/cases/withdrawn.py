"""Which findings of a case no longer stand, and when they were withdrawn: read from the findings' own record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import told
from routeproof.app.objects.findings import WITHDRAWN, stream_of
from routeproof.ledger.entry import read_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from routeproof.ledger.entry import Recorded
    from routeproof.stores.records import Records

_GONE = "SELECT id, day FROM findings WHERE case_id = :case AND withdrawn = 1 ORDER BY at, id"
_SAID = (
    "SELECT entry FROM ledger_entries JOIN ledger_leaves USING (entry_index) WHERE stream = :stream AND type = :type "
    "ORDER BY entry_index DESC"
)


def withdrawn_of(records: Records, case_id: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Ids of the case's findings that were withdrawn and do not stand again, by time; and the entries that say so.

    An entry is told as those of a case's history, with `findings`, those of the case that it withdrew.
    """
    days = {str(key): str(day) for key, day in records.query(_GONE, {"case": case_id})}
    entries = [item for day in sorted(set(days.values())) for item in _entries(records, day, _of(days, day))]
    return list(days), sorted(entries, key=lambda item: int(item["index"]))


def _of(days: dict[str, str], day: str) -> set[str]:
    return {key for key, own in days.items() if own == day}


def _entries(records: Records, day: str, gone: set[str]) -> Iterator[dict[str, Any]]:
    """The last withdrawal of each finding: an earlier one was taken back when the finding was recorded again."""
    left = set(gone)
    for entry in _withdrawals(records, day):
        named: Any = entry.fact.payload["findings"]
        if here := [key for key in named if key in left]:
            left -= set(here)
            yield told(entry) | {"findings": here}
        if not left:
            return


def _withdrawals(records: Records, day: str) -> Iterator[Recorded]:
    found: Any = records.query(_SAID, {"stream": stream_of(date.fromisoformat(day)), "type": WITHDRAWN})
    for (entry,) in found:
        yield read_entry(bytes(entry))
