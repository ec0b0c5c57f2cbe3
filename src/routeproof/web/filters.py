"""How values look on a page: what is not there is a dash with its reason, never a zero."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Callable

NEW_YORK = ZoneInfo("America/New_York")
NS_PER_S = 1_000_000_000
DASH = "\N{EN DASH}"


def when(value: Any) -> Markup:  # noqa: ANN401  # an instant as the record has it: text of ns, ISO 8601, or none
    """An instant in exchange time; UTC on hover."""
    found = _instant(value)
    if found is None:
        return escape(DASH)
    there = found.astimezone(NEW_YORK)
    return Markup('<time datetime="{}" title="{} UTC">{} <small>{}</small></time>').format(
        found.isoformat(), found.strftime("%Y-%m-%d %H:%M:%S"), there.strftime("%Y-%m-%d %H:%M"), there.tzname() or ""
    )


def _instant(value: Any) -> datetime | None:  # noqa: ANN401
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit()):
        return datetime.fromtimestamp(int(value) / NS_PER_S, tz=UTC)
    return datetime.fromisoformat(str(value)).astimezone(UTC)


def day(value: Any) -> str:  # noqa: ANN401
    """A day, as YYYY-MM-DD."""
    return value.isoformat() if isinstance(value, date) else str(value or DASH)


def words(value: Any) -> str:  # noqa: ANN401
    """A name of the record in words: `not_permitted` is "not permitted"."""
    return str(value).replace("_", " ").replace(".", ": ") if value not in (None, "") else DASH


def number(value: Any, places: int | None = None) -> str:  # noqa: ANN401
    """A number with thousands apart; null is a dash."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) and places is None:
        return f"{value:,}"
    return f"{value:,.{2 if places is None else places}f}".replace("-", "\N{MINUS SIGN}")


def percent(value: Any, places: int = 1) -> str:  # noqa: ANN401
    """A ratio in percent; null is a dash."""
    return DASH if value is None else number(float(value) * 100, places) + " %"


def short(value: Any, digits: int = 12) -> str:  # noqa: ANN401
    """The beginning of a hash."""
    return str(value)[:digits] if value else DASH


FILTERS: dict[str, Callable[..., Any]] = {
    "when": when,
    "day": day,
    "words": words,
    "number": number,
    "percent": percent,
    "short": short,
}
