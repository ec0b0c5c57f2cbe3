"""Archives taken apart: order of names, what is passed over, and what is refused before anything is unpacked."""

from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from routeproof.sources.archive_members import TooLargeError, unpacked
from routeproof.sources.streams import DamagedFileError

if TYPE_CHECKING:
    from pathlib import Path


def archive(folder: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """An archive of some members, in the order given."""
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


def read(path: Path, folder: Path) -> list[tuple[str, bytes]]:
    """Names and bytes; the bytes are there while the member is looked at."""
    folder.mkdir()
    return [(item.name, b"" if item.problem else item.path.read_bytes()) for item in unpacked(path, folder)]


def test_members_in_order_of_name_without_what_lies_beside(tmp_path: Path) -> None:
    """Folders, system files and pages for people are no reports; nothing is left in the folder."""
    reports = {"d/b.csv": b"2", "a.csv": b"1"}
    members = {**reports, "a.pdf": b"%PDF-1.7", "__MACOSX/a.csv": b"x", ".DS_Store": b"x", "e/": b""}
    assert read(archive(tmp_path, members), tmp_path / "out") == [("a.csv", b"1"), ("d/b.csv", b"2")]
    assert list((tmp_path / "out").iterdir()) == []


def test_one_file_is_itself(tmp_path: Path) -> None:
    """A plain file and an archive of one are read as they are."""
    plain = tmp_path / "plain"
    plain.write_bytes(b"x")
    assert read(plain, tmp_path / "1") == [("", b"x")]
    one = archive(tmp_path, {"a": b"x", "folder/": b""})
    assert [(item.name, item.path) for item in unpacked(one, tmp_path)] == [("", one)]


def test_names_never_become_paths(tmp_path: Path) -> None:
    """A member named to climb out of the folder stays in it."""
    path = archive(tmp_path, {"../../evil": b"1", "/etc/evil": b"2"})
    assert [content for _, content in read(path, tmp_path / "out")] == [b"1", b"2"]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["all.zip", "out"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """An archive of some hundred bytes that says it unpacks to 300 MB: more than 256 MiB, and two hundredfold."""
    path = archive(tmp_path, {"a": b"0" * 123_457, "b": b""})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 123_457), struct.pack("<I", 300_000_000)))
    with pytest.raises(TooLargeError, match="300,000,000"):
        list(unpacked(path, tmp_path))
    assert [item.name for item in tmp_path.iterdir()] == ["all.zip"]


def test_a_broken_member_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    """One byte of a stored member changed: its check sum tells."""
    path = archive(tmp_path, {"a": b"first", "b": b"second"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"first", b"fIrst"))
    found = list(unpacked(path, tmp_path))
    assert [(item.name, item.problem is None) for item in found] == [("a", False), ("b", True)]
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(DamagedFileError):
        list(unpacked(path, tmp_path))
