"""Which readings of Rule 605 a firm may change, and to what: those that the program can make a report by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

SUBJECT = "rule605"
"""First word of the keys in the firm's policy, such as `rule605.crossed`."""
CONFIRMED, FIRM = "C", "F"
CATEGORIES = (
    *("market", "marketable_limit", "marketable_limit_ioc", "midpoint_or_better", "midpoint_or_better_ioc"),
    *("non_marketable", "non_marketable_ioc", "stop_market", "stop_marketable_limit", "stop_non_marketable_limit"),
)
SPECIAL = ("multi_leg", "not_held", "on_open", "on_close", "pegged", "all_or_none")
MOST_SECONDS, MOST_MONTHS = 86_400, 12
_WORD = re.compile(r"[A-Z0-9][A-Z0-9 _-]{0,19}")
_FILE_NAME = re.compile(r"(?:[A-Za-z0-9_.-]|\{reporter\}|\{month\})+")


def _one_of(*words: object) -> Callable[[Any], bool]:
    return lambda value: value in words


def _some_of(words: Sequence[str]) -> Callable[[Any], bool]:
    return lambda value: len(set(value)) == len(value) and set(value) <= set(words)


def _halts(value: Mapping[str, Any]) -> bool:
    seconds = value["executable_before_s"]
    return value["received"] in ("all", "market_and_marketable") and (
        isinstance(seconds, int) and 0 <= seconds <= MOST_SECONDS
    )


def _words(value: Mapping[str, str]) -> bool:
    return len(set(value.values())) == len(value) and all(_WORD.fullmatch(word) for word in value.values())


def _prints(value: Mapping[str, Any]) -> bool:
    return isinstance(value["capped_at_order"], bool) and all(isinstance(item, str) for item in value["off_exchange"])


def _flags(value: Mapping[str, Any]) -> bool:
    return all(isinstance(item, bool) for item in value.values())


def _bounds(value: Sequence[Any]) -> bool:
    whole = all(isinstance(item, int) and not isinstance(item, bool) and item > 0 for item in value)
    return whole and len(value) == len(BUCKET_FIELDS) - 1 and list(value) == sorted(set(value))


def _names(value: Mapping[str, str]) -> bool:
    return all(_FILE_NAME.fullmatch(name) and "{reporter}" in name and "{month}" in name for name in value.values())


def _exemption(value: Mapping[str, Any]) -> bool:
    limit, months = value["trades_per_day"], value["months"]
    return isinstance(value["enabled"], bool) and limit >= 0 and isinstance(months, int) and 1 <= months <= MOST_MONTHS


BUCKET_FIELDS = range(14, 22)
"""Numbers of the fields that count shares by time."""
CHOICES: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "clock_quote": ("of_the_event or strictly_before", _one_of("of_the_event", "strictly_before")),
    "special_handling": (f"some of {', '.join(SPECIAL)}", _some_of(SPECIAL)),
    "directed": ("include or exclude", _one_of("include", "exclude")),
    "short_sale_restriction": ("include or exclude", _one_of("include", "exclude")),
    "halts": ("received = all or market_and_marketable, and seconds of at most a day", _halts),
    "crossed": ("include or exclude", _one_of("include", "exclude")),
    "locked": ("include or exclude", _one_of("include", "exclude")),
    "after_close": ("final_quote or null", _one_of("final_quote", "null")),
    "outside_hours_fills": ("include or exclude", _one_of("include", "exclude")),
    "inactive_security": ("enabled = true or false, trades a day, and 1 to 12 months", _exemption),
    "lot_flags": ("three different words of capital letters", _words),
    "cancelled_shares": ("true or false twice", _flags),
    "time_buckets_ns": ("seven rising bounds in nanoseconds", _bounds),
    "spread_fields": ("categories of order types", _some_of(CATEGORIES)),
    "resting_fields": ("categories of order types", _some_of(CATEGORIES)),
    "best_displayed": ("true or false", _one_of(True, False)),
    "size_improvement": ("all_of_outsized or beyond_displayed", _one_of("all_of_outsized", "beyond_displayed")),
    "regular_prints": ("capped_at_order = true or false, and a list of venues", _prints),
    "sp500_unknown": ("N or refuse", _one_of("N", "refuse")),
    "file_names": ("names with {reporter} and {month}", _names),
}
"""Subject -> what it may be, in words, and whether a value is that. What is not here has one reading in the program."""


def checked(subject: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """See that each dated value of a subject is one that a report can be made by.

    Raises:
        UsageError: a value that is none, or another one than shipped where the program has one reading.
    """
    shipped = [row["value"] for row in rows if row.get("grade") != FIRM]
    for row in rows:
        value = row["value"]
        said, is_choice = CHOICES.get(subject, ("the shipped value: the program has one reading of it", None))
        is_right = value in shipped if is_choice is None or not shipped else _is(is_choice, value)
        if not is_right:
            message = f"expected {said}, found {value!r}"
            raise UsageError(message, where=f"{SUBJECT}.{subject}")


def _is(is_choice: Callable[[Any], bool], value: object) -> bool:
    try:
        return is_choice(value)
    except (TypeError, KeyError, AttributeError):
        return False


def confirmed_at(subjects: Mapping[str, Any], key: str, day: date) -> str:
    """Citation of the primary text that settles a key on a day; empty where a firm may decide.

    Args:
        subjects: shipped documents.
        key: of a change.
        day: from which it is to hold.
    """
    path = key.split(".")
    rows = subjects.get(SUBJECT, {}).get(path[1]) if path[0] == SUBJECT and path[1:] else None
    if not rows:
        return ""
    begun = [row for row in rows if row["effective_from"] <= day]
    in_force = begun[-1] if begun else rows[0]
    return str(in_force["citation"]) if in_force["grade"] == CONFIRMED else ""
