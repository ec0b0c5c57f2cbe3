"""FIX's UTCTimestamp as UTC nanoseconds, one text at a time; logs are read by the compiled parser of `typed`."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from routeproof.vocab.times import NS_PER_S

FRACTION_DIGITS = 9
WHOLE_LENGTH = len("20260701-14:00:00")


def instant_of(text: str) -> int | None:
    """A UTCTimestamp in UTC ns, with up to nine digits of a second; null where it is none."""
    whole, _, fraction = text.partition(".")
    if (fraction and not (fraction.isascii() and fraction.isdigit())) or len(fraction) > FRACTION_DIGITS:
        return None
    seconds = _seconds(whole)
    return None if seconds is None else seconds * NS_PER_S + int(fraction.ljust(FRACTION_DIGITS, "0"))


@lru_cache(maxsize=4096)
def _seconds(whole: str) -> int | None:
    """Seconds since 1970; the messages of a feed mostly speak of the same few."""
    if len(whole) != WHOLE_LENGTH:
        return None
    try:
        return int(datetime.strptime(whole, "%Y%m%d-%H:%M:%S").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
