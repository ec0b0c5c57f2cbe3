"""Rows of the database held against the leaves that were kept of them: what was changed, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.ledger.differences import differences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.context import Context
    from routeproof.app.ledger.report import Report
    from routeproof.app.ledger.stored import Stored
    from routeproof.ledger.entry import Recorded

MESSAGES = {
    "altered": "the entry's bytes are not those that were appended",
    "deleted": "an entry that was appended is missing",
    "inserted": "an entry is there that was not appended by this program",
    "reordered": "entries stand in another order than they were appended",
    "truncated": "entries are missing at the end",
}


def check_rows(stored: Stored, report: Report, database: str) -> list[bytes] | None:
    """Note every difference between entries and leaves.

    Returns the leaves as appended; none if somewhere a leaf and its entry are both lost.
    """
    found, wanted = stored.found(), stored.wanted()
    for index, reason in sorted(stored.unreadable.items()):
        report.add("unreadable", reason, index, database)
    for index in stored.stray:
        report.add("inserted", f"a row stands at {index}, where no append put one", max(index, 0), database)
    for index in stored.missing():
        report.add("deleted", MESSAGES["deleted"], index, database)
    for index, leaf in enumerate(wanted):
        if leaf is None and index not in stored.unreadable:
            report.add("deleted", "the leaf that was kept of the entry is missing", index, database)
    for difference in differences(found, wanted):
        report.add(difference.kind, MESSAGES[difference.kind], difference.index, database)
    # Where the entry is lost its leaf stands for it, and the other way round.
    leaves = [
        leaf if leaf is not None else found[index] if index < len(found) else None for index, leaf in enumerate(wanted)
    ]
    known = [leaf for leaf in leaves or found if leaf is not None]
    return known if len(known) == len(leaves or found) else None


def check_labels(context: Context, entries: Sequence[Recorded], report: Report, database: str) -> None:
    """Stream and type stand beside each leaf so that a stream can be read by itself: they must be the entry's own."""
    rows = context.records.query("SELECT entry_index, stream, type FROM ledger_leaves")
    labels = {index: (stream, kind) for index, stream, kind in rows}
    for entry in entries:
        own = (entry.fact.stream, entry.fact.type)
        if labels.get(entry.index, own) != own:
            message = f"the entry is filed as {labels[entry.index]} and is {own}"
            report.add("projection", message, entry.index, database)


def check_pages(context: Context, report: Report, database: str) -> None:
    """The database's own check of its pages and indexes: a damaged index hides rows from who looks through it."""
    for (found,) in context.records.query("PRAGMA integrity_check(10)"):
        if found != "ok":
            report.add("unreadable", f"the database's own check: {found}", None, database)
