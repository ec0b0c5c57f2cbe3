"""Files are whole or not there, whoever else writes them at the same time."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from routeproof.stores.files import write_all_whole, write_whole


def test_many_write_the_same_file_at_once(tmp_path: Path) -> None:
    """Each is done without an error, one of them stands whole, and nothing else is left."""
    contents = [bytes([number]) * 50_000 for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: write_whole(tmp_path / "a", content), contents))
        list(pool.map(lambda content: write_all_whole(tmp_path, {"b": content}), contents))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() in contents
    assert (tmp_path / "b").read_bytes() in contents


def test_what_cannot_be_published_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """A folder has the name already."""
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="irectory"):
        write_whole(tmp_path / "a", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_the_permissions_are_those_asked_for(tmp_path: Path) -> None:
    """Also in place of a file that everybody can read."""
    (tmp_path / "a").write_bytes(b"")
    write_whole(tmp_path / "a", b"x", mode=0o600)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
