"""Records without what stands around their fields, padding and quotes, where both can be taken away unread."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEWLINE, QUOTE, SPACE = b'\n" '


def bare(content: bytes, delimiter: str) -> bytes | None:
    """Lines without padding, quotes and blank lines; nothing where a blank or a quote is part of a field's text.

    A delimiter or a line end inside quotes comes out as one: whoever counts both finds that they are too many.
    """
    found: bytes | None = content.replace(b"\r\n", b"\n") if b"\r" in content else content
    if found and b" " in found:
        found = _without_padding(found, delimiter)
    if found and b'"' in found:
        found = _without_quotes(found, delimiter)
    return found


def without_blank_lines(content: bytes) -> bytes:
    """The same lines, those that are empty left out."""
    array = np.frombuffer(content, dtype=np.uint8)
    is_end = array == NEWLINE
    return bytes(array[~(is_end & np.append(True, is_end[:-1]))])


def _without_padding(content: bytes, delimiter: str) -> bytes | None:
    """Without blanks, if each run of them begins or ends at the edge of a field."""
    array, is_edge = _between_lines(content), _edges(NEWLINE, QUOTE, ord(delimiter))
    blanks = np.flatnonzero(array == SPACE)
    breaks = np.diff(blanks) > 1
    before = is_edge[array[blanks[np.append(True, breaks)] - 1]]
    after = is_edge[array[blanks[np.append(breaks, True)] + 1]]
    return bytes(array[array != SPACE][1:-1]) if (before | after).all() else None


def _without_quotes(content: bytes, delimiter: str) -> bytes | None:
    """Without quotes, if they come in pairs that begin and end at the edges of fields."""
    array, is_edge = _between_lines(content), _edges(NEWLINE, ord(delimiter))
    quotes = np.flatnonzero(array == QUOTE)
    opened, closed = quotes[::2], quotes[1::2]
    is_paired = len(opened) == len(closed)
    if not (is_paired and is_edge[array[opened - 1]].all() and is_edge[array[closed + 1]].all()):
        return None
    return bytes(array[array != QUOTE][1:-1])


def _between_lines(content: bytes) -> NDArray[np.uint8]:
    """The bytes, with a line end before and after them."""
    return np.frombuffer(b"\n%b\n" % content, dtype=np.uint8)


def _edges(*marks: int) -> NDArray[np.bool_]:
    """By byte: whether it is one of these."""
    is_edge = np.zeros(256, dtype=bool)
    is_edge[list(marks)] = True
    return is_edge
