"""XML as text, by hand: elements in order, two spaces an indent, UTF-8; the same tree gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

INDENT = "  "
LONGEST_NAME = 80
Element = tuple[str, "str | Sequence[Element]"]
"""Tag and text, or tag and the elements inside it."""

_ALLOWED_CONTROLS = "\t\n\r"
_BELOW_TEXT = 0x20
_NONCHARACTERS = ("\ufffe", "\uffff")
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF


def document(root: Element) -> bytes:
    """The whole file, with declaration and a final line feed."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', *_lines(root, 0)]
    return ("\n".join(lines) + "\n").encode()


def _lines(element: Element, depth: int) -> Iterator[str]:
    tag, content = element
    space = INDENT * depth
    if isinstance(content, str):
        yield f"{space}<{tag}>{escaped(content)}</{tag}>"
    elif content:
        yield f"{space}<{tag}>"
        for inner in content:
            yield from _lines(inner, depth + 1)
        yield f"{space}</{tag}>"
    else:
        yield f"{space}<{tag}></{tag}>"


def escaped(text: str) -> str:
    """Text as XML has it; characters that XML 1.0 has no place for become a replacement character."""
    allowed = "".join(one if _is_allowed(one) else "\N{REPLACEMENT CHARACTER}" for one in text)
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _is_allowed(one: str) -> bool:
    if one in _ALLOWED_CONTROLS:
        return True
    return ord(one) >= _BELOW_TEXT and one not in _NONCHARACTERS and not _FIRST_SURROGATE <= ord(one) <= _LAST_SURROGATE


def name(text: str) -> str:
    """A name as the schema's types take it: white space collapsed, at most 80 characters."""
    return " ".join(text.split())[:LONGEST_NAME].rstrip()
