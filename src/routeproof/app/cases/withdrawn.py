"""Which findings of a case no longer stand, and when they were withdrawn: read from the findings' own record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.act import told
from routeproof.app.objects.findings import WITHDRAWN, stream_of
from routeproof.ledger.entry import read_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.ledger.entry import Recorded
    from routeproof.stores.records import Records

ASKED_AT_ONCE = 500
_SAID = (
    "SELECT entry FROM ledger_entries JOIN ledger_leaves USING (entry_index) WHERE stream = :stream AND type = :type "
    "ORDER BY entry_index DESC"
)


def withdrawn_of(records: Records, findings: Sequence[str]) -> tuple[list[str], list[dict[str, Any]]]:
    """Which of a case's findings were withdrawn and do not stand again, by time; and the entries that say so.

    A finding that went on to a successor is still one of the case's. An entry is told as those of
    a case's history, with `findings`, those of the case that it withdrew.
    """
    days = _gone(records, findings)
    entries = [item for day in sorted(set(days.values())) for item in _entries(records, day, _of(days, day))]
    return list(days), sorted(entries, key=lambda item: int(item["index"]))


def _gone(records: Records, findings: Sequence[str]) -> dict[str, str]:
    """Day of each finding that is withdrawn, by time."""
    rows: list[Any] = []
    for start in range(0, len(findings), ASKED_AT_ONCE):
        named = {f"id{place}": key for place, key in enumerate(findings[start : start + ASKED_AT_ONCE])}
        some = ", ".join(f":{name}" for name in named)
        rows += records.query(f"SELECT at, id, day FROM findings WHERE withdrawn = 1 AND id IN ({some})", named)  # noqa: S608
    return {str(key): str(day) for _, key, day in sorted(rows)}


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
