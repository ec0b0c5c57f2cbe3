"""Passwords that anybody would try: walks over the keyboard, and the firm's own lists of common and breached ones.

A list is a file in the workspace's folder `passwords`; nothing is asked of anybody outside. Two kinds are read, told
apart by their first line: passwords, one a line, in any order and case; or SHA-1 in hex, one a line, ascending, with
`:` and a count behind it or not, as public collections of breached passwords are delivered, of any size.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

FOLDER = "passwords"
WALKS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)  # fmt: skip
SHORTEST_WALK = 3
PROBES = 64
"""Places of a list of hashes that are looked at to see that it ascends."""
_HASH = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\s*")
_DIGITS = 40


def without_walks(text: str) -> str:
    """A lower-case text without stretches of three and more neighbours of a keyboard, the alphabet or the digits."""
    places = [walk for one in WALKS for walk in (one, one[::-1])]
    left, at = [], 0
    while at < len(text):
        longest = max(_shared(text, at, walk) for walk in places)
        if longest < SHORTEST_WALK:
            left.append(text[at])
            longest = 1
        at += longest
    return "".join(left)


def listed_in(folder: Path, password: str) -> str | None:
    """Name of the list that holds the password; null where none does or there is no list.

    Raises:
        UsageError: a list of hashes that does not ascend.
    """
    if not folder.is_dir():
        return None
    return next((path.name for path in sorted(folder.iterdir()) if path.is_file() and _holds(path, password)), None)


def _shared(text: str, at: int, walk: str) -> int:
    """Letters from a place of the text on that the walk has in a row."""
    begin = walk.find(text[at])
    length = 0
    while begin >= 0 and walk[begin : begin + length + 1] == text[at : at + length + 1] and at + length < len(text):
        length += 1
        if begin + length >= len(walk):
            break
    return length


def _holds(path: Path, password: str) -> bool:
    with path.open("rb") as file:
        if _HASH.fullmatch(file.readline()):
            wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
            return _holds_hash(file, path, wanted)
        file.seek(0)
        plain = password.casefold()
        return any(line.decode(errors="replace").strip().casefold() == plain for line in file)


def _holds_hash(file: BinaryIO, path: Path, wanted: bytes) -> bool:
    size = path.stat().st_size
    seen = [_hash_after(file, size * place // PROBES) for place in range(PROBES)]
    known = [one for one in seen if one]
    if known != sorted(known):
        message = "expected SHA-1 hashes in ascending order, found others: sort the file (LC_ALL=C sort)"
        raise UsageError(message, where=f"{FOLDER}/{path.name}")
    low, high = 0, size
    while low < high:  # the first place whose next line is not below
        middle = (low + high) // 2
        found = _hash_after(file, middle)
        if found and found < wanted:
            low = middle + 1
        else:
            high = middle
    return _hash_after(file, low) == wanted


def _hash_after(file: BinaryIO, place: int) -> bytes:
    """The hash of the first line that begins at a place or after it; empty behind the last one."""
    file.seek(max(place - 1, 0))
    if place:
        file.readline()
    return file.readline()[:_DIGITS].upper()
