"""History written anew with the real key: seen against any checkpoint held elsewhere, and never without one."""

import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from routeproof.app.context import open_context
from routeproof.app.ledger.notes import append_notes
from routeproof.app.ledger.verify import verify_workspace
from tamper import desk

SAMPLE = 12
POSITIONS = 1_000


def _rewritten(log: Path, position: int, to: Path) -> Path:
    """Entry and leaf at `position` changed, kept checkpoints removed: whoever owns the machine can do all of it."""
    copy = desk.copy_of(log, to)
    entries = desk.entries_of(copy)
    entries[position] = entries[position].replace(b'"session":"', b'"session":"f')
    desk.put_entries(copy, entries, leaves=True)
    desk.remove_witnesses(copy)
    return copy


def test_a_rewrite_is_seen_against_an_outside_checkpoint_only(log: Path, verifier: Any, tmp_path: Path) -> None:
    """By both verifiers, from each of a dozen positions; without a checkpoint both say that they cannot tell."""
    _rewrite_and_verify(log, verifier, tmp_path, SAMPLE)


@pytest.mark.night
def test_a_rewrite_from_a_thousand_positions(log: Path, verifier: Any, tmp_path: Path) -> None:
    """The same, many times."""
    _rewrite_and_verify(log, verifier, tmp_path, POSITIONS)


def _rewrite_and_verify(log: Path, verifier: Any, tmp_path: Path, count: int) -> None:
    outside = desk.outside_checkpoint(log, tmp_path / "usb")
    size = len(desk.entries_of(log))
    for position in Random(3).choices(_notes(log), k=count):
        copy = _rewritten(log, position, tmp_path / "copy")
        alone, held = verify_workspace(copy), verify_workspace(copy, [outside])
        assert alone.ok, alone.problems
        assert "cannot be told" in alone.statement()
        assert [(problem.kind, problem.index) for problem in held.problems] == [("rewritten", 0)]
        files = desk.MemoryFiles.of(desk.export(copy, tmp_path / "export"))
        assert desk.verify_files(verifier, files)["ok"]
        report = desk.verify_files(verifier, files, desk.Given(checkpoints=[outside]))
        assert [(problem["kind"], problem["index"]) for problem in report["problems"]] == [("rewritten", 0)]
        assert [(line["size"], line["agrees"]) for line in report["compared_with"]][-1] == (size, False)
        desk.shutil.rmtree(tmp_path / "copy")
        desk.shutil.rmtree(tmp_path / "export")


def _notes(log: Path) -> list[int]:
    """Entries that nothing but the tree holds; others carry a person's signature, and changing them is seen by it."""
    return [index for index, entry in enumerate(desk.entries_of(log)) if b'"type":"note"' in entry]


def test_an_older_copy_is_seen_against_a_checkpoint(log: Path, verifier: Any, tmp_path: Path) -> None:
    """The whole workspace of yesterday in place of today's: entries are missing at the end."""
    copy = desk.copy_of(log, tmp_path / "yesterday")
    entries = desk.entries_of(copy)[:500]
    desk.put_entries(copy, entries, leaves=True)
    desk.remove_witnesses(copy)
    outside = desk.outside_checkpoint(log, tmp_path / "usb")
    (problem,) = [item for item in verify_workspace(copy, [outside]).problems if item.kind != "projection"]
    assert (problem.kind, problem.index) == ("truncated", 500)
    files = desk.MemoryFiles.of(desk.export(copy, tmp_path / "export"))
    assert desk.verify_files(verifier, files)["ok"]
    (found,) = desk.verify_files(verifier, files, desk.Given(checkpoints=[outside]))["problems"]
    assert (found["kind"], found["index"]) == ("truncated", 500)


def test_what_came_after_the_newest_checkpoint_from_outside_is_said_to_be_uncovered(log: Path, tmp_path: Path) -> None:
    """Both verifiers name the first entry of which it says nothing; up to its size they say no such thing."""
    copy = desk.copy_of(log, tmp_path / "copy")
    outside = desk.outside_checkpoint(copy, tmp_path / "usb")
    size = len(desk.entries_of(copy))
    assert "came after" not in verify_workspace(copy, [outside]).statement()
    with open_context(copy, person="ann") as context:
        list(append_notes(context, ["later"]))
    said = f"Entries from {size} on came after the newest of them"
    assert said in verify_workspace(copy, [outside]).statement()
    command = [sys.executable, "-I", str(desk.VERIFIER), str(desk.export(copy, tmp_path / "export"))]
    run = subprocess.run([*command, "--checkpoint", str(outside)], capture_output=True, text=True, check=False)
    assert (run.returncode, said in run.stdout) == (0, True), run.stdout


def test_a_persons_act_cannot_be_rewritten_without_their_key(log: Path, verifier: Any, tmp_path: Path) -> None:
    """The log's key is not the person's: a changed act of theirs fails by their signature, without any checkpoint."""
    entries = desk.entries_of(log)
    position = next(index for index, entry in enumerate(entries) if b"people.grant_proposed" in entry)
    copy = _rewritten(log, position, tmp_path / "copy")
    problems = [(item.kind, item.index) for item in verify_workspace(copy).problems]
    assert ("signature", position) in problems
    files = desk.MemoryFiles.of(desk.export(copy, tmp_path / "export"))
    (problem,) = desk.verify_files(verifier, files)["problems"]
    assert (problem["kind"], problem["index"]) == ("signature", position)


@pytest.mark.parametrize("kind", ["deleted", "inserted"])
def test_entries_that_name_another_place_give_a_rewrite_away(
    kind: str, log: Path, verifier: Any, tmp_path: Path
) -> None:
    """An entry taken out or put in, leaves and tree built anew, and the numbers inside the entries forgotten."""
    entries = desk.entries_of(log)
    changed = entries[:20] + entries[21:] if kind == "deleted" else [*entries[:20], entries[19], *entries[20:]]
    copy = desk.copy_of(log, tmp_path / "copy")
    desk.put_entries(copy, changed, leaves=True)
    desk.remove_witnesses(copy)
    first = verify_workspace(copy).ordered[0]
    assert (first.kind, first.index) == (kind, 20)
    files = desk.MemoryFiles.of(desk.export(copy, tmp_path / "export"))
    problem = desk.verify_files(verifier, files)["problems"][0]
    assert (problem["kind"], problem["index"]) == (kind, 20)


def test_yesterdays_database_in_todays_workspace_is_seen(log: Path, tmp_path: Path) -> None:
    """Three notes later the older file is put back: no checkpoint was kept between, the head tells."""
    copy = desk.copy_of(log, tmp_path / "copy")
    size = len(desk.entries_of(copy))
    older = (copy / "records.sqlite").read_bytes()
    with desk.open_context(copy, person="ann") as context:
        list(desk.append_notes(context, ["one", "two", "three"]))
    for name in ("records.sqlite-wal", "records.sqlite-shm"):
        (copy / name).unlink(missing_ok=True)
    (copy / "records.sqlite").write_bytes(older)
    report = verify_workspace(copy)
    assert not report.ok
    assert [(problem.kind, problem.index) for problem in report.problems] == [("truncated", size)]
