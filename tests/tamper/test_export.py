"""Every file of an export is held by something signed: no byte, no file, no name can change unseen."""

from random import Random
from typing import Any

import pytest

from tamper import desk

SAMPLE = 200


def _flipped(files: desk.MemoryFiles, name: str, byte: int, bit: int) -> desk.MemoryFiles:
    content = bytearray(files.files[name])
    content[byte] ^= 1 << bit
    return files.changed(name, bytes(content))


def test_any_byte_of_any_file(small: desk.MemoryFiles, verifier: Any) -> None:
    """A sample of places over all files of a small export, short files as often as long ones."""
    random = Random(20260701)
    places = [
        (name, random.randrange(len(small.files[name]))) for name in random.choices(sorted(small.files), k=SAMPLE)
    ]
    unseen = [
        (name, byte)
        for name, byte in places
        if desk.verify_files(verifier, _flipped(small, name, byte, random.randrange(8)))["ok"]
    ]
    assert unseen == []


def test_a_changed_file_is_named(exported: desk.MemoryFiles, verifier: Any) -> None:
    """The first problem speaks of the file that was changed."""
    for name in exported.files:
        problems = desk.verify_files(verifier, _flipped(exported, name, len(exported.files[name]) // 2, 1))["problems"]
        assert problems[0]["file"] == name, (name, problems[:2])


def test_a_file_that_is_missing(exported: desk.MemoryFiles, verifier: Any) -> None:
    """Whichever it is, it is named as deleted."""
    for name in exported.files:
        problems = desk.verify_files(verifier, exported.changed(name, None))["problems"]
        assert ("deleted", name) in {(problem["kind"], problem["file"]) for problem in problems}


@pytest.mark.parametrize(
    "name",
    ["more", "evidence/" + "0" * 64, "checkpoints/9.note", "tile/0/003.p/1", "tile/entries/003", "tile/2/000.p/1"],
)
def test_a_file_that_is_added(name: str, exported: desk.MemoryFiles, verifier: Any) -> None:
    """Anywhere, whatever it holds."""
    problems = desk.verify_files(verifier, exported.changed(name, b"x"))["problems"]
    assert ("inserted", name) in {(problem["kind"], problem["file"]) for problem in problems}


def test_a_checkpoint_of_a_size_beyond_all_files_makes_nobody_count_to_it(
    small: desk.MemoryFiles, verifier: Any
) -> None:
    """Its signature is wrong, too; but the size is met first."""
    lines = small.files["checkpoint"].split(b"\n")
    lines[1] = b"9" * 19
    report = desk.verify_files(verifier, small.changed("checkpoint", b"\n".join(lines)))
    assert [problem["kind"] for problem in report["problems"]] == ["truncated"]


def test_a_file_that_is_cut(small: desk.MemoryFiles, verifier: Any) -> None:
    """At a random place, or to nothing."""
    random = Random(7)
    for name, content in small.files.items():
        for size in (0, random.randrange(len(content))):
            assert not desk.verify_files(verifier, small.changed(name, content[:size]))["ok"], (name, size)


@pytest.mark.night
def test_every_byte_of_a_small_export(small: desk.MemoryFiles, verifier: Any) -> None:
    """One bit of each byte of each file; the bit changes with the place."""
    unseen = [
        (name, byte)
        for name, content in small.files.items()
        for byte in range(len(content))
        if desk.verify_files(verifier, _flipped(small, name, byte, byte % 8))["ok"]
    ]
    assert unseen == []
