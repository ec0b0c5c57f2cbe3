"""C2SP tiles: a log as files, each up to 256 hashes or entries wide (c2sp.org/tlog-tiles)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from routeproof.ledger.merkle import Tree

TILE_WIDTH = 256
TILE_HEIGHT = 8
_LENGTH_BYTES = 2
_MAX_ENTRY_BYTES = 65_535


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/L/N[.p/W]`; `entries` for L is the bundle of entries."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def tiles_of_level(count: int) -> Iterator[tuple[int, int]]:
    """(index, width) of the tiles that hold `count` hashes or entries, left to right."""
    for index in range(count // TILE_WIDTH):
        yield index, TILE_WIDTH
    if count % TILE_WIDTH:
        yield count // TILE_WIDTH, count % TILE_WIDTH


def hash_tiles(tree: Tree) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every hash tile of the tree."""
    level, count = 0, len(tree)
    while count:
        for index, width in tiles_of_level(count):
            first = index * TILE_WIDTH
            hashes = [tree.perfect(level * TILE_HEIGHT, first + place) for place in range(width)]
            yield tile_path(level, index, width), b"".join(hashes)
        level, count = level + 1, count // TILE_WIDTH


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries of one bundle, each behind its length in two bytes.

    Raises:
        ValueError: if an entry is longer than 65,535 bytes.
    """
    if any(len(entry) > _MAX_ENTRY_BYTES for entry in entries):
        message = f"expected entries of at most {_MAX_ENTRY_BYTES} bytes"
        raise ValueError(message)
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)
