"""Which texts an element may hold, and the numbers that they stand for.

The types are those of the order handling schema: numbers are decimal numbers without thousands separators or exponents;
white space around them does not count; an empty text means that the number is not meaningful.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING

from routeproof.vocab.fixed import to_fixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.tables.rule606.layout import Kind

BLANKS = " \t\r\n"
"""White space of XML; any other blank is a character like others."""
MOST_CHARACTERS = 80
VERSIONS = ("1.2", "1.3")

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_PERCENT = re.compile(r"[0-9]*\.[0-9]{2,}")
_CENTS = re.compile(r"-?[0-9]*\.[0-9]{4,}")
_WHOLE = re.compile(r"[0-9]+")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_MIC = re.compile(r"[A-Z0-9]{4}")
_MPID = re.compile(r"[A-Z0-9]{4,5}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{2}):([0-9]{2}):([0-9]{2})")
_RUN = re.compile(f"[{BLANKS}]+")
_SIGNLESS_DIGITS = re.compile(r"[1-9]")

Check = tuple[str, str]
"""Code and what was expected; both empty where the text is one of the type."""
GOOD: Check = ("", "")


def collapsed(text: str) -> str:
    """The text without white space at its ends, and one blank for each run of it within."""
    return _RUN.sub(" ", text).strip(BLANKS)


def checked(kind: Kind, text: str) -> Check:
    """Whether the text is one of the kind: `("", "")`, or a code and a description of what was expected."""
    return _CHECKS[kind](text)


def fixed(text: str | None) -> int | None:
    """Number of an element at 1e-9; null where it is empty, is no number, or has more than nine decimals."""
    bare = (text or "").strip(BLANKS)
    if not _DECIMAL.fullmatch(bare):
        return None
    try:
        return to_fixed(bare)
    except ValueError:
        return None


def integer(text: str) -> int | None:
    """A year, quarter or month; null if it is none."""
    bare = text.strip(BLANKS)
    return int(bare) if _INTEGER.fullmatch(bare) and len(bare) <= MOST_CHARACTERS else None


def _version(text: str) -> Check:
    return GOOD if text in VERSIONS else ("wrong_version", "1.2 or 1.3")


def _name(text: str) -> Check:
    bare = collapsed(text)
    if not bare:
        return "empty_name", "a name"
    return GOOD if len(bare) <= MOST_CHARACTERS else ("too_long", f"a name of at most {MOST_CHARACTERS} characters")


def _name_or_empty(text: str) -> Check:
    return GOOD if not collapsed(text) else _name(text)


def _between(least: int, most: int) -> Callable[[str], Check]:
    def check(text: str) -> Check:
        number = integer(text)
        if number is None:
            return "not_a_number", f"a whole number from {least} to {most}"
        return GOOD if least <= number <= most else ("out_of_range", f"a whole number from {least} to {most}")

    return check


def _percent(text: str) -> Check:
    bare = text.strip(BLANKS)
    if not bare:
        return GOOD
    if not _PERCENT.fullmatch(bare):
        code = "too_few_decimals" if _DECIMAL.fullmatch(bare) and bare[0] not in "+-" else "not_a_percentage"
        return code, "a percentage from 0 to 100 with at least two decimals, or nothing"
    whole, _, decimals = bare.partition(".")
    hundred = (int(whole or 0) if len(whole.lstrip("0")) <= MOST_CHARACTERS else 1000) - 100
    if hundred > 0 or (hundred == 0 and _SIGNLESS_DIGITS.search(decimals)):
        return "out_of_range", "a percentage from 0 to 100"
    return GOOD


def _cents(text: str) -> Check:
    bare = text.strip(BLANKS)
    if not bare or (_CENTS.fullmatch(bare) and _DECIMAL.fullmatch(bare)):
        return GOOD
    code = "too_few_decimals" if _DECIMAL.fullmatch(bare) and bare[0] != "+" else "not_a_number"
    return code, "cents per hundred shares with at least four decimals, or nothing"


def _usd(text: str) -> Check:
    bare = text.strip(BLANKS)
    return GOOD if not bare or _DECIMAL.fullmatch(bare) else ("not_a_number", "a decimal number of dollars, or nothing")


def _shares(text: str) -> Check:
    bare = text.strip(BLANKS)
    if bare and not _DECIMAL.fullmatch(bare):
        return "not_a_number", "a number of shares, or nothing"
    return (
        ("negative", "a number of shares of at least 0") if bare[:1] == "-" and _SIGNLESS_DIGITS.search(bare) else GOOD
    )


def _whole(text: str) -> Check:
    bare = text.strip(BLANKS)
    return GOOD if not bare or _WHOLE.fullmatch(bare) else ("not_a_number", "a whole number of at least 0, or nothing")


def _code(pattern: re.Pattern[str], code: str, expected: str) -> Callable[[str], Check]:
    def check(text: str) -> Check:
        return GOOD if not text.strip(BLANKS) or pattern.fullmatch(text) else (code, expected)

    return check


def _one_of(*words: str) -> Callable[[str], Check]:
    return lambda text: GOOD if text in words else ("not_in_list", " or ".join(words))


def _is_day(text: str) -> bool:
    found = _DAY.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(part) for part in found.groups())
    return year > 0 and 0 < month <= 12 and 0 < day <= monthrange(year, month)[1]  # noqa: PLR2004  # months


def _is_clock(text: str) -> bool:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return False
    hours, minutes, seconds = (int(part) for part in found.groups())
    return (hours < 24 and minutes < 60 and seconds < 60) or text == "24:00:00"  # noqa: PLR2004  # of a day


def _day(text: str) -> Check:
    return GOOD if _is_day(text.strip(BLANKS)) else ("not_a_day", "a day such as 2026-09-30")


def _clock(text: str) -> Check:
    return GOOD if _is_clock(text.strip(BLANKS)) else ("not_a_time", "a UTC time such as 14:05:59")


def _instant(text: str) -> Check:
    day, _, clock = text.strip(BLANKS).partition("T")
    good = _is_day(day) and clock.endswith("Z") and _is_clock(clock[:-1])
    return GOOD if good else ("not_a_time", "a UTC time such as 2026-10-01T14:05:59Z")


_CHECKS: dict[Kind, Callable[[str], Check]] = {
    "version": _version,
    "name": _name,
    "name_or_empty": _name_or_empty,
    "year": _between(2000, 2099),
    "quarter": _between(1, 4),
    "month": _between(1, 12),
    "instant": _instant,
    "day": _day,
    "clock": _clock,
    "percent": _percent,
    "cents_per_hundred": _cents,
    "usd": _usd,
    "shares": _shares,
    "whole": _whole,
    "mic": _code(_MIC, "not_a_mic", "four capital letters or digits (ISO 10383), or nothing"),
    "mpid": _code(_MPID, "not_an_mpid", "four or five capital letters or digits, or nothing"),
    "yes_no": _one_of("Y", "N"),
    "services": _one_of("PRV", "EV/SRV"),
    "order_id": lambda text: GOOD if text else ("empty_order_id", "an order's id"),
    "text": lambda _: GOOD,
}
