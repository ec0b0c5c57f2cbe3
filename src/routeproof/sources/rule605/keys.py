"""Which row it is: keys that are missing, and codes that nobody uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from routeproof.policy.disclosure605 import first_of
from routeproof.sources.rule605.check import Check, number
from routeproof.sources.rule605.problems import FIELDS, NOT_A_NUMBER, SHORT_ROW, UNKNOWN_CODE, UNKNOWN_PARTICIPANT
from routeproof.tables.rule605.legacy import RESTING_TYPES

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from routeproof.policy.disclosure605 import Disclosure605
    from routeproof.sources.rule605.check import Row
    from routeproof.sources.rule605.sniff import Sniffed
    from routeproof.tables.rule605.layout import Layout

MONTH = r"^(19|20)\d\d(0[1-9]|1[0-2])$"
REPORTER = r"^[A-Za-z0-9]{1,16}$"
PARTICIPANT = r"^[A-Z]+$"
_CODES = ("order_type", "order_size", "sp500")


def key_checks(sniffed: Sniffed, rows: pl.DataFrame, policy: Disclosure605) -> list[Check]:
    """Checks of the fields that say which row it is; those that these rows can fail.

    A record of the 26-field layout has no names, so a missing delimiter moves what follows it: it must be whole, or end
    after the fields that its order type states.
    """
    layout = sniffed.layout
    months, reporters, participants = (_stated(rows, name) for name in ("month", "reporter", "participant"))
    good = [month for month in months if re.fullmatch(MONTH, month)]
    found = _short_rows(sniffed, rows)
    found += _one_of(layout, "month", months, good, NOT_A_NUMBER, "a month as YYYYMM")
    found += _participants(participants, good, policy)
    named = [name for name in reporters if re.fullmatch(REPORTER, name)]
    words = "a reporter's code, letters and digits"
    found += _one_of(layout, "reporter", reporters, named, UNKNOWN_PARTICIPANT, words)
    for name in _CODES:
        if name in layout.columns():
            known = codes_of(layout, name, policy)
            words = f"one of {', '.join(known)}"
            found += _one_of(layout, name, _stated(rows, name), known, UNKNOWN_CODE, words)
    return found


def _stated(rows: pl.DataFrame, name: str) -> list[str]:
    """Distinct values of a column."""
    return rows.get_column(name).unique().drop_nulls().to_list()


def codes_of(layout: Layout, name: str, policy: Disclosure605) -> tuple[str, ...]:
    """Codes of a layout's field that any day knows."""
    if name == "sp500":
        return ("Y", "N")
    lines = policy.order_types if name == "order_type" else policy.order_sizes
    return tuple(dict.fromkeys(str(code) for entry in lines[layout.name].values for code in entry.value))


def _participants(stated: Sequence[str], months: Sequence[str], policy: Disclosure605) -> list[Check]:
    """A participant that is no code is no key; a code that the plan does not know in the row's month is marked.

    Codes come with new exchanges before anybody has told them here, and the row says all the same what was executed.
    """
    is_code = pl.col("participant").str.contains(PARTICIPANT)
    malformed = Check(
        UNKNOWN_PARTICIPANT,
        "participant",
        "reject",
        ~is_code,
        lambda row: f"expected a participant's code, letters only, found {row['participant']!r}",
    )
    found = [] if all(re.fullmatch(PARTICIPANT, code) for code in stated) else [malformed]
    by_codes: dict[tuple[str, ...], list[str]] = {}
    for month in months:
        by_codes.setdefault(tuple(policy.participants.on_or_first(first_of(month)).value), []).append(month)
    return found + [
        Check(
            UNKNOWN_PARTICIPANT,
            "participant",
            "mark",
            is_code & pl.col("month").is_in(of_codes) & ~pl.col("participant").is_in(list(codes)),
            lambda row, codes=codes: (  # type: ignore[misc]
                f"expected a designated participant ({', '.join(codes)}), found {row['participant']!r}"
            ),
        )
        for codes, of_codes in by_codes.items()
        if not set(codes).issuperset(stated)
    ]


def _one_of(
    layout: Layout, name: str, stated: Collection[str], known: Collection[str], code: str, words: str
) -> list[Check]:
    """The check that a code is known; none if all stated ones are."""
    if set(known).issuperset(stated):
        return []
    return [
        Check(
            code,
            name,
            "reject",
            ~pl.col(name).is_in(list(known)),
            lambda row: f"expected {words} in {layout.named(name)}, found {row[name]!r}",
        )
    ]


def _short_rows(sniffed: Sniffed, rows: pl.DataFrame) -> list[Check]:
    keys = [name for name in sniffed.layout.key if name not in sniffed.may_be_empty]
    missing = pl.any_horizontal(pl.col(name).is_null() for name in keys)
    if not sniffed.header:
        is_resting = pl.col("order_type").is_in(RESTING_TYPES)
        missing |= pl.col(FIELDS) < pl.when(is_resting).then(RESTING_WIDTH).otherwise(len(sniffed.columns))
    is_whole = rows.get_column(FIELDS).min() == len(sniffed.columns)
    if is_whole and not any(rows.get_column(name).null_count() for name in keys):
        return []
    return [Check(SHORT_ROW, "", "reject", missing, lambda row: _says_short(row, sniffed))]


RESTING_WIDTH = 17
"""Fields that a record of the 26-field layout has for resting order types; the others are empty for them."""


def _says_short(row: Row, sniffed: Sniffed) -> str:
    layout = sniffed.layout
    keys = [name for name in layout.key if name not in sniffed.may_be_empty]
    absent = [layout.named(name) for name in keys if row[name] is None]
    if absent:
        return f"expected a row that says which it is, found nothing in {', '.join(absent)}"
    kind, width = number(row, "order_type", layout), len(sniffed.columns)
    return f"expected {width} fields, found {row[FIELDS]}: type {kind} states more, and positions have no names"
