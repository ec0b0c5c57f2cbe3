"""How values look on a page: what is not there is a dash with its reason, never a zero."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from routeproof.vocab.plain_text import DASH, MINUS, plainly
from routeproof.vocab.times import NS_PER_S
from routeproof.web.faults import asked_as

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CODE_WORD = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)+")
NEW_YORK = ZoneInfo("America/New_York")


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
        return datetime.fromtimestamp(int(value) // NS_PER_S, tz=UTC)  # whole seconds: a double has not all of them
    return datetime.fromisoformat(str(value).replace(" UTC", "+00:00")).astimezone(UTC)


def day(value: Any) -> str:  # noqa: ANN401
    """A day, as YYYY-MM-DD."""
    return value.isoformat() if isinstance(value, date) else str(value or DASH)


def words(value: Any) -> str:  # noqa: ANN401
    """A name of the record in words: `not_permitted` is "not permitted"."""
    return str(value).replace("_", " ").replace(".", ": ") if value not in (None, "") else DASH


def sentence(text: str) -> str:
    """Words as they begin a sentence."""
    return text[:1].upper() + text[1:]


def code_words(value: Any) -> Any:  # noqa: ANN401
    """A word of the program in plain words, `payment_for_order_flow`; anything else as it is."""
    return value.replace("_", " ") if isinstance(value, str) and CODE_WORD.fullmatch(value) else value


def coded(text: str) -> Markup:
    """Text whose commands stand between backticks, as messages have them."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup().join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


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


def exact(value: Any) -> Markup:  # noqa: ANN401  # UTC ns, as text or number
    """An instant of the day in exchange time to the nanosecond; UTC on hover."""
    if value is None:
        return escape(DASH)
    seconds, ns = divmod(int(value), NS_PER_S)
    utc = datetime.fromtimestamp(seconds, tz=UTC)
    there = utc.astimezone(NEW_YORK)
    return Markup('<time datetime="{}.{:09}Z" title="{}.{:09} UTC">{}.{:09}</time>').format(
        utc.strftime("%Y-%m-%dT%H:%M:%S"), ns, utc.strftime("%Y-%m-%d %H:%M:%S"), ns, there.strftime("%H:%M:%S"), ns
    )


def offset(ns: int | None) -> str:
    """A duration to its last nanosecond, in the unit that reads best: `+2.305 ms`."""
    if ns is None:
        return DASH
    size = abs(ns)
    digits, unit = next(((d, u) for d, u, below in OFFSETS if size < below), (9, "s"))
    whole, part = divmod(size, 10**digits)
    text = f"{whole:,}.{part:0{digits}d}".rstrip("0").rstrip(".") if digits else f"{whole:,}"
    return f"{'+' if ns >= 0 else MINUS}{text}\N{NO-BREAK SPACE}{unit}"


def figure(value: Any, unit: str) -> str:  # noqa: ANN401
    """A metric's value with the decimals of its unit; null is a dash."""
    if value is None:
        return DASH
    places = DECIMALS.get(unit, 2)
    text = f"{value:,.{places}f}"
    if unit == "shares" and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", MINUS) if text.strip("-0.,") else text.lstrip("-")


def single_valued(row: Mapping[str, Any]) -> list[str]:
    """Members of a row that are one value, or a list of such."""
    return [name for name, value in row.items() if not isinstance(value, dict) and not _is_nested(value)]


def _is_nested(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, list) and any(isinstance(one, dict | list) for one in value)


def told_apart(answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Members by which answers are told from each other: what they have beyond what every answer has."""
    named = dict.fromkeys(name for one in answers for name in single_valued(one))
    return [name for name in named if name not in ANSWER]


def browser(agent: Any) -> str:  # noqa: ANN401
    """A browser by its name and system; another program by the first words it says of itself."""
    text = str(agent or "")
    name = next((shown for mark, shown in BROWSERS if mark in text), "")
    system = next((shown for mark, shown in SYSTEMS if mark in text), "")
    return " on ".join(filter(None, (name, system))) or text[:40] or DASH


BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS X", "macOS"), ("Linux", "Linux")),
)
ANSWER = frozenset(
    {
        "estimand",
        "unit",
        "n",
        "counted",
        "assumptions",
        "estimate",
        "lower",
        "upper",
        "reason",
        "detectable",
        "refused",
    }
)
"""Members that every answer has; what else it has tells it apart."""
OFFSETS = ((0, "ns", 1_000), (3, "µs", 1_000_000), (6, "ms", NS_PER_S))
DECIMALS = {"usd_per_share": 5, "bps": 3, "ratio": 4, "ms": 3, "usd": 2, "count": 0, "shares": 9}

FILTERS: dict[str, Callable[..., Any]] = {
    "when": when,
    "day": day,
    "words": words,
    "sentence": sentence,
    "code_words": code_words,
    "coded": coded,
    "number": number,
    "percent": percent,
    "short": short,
    "exact": exact,
    "offset": offset,
    "figure": figure,
    "browser": browser,
    "as_asked": asked_as,
    "plainly": plainly,
    "single_valued": single_valued,
    "told_apart": told_apart,
}
