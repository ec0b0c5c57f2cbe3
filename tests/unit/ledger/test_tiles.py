"""Tiles of a log: paths and contents, as the specification's own examples have them."""

import pytest

from routeproof.ledger.merkle import Tree, leaf_hash
from routeproof.ledger.tiles import bundle, hash_tiles, tile_path, tiles_of_level


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [(0, 1234067, 256, "tile/0/x001/x234/067"), (1, 0, 17, "tile/1/000.p/17"),
     ("entries", 273, 112, "tile/entries/273.p/112"),
     (0, 1000, 256, "tile/0/x001/000")],
)  # fmt: skip
def test_paths_are_in_groups_of_three_digits(level: int | str, index: int, width: int, path: str) -> None:
    """The first is the specification's example."""
    assert tile_path(level, index, width) == path


def test_a_tree_of_70000_has_the_tiles_that_the_specification_counts() -> None:
    """273 full and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at level 2."""
    assert [width for _, width in tiles_of_level(70_000)] == [256] * 273 + [112]
    names = [path for path, _ in hash_tiles(Tree([leaf_hash(b"")] * 70_000))]
    assert len(names) == 274 + 2 + 1
    assert names[-3:] == ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]


def test_a_tree_of_256_has_one_full_tile_and_one_of_width_1() -> None:
    """The upper tile holds the root."""
    tree = Tree([leaf_hash(bytes([number])) for number in range(256)])
    tiles = dict(hash_tiles(tree))
    assert list(tiles) == ["tile/0/000", "tile/1/000.p/1"]
    assert tiles["tile/1/000.p/1"] == tree.root()
    assert tiles["tile/0/000"][:32] == leaf_hash(b"\x00")


def test_a_bundle_puts_the_length_before_each_entry() -> None:
    """Two bytes, big end first."""
    assert bundle([b"abc", b"", b"x" * 258]) == b"\x00\x03abc\x00\x00\x01\x02" + b"x" * 258
    with pytest.raises(ValueError, match="65535"):
        bundle([b"x" * 65_536])
