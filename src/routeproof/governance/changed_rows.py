"""What differs between two versions of a report file, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Texts = dict[str, dict[str, str]]


def changed_rows(old: Texts, new: Texts) -> list[dict[str, Any]]:
    """Differences in the order of the new file, removed rows last.

    Returns:
        `{"row", "change": "changed"|"added"|"removed", "column", "from", "to"}`; an added or removed row is one item
        whose `to` or `from` has its values, and whose `column` is null.
    """
    found: list[dict[str, Any]] = []
    for row, values in new.items():
        if row not in old:
            found.append({"row": row, "change": "added", "column": None, "from": None, "to": values})
            continue
        found += _changed(row, old[row], values)
    found += [
        {"row": row, "change": "removed", "column": None, "from": values, "to": None}
        for row, values in old.items()
        if row not in new
    ]
    return found


def _changed(row: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[dict[str, Any]]:
    columns = [*new, *(name for name in old if name not in new)]
    return [
        {"row": row, "change": "changed", "column": name, "from": old.get(name), "to": new.get(name)}
        for name in columns
        if old.get(name) != new.get(name)
    ]


def counts(diff: list[dict[str, Any]]) -> dict[str, int]:
    """How many values changed, and rows were added and removed."""
    return {kind: sum(item["change"] == kind for item in diff) for kind in ("changed", "added", "removed")}
