"""An object of governance as lines that people read: what it is first, then its content, then its history."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HEAD = ("id", "state", "version", "version_hash", "ledger_index")
TAIL = ("documents", "history")
INDENT = "  "
WIDTH = 120


def object_lines(state: Mapping[str, Any]) -> Iterator[str]:
    """Lines of one object; what is empty is left out."""
    yield f"{state['id']}: {state['state']}   (version {state['version']}, entry {state['ledger_index']})"
    yield f"{INDENT}version hash {state['version_hash']}"
    for name, value in state.items():
        if name not in HEAD + TAIL:
            yield from _lines(name, value, 1)
    for one in state.get("history", ()):
        late = f", {one['note']}" if one["note"] else ""
        yield f"{INDENT}{one['business_on']}  {one['type']}  {one['by']} ({one['role']}), entry {one['index']}{late}"


def _lines(name: str, value: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  # JSON
    label = f"{INDENT * depth}{name.replace('_', ' ')}"
    if value in (None, "", [], {}):
        return
    if isinstance(value, dict):
        yield f"{label}:"
        for key, item in value.items():
            yield from _lines(str(key), item, depth + 1)
    elif isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        yield from _wrapped(f"{label}: {_text(value)}", INDENT * (depth + 1))
    elif isinstance(value, list):
        yield f"{label}:"
        for item in value:
            yield from _item(item, depth + 1)
    else:
        yield f"{label}: {_text(value)}"


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """A list of words over as many lines as it needs; a word is never broken."""
    yield from textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _item(item: Any, depth: int) -> Iterator[str]:  # noqa: ANN401  # JSON
    if isinstance(item, dict):
        parts = [
            f"{key.replace('_', ' ')} {_text(value)}" for key, value in item.items() if value not in (None, "", [])
        ]
        yield f"{INDENT * depth}- {'; '.join(parts)}"
    else:
        yield f"{INDENT * depth}- {_text(item)}"


def _text(value: Any) -> str:  # noqa: ANN401  # JSON
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    return str(value)
