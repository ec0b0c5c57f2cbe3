"""An object of governance as lines that people read: what it is first, then its content, then its history."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEAD = ("id", "state", "version", "version_hash", "ledger_index")
TAIL = ("documents", "history", "timeline")
"""History comes last; a timeline is the same for machines."""
INDENT = "  "
WIDTH = 120
EMPTY: tuple[Any, ...] = (None, "", [], {})
WHOLE = frozenset({"pack_sha256", "sha256"})
"""Hashes that people compare; of others they see the beginning, and `--json` has them whole."""
INSTANT = re.compile("1[0-9]{18}")
"""UTC nanoseconds of this century's first half, as JSON has them."""
HASH = re.compile("[0-9a-f]{64}")
SHOWN_OF_HASH = 12
INSTANT = re.compile("[0-9]{18,19}")
"""UTC nanoseconds of a member whose name says that it is a time."""
TIMES = ("_at", "_by")


def object_lines(state: Mapping[str, Any]) -> Iterator[str]:
    """Lines of one object; what is empty is left out."""
    how = " BY OVERRIDE" if state.get("override") is True else ""
    yield f"{state['id']}: {state['state']}{how}   (version {state['version']}, entry {state['ledger_index']})"
    yield f"{INDENT}version hash {state['version_hash']}"
    for name, value in state.items():
        if name not in HEAD + TAIL:
            yield from _lines(name, value, 1)
    for one in state.get("history", ()):
        late = f", {one['note']}" if one["note"] else ""
        yield f"{INDENT}{one['business_on']}  {one['type']}  {one['by']} ({one['role']}), entry {one['index']}{late}"


def _lines(name: str, value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  # JSON
    label = f"{INDENT * depth}{_words(name)}"
    if value in EMPTY:
        return
    if isinstance(value, dict):
        yield f"{label}:"
        for key, item in value.items():
            yield from _lines(str(key), item, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        yield f"{label}:"
        for item in value:
            yield from _item(item, depth + 1)
    elif name in WHOLE:
        yield f"{label}: {value}"
    else:
        yield from _wrapped(f"{label}: {_text(_time(name, value))}", INDENT * (depth + 1))


def _item(item: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  # JSON
    """One item of a list: its short members on a line that goes on below, its texts of several lines under it."""
    start, below = f"{INDENT * depth}- ", INDENT * (depth + 1)
    if not isinstance(item, dict):
        yield from _wrapped(start + _text(item), below)
        return
    whole = {name: value for name, value in item.items() if value not in EMPTY}
    texts = {name: value for name, value in whole.items() if isinstance(value, str) and "\n" in value}
    short = (f"{_words(name)} {_text(_time(name, value))}" for name, value in whole.items() if name not in texts)
    yield from _wrapped(start + "; ".join(short), below)
    for name, value in texts.items():
        yield from _wrapped(f"{below}{_words(name)}: {value}", below + INDENT)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """A text over as many lines as it needs; its own line breaks stay, a word is never broken."""
    for place, line in enumerate(text.rstrip().split("\n")):
        yield from textwrap.wrap(
            line,
            WIDTH,
            initial_indent=indent if place else "",
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def _time(name: str, value: Any) -> Any:  # noqa: ANN401  # JSON
    """UTC nanoseconds as people read them, whole seconds; anything else as it is."""
    if not name.endswith(TIMES) or not INSTANT.fullmatch(str(value)):
        return value
    return datetime.fromtimestamp(int(value) // NS_PER_S, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _text(value: Any) -> str:  # noqa: ANN401  # JSON
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        between = ", " if not any(isinstance(item, dict) for item in value) else " | "
        return between.join(_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{_words(key)} {_text(item)}" for key, item in value.items() if item not in EMPTY)
    text = str(value)
    if INSTANT.fullmatch(text):
        return f"{datetime.fromtimestamp(int(text) // NS_PER_S, tz=UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{text[:SHOWN_OF_HASH]}…" if HASH.fullmatch(text) else text
