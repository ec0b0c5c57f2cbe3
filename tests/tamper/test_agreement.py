"""Both verifiers say the same of the same change, and it is the right thing: what happened, and at which entry."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.ledger.report import Report
from routeproof.app.ledger.rows import check_rows
from routeproof.app.ledger.stored import Stored
from routeproof.app.ledger.verify import verify_workspace
from routeproof.ledger.differences import differences
from routeproof.ledger.entry import leaf_hash
from tamper import desk
from tamper.changes import KINDS, change

SEEDS = 40
OFFLINE = desk.offline()


def test_an_untouched_ledger_verifies(log: Path, exported: desk.MemoryFiles, verifier: Any) -> None:
    """By both, with the same size and root, and with a plain word about what they cannot tell."""
    ours, theirs = verify_workspace(log).as_json(), desk.verify_files(verifier, exported)
    assert ours["ok"]
    assert theirs["ok"], theirs["problems"]
    assert (ours["entries"], ours["root"]) == (theirs["entries"], theirs["root"])
    assert "cannot be told" in ours["statement"]
    assert "came with the export" in theirs["statement"]


@pytest.mark.parametrize("how", KINDS)
def test_a_random_change_is_found_and_located_by_both(
    how: str, log: Path, exported: desk.MemoryFiles, verifier: Any
) -> None:
    """Forty seeds of each kind: the database's rows against its leaves, the export's bundles against its tiles."""
    entries = desk.entries_of(log)
    leaves = {index: leaf_hash(entry) for index, entry in enumerate(entries)}
    for seed in range(SEEDS):
        made = change(entries, how, Random(f"{how} {seed}"))
        report = Report()
        check_rows(Stored(dict(enumerate(made.entries)), dict(leaves)), report, "records.sqlite")
        ours = report.as_json()["problems"][0]
        theirs = desk.verify_files(verifier, desk.bundles_of(made.entries, exported))["problems"][0]
        assert (ours["kind"], ours["index"]) == (made.kind, made.index), f"seed {seed}"
        assert (theirs["kind"], theirs["index"]) == (made.kind, made.index), f"seed {seed}"


@pytest.mark.parametrize("how", KINDS)
def test_the_command_finds_it_in_a_real_database(how: str, log: Path, tmp_path: Path) -> None:
    """The owner of the database drops its triggers and changes rows: the first problem is the change."""
    entries = desk.entries_of(log)
    made = change(entries, how, Random(how))
    copy = desk.copy_of(log, tmp_path / "copy")
    desk.put_entries(copy, made.entries)
    report = verify_workspace(copy).as_json()
    assert not report["ok"]
    first = report["problems"][0]
    assert (first["kind"], first["index"], first["file"], first["offset"]) == (
        made.kind, made.index, "records.sqlite", None,
    )  # fmt: skip


def test_the_offset_is_where_the_entry_begins_in_its_bundle(exported: desk.MemoryFiles, verifier: Any) -> None:
    """A flipped bit in the content of entry 300, the 45th of the second bundle: its two length bytes come first."""
    name = "tile/entries/001"
    content = bytearray(exported.files[name])
    offset = 0
    for _ in range(300 - 256):
        offset += 2 + int.from_bytes(content[offset : offset + 2], "big")
    content[offset + 40] ^= 4
    (problem,) = desk.verify_files(verifier, exported.changed(name, bytes(content)))["problems"]
    assert (problem["kind"], problem["index"], problem["file"], problem["offset"]) == ("altered", 300, name, offset)
    # The same with the length itself: the entry behind it is found again.
    content[offset + 40] ^= 4
    content[offset + 1] ^= 1
    (problem,) = desk.verify_files(verifier, exported.changed(name, bytes(content)))["problems"]
    assert (problem["kind"], problem["index"], problem["file"], problem["offset"]) == ("altered", 300, name, offset)


@given(st.lists(st.integers(0, 6), max_size=25), st.lists(st.integers(0, 6), max_size=25))
@examples(300)
def test_both_tell_the_same_of_any_two_sequences(found: list[int], wanted: list[int]) -> None:
    """However many things happened at once."""
    ours = [(item.kind, item.found, item.wanted) for item in differences(found, wanted)]
    assert ours == OFFLINE.differences(found, wanted)
