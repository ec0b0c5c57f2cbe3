"""Changes of policy that a firm decided, put into the parsed documents as further dated entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

Subjects = dict[str, Any]
CALENDAR = "calendar"
CALENDAR_FIELDS = {"day", "kind", "close_time", "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value from a day on.

    Attributes:
        key: dotted place in the documents: `margins.e_over_q`, `framework.months`; `calendar` for a single day.
        value: as in the documents.
        effective_from: first day on which it counts.
        citation: who decided it, for whoever reads the value.
    """

    key: str
    value: Any
    effective_from: date
    citation: str


def merged(documents: Iterable[Mapping[str, Any]]) -> Subjects:
    """Subjects of several documents together.

    Raises:
        UsageError: for a subject that two of them give.
    """
    subjects: Subjects = {}
    for document in documents:
        if doubled := subjects.keys() & document.keys():
            message = f"policy subjects given twice: {', '.join(sorted(doubled))}"
            raise UsageError(message)
        subjects.update(document)
    return subjects


def with_change(subjects: Subjects, change: Change, new_keys: Collection[str] = ()) -> Subjects:
    """The subjects with one more dated value; one of the same day is replaced.

    Args:
        subjects: parsed documents.
        change: what was decided.
        new_keys: keys that may be set though no document does yet (margins of metrics).

    Raises:
        UsageError: for a key that there is not, or a value of another kind than the one it follows.
    """
    if change.key == CALENDAR:
        _require_calendar_day(change)
        return {**subjects, CALENDAR: [*subjects.get(CALENDAR, []), _entry(change, change.value)]}
    found: Subjects = _changed(subjects, change.key.split("."), change, new_keys)
    return found


def keys_of(subjects: Subjects, prefix: str = "") -> list[str]:
    """Every key that has values, in order."""
    found: list[str] = []
    for name, item in subjects.items():
        key = f"{prefix}{name}"
        found += keys_of(item, f"{key}.") if isinstance(item, dict) else [key]
    return sorted(found)


def entries_of(subjects: Subjects, key: str) -> list[dict[str, Any]]:
    """Dated entries of a key that `keys_of` names."""
    node: Any = subjects
    for name in key.split("."):
        node = node[name]
    return list(node)


def _changed(node: Any, path: list[str], change: Change, new_keys: Collection[str]) -> Any:  # noqa: ANN401  # TOML
    if isinstance(node, list):
        return _with_entry(node, ".".join(path), change)
    name, rest = (path[0], path[1:]) if path else ("", [])
    if name in node:
        return {**node, name: _changed(node[name], rest, change, new_keys)}
    if change.key in new_keys and not rest:
        return {**node, name: [_entry(change, change.value)]}
    message = f"expected a key of the policy (`routeproof policy show` lists them), found {change.key!r}"
    raise UsageError(message, where="key")


def _with_entry(entries: list[dict[str, Any]], member: str, change: Change) -> list[dict[str, Any]]:
    before = [entry for entry in entries if entry["effective_from"] <= change.effective_from]
    base = (before or entries)[-1 if before else 0]["value"]
    if member:
        if not isinstance(base, dict) or member not in base:
            message = f"expected a key of the policy, found {change.key!r}: the value there has no {member}"
            raise UsageError(message, where="key")
        value: Any = {**base, member: _like(base[member], change.value, change.key)}
    else:
        value = _like(base, change.value, change.key)
    kept = [entry for entry in entries if entry["effective_from"] != change.effective_from]
    return sorted([*kept, _entry(change, value)], key=lambda entry: entry["effective_from"])


def _entry(change: Change, value: Any) -> dict[str, Any]:  # noqa: ANN401  # TOML
    return {"effective_from": change.effective_from, "value": value, "citation": change.citation, "grade": "F"}


def _like(old: Any, new: Any, key: str) -> Any:  # noqa: ANN401  # TOML
    """The new value, which must be of the old one's kind; of a table the members given are replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        if unknown := new.keys() - old.keys():
            message = f"expected members {', '.join(sorted(old))}, found {', '.join(sorted(unknown))}"
            raise UsageError(message, where=key)
        return {**old, **{name: _like(old[name], item, f"{key}.{name}") for name, item in new.items()}}
    if _kind(old) != _kind(new):
        message = f"expected {_kind(old)} like {old!r}, found {new!r}"
        raise UsageError(message, where=key)
    if _kind(old) == "a number" and (new != new or new in (float("inf"), float("-inf"))):  # noqa: PLR0124  # NaN
        message = f"expected a finite number, found {new!r}"
        raise UsageError(message, where=key)
    return new


def _kind(value: Any) -> str:  # noqa: ANN401  # TOML
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    names: dict[str, str] = {"str": "text", "list": "a list", "dict": "a table"}
    name = type(value).__name__
    return names.get(name, name)


def _require_calendar_day(change: Change) -> None:
    value = change.value
    if not isinstance(value, dict) or not {"day", "kind"} <= value.keys() <= CALENDAR_FIELDS:
        message = f"expected a table with day, kind = closed|early_close|open, close_time?, name?, found {value!r}"
        raise UsageError(message, where=CALENDAR)
    if change.effective_from.isoformat() > str(value["day"]):
        message = f"expected a decision before the day it is about, found {value['day']} from {change.effective_from}"
        raise UsageError(message, where="effective_from")
