"""Passwords that anybody would try, against lists that the firm keeps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.app.access.known_passwords import listed_in, without_walks
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


PASSWORDS = st.sets(st.text(min_size=1, max_size=30), min_size=1, max_size=300)


def hashes(passwords: list[str], end: str = ":7\n") -> str:
    """A list as collections of breached passwords are delivered."""
    return "".join(
        sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() + end for one in passwords)
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("qwertyuiop", ""),
        ("poiuytrewq", ""),
        ("abc", ""),
        ("ab", "ab"),
        ("1234567890", ""),
        ("12x34", "12x34"),
        ("xqwerx", "xx"),
        ("1qaz2wsx3edc", ""),
        ("correct horse battery", "correct horse battery"),
        ("", ""),
    ],
)
def test_walks_over_the_keyboard_do_not_count(text: str, left: str) -> None:
    """Three neighbours or more, forward or back, are taken out; two are left."""
    assert without_walks(text) == left


@given(
    st.sets(st.text(min_size=1, max_size=30), min_size=1, max_size=300), st.sampled_from(["\n", ":1\n", ":2401761\r\n"])
)
def test_every_hash_of_a_list_is_found_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, all_of: set[str], end: str
) -> None:
    """Whatever the length of its lines, against membership in the set that made it."""
    known, other = set(sorted(all_of)[::2]), set(sorted(all_of)[1::2])
    folder = tmp_path_factory.mktemp("lists")
    (folder / "breached.txt").write_bytes(hashes(sorted(known), end).encode())
    assert all(listed_in(folder, one) == "breached.txt" for one in known)
    assert not any(listed_in(folder, one) for one in other)


def test_plain_lists_are_read_in_any_order_and_case(tmp_path: Path) -> None:
    """One password a line."""
    (tmp_path / "common.txt").write_text("trustno1forever\nSummerOfSixtyNine\n")
    assert listed_in(tmp_path, "summerofsixtynine") == "common.txt"
    assert listed_in(tmp_path, "summer") is None


def test_no_folder_is_no_list(tmp_path: Path) -> None:
    """Lists are the firm's to have."""
    assert listed_in(tmp_path / "passwords", "anything") is None


def test_hashes_that_do_not_ascend_are_refused(tmp_path: Path) -> None:
    """A search through them would miss what is there, and nobody would know."""
    lines = hashes([f"password {number}" for number in range(500)]).splitlines(keepends=True)
    (tmp_path / "breached.txt").write_text("".join(reversed(lines)))
    with pytest.raises(UsageError, match="ascending") as caught:
        listed_in(tmp_path, "anything at all")
    assert caught.value.where == "passwords/breached.txt"
