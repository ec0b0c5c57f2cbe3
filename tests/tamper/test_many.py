"""Ten thousand random changes of a hundred thousand entries, each found and located (by night; a sample by day)."""

from random import Random
from typing import Any

import pytest

from routeproof.app.ledger.report import Report
from routeproof.app.ledger.rows import check_rows
from routeproof.app.ledger.stored import Stored
from routeproof.ledger.checkpoint import Checkpoint
from routeproof.ledger.entry import Fact, entry_bytes, leaf_hash
from routeproof.ledger.merkle import Tree
from routeproof.ledger.tiles import TILE_WIDTH, bundle, hash_tiles, tile_path, tiles_of_level
from tamper import desk
from tamper.changes import KINDS, change

ENTRIES = 100_000
CHANGES = 10_000
SAMPLE = 6


def _note(index: int) -> bytes:
    fact = Fact("notes", "note", {"text": f"n{index}"}, "2026-07-01", "ann", "analyst", "s")
    return entry_bytes(fact, index=index, appended_at=index)


@pytest.fixture(scope="module")
def many() -> list[bytes]:
    """A hundred thousand entries."""
    return [_note(index) for index in range(ENTRIES)]


@pytest.fixture(scope="module")
def leaves(many: list[bytes]) -> dict[int, bytes | None]:
    """What is kept of them."""
    return {index: leaf_hash(entry) for index, entry in enumerate(many)}


def _located(many: list[bytes], leaves: dict[int, bytes | None], count: int) -> None:
    hashes: dict[bytes, bytes] = {entry: leaf for entry, leaf in zip(many, leaves.values(), strict=True) if leaf}
    for seed in range(count):
        made = change(many, KINDS[seed % len(KINDS)], Random(seed))
        report = Report()
        check_rows(Remembered(hashes, dict(enumerate(made.entries)), leaves), report, "records.sqlite")
        first = report.ordered[0]
        assert (first.kind, first.index) == (made.kind, made.index), f"seed {seed}"


class Remembered(Stored):
    """Rows whose hashes were computed before, since only one of a hundred thousand changes."""

    def __init__(
        self, hashes: dict[bytes, bytes], entries: dict[int, bytes | None], leaves: dict[int, bytes | None]
    ) -> None:
        super().__init__(entries, leaves)
        self.hashes = hashes

    def _hash(self, index: int) -> bytes | None:
        entry = self.entries.get(index)
        return None if entry is None else self.hashes.get(entry) or leaf_hash(entry)


def test_a_sample_of_changes_in_a_hundred_thousand_entries(many: list[bytes], leaves: dict[int, bytes | None]) -> None:
    """One of each kind."""
    _located(many, leaves, SAMPLE)


@pytest.mark.night
def test_ten_thousand_changes_in_a_hundred_thousand_entries(many: list[bytes], leaves: dict[int, bytes | None]) -> None:
    """All kinds, ten thousand seeds, in the rows of the database."""
    _located(many, leaves, CHANGES)


@pytest.mark.night
def test_changes_in_the_bundles_of_a_hundred_thousand_entries(many: list[bytes], verifier: Any) -> None:
    """The offline verifier on a tiled log of that size: three hundred seeds of all kinds."""
    tree = Tree(leaf_hash(entry) for entry in many)
    files = dict(hash_tiles(tree))
    for index, width in tiles_of_level(len(many)):
        files[tile_path("entries", index, width)] = bundle(many[index * TILE_WIDTH :][:width])
    memory = desk.MemoryFiles(files)
    checkpoint = Checkpoint("log", len(many), tree.root())
    for seed in range(300):
        made = change(many, KINDS[seed % len(KINDS)], Random(seed))
        report = verifier.Report()
        part = verifier.Part(desk.bundles_of(made.entries, memory), "")
        verifier.Log(part, report, checkpoint.size, strict=True).compare(checkpoint.root)
        first = report.as_json()["problems"][0]
        assert (first["kind"], first["index"]) == (made.kind, made.index), f"seed {seed}"
