"""Commands that are broken off, each with the promise that must hold wherever that happened."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance_desk import Desk as People
from governance_desk import new_desk
from old_workspace import old_workspace
from routeproof.app.backup import LIST, back_up
from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.notes import append_notes
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.migrate import migrate
from routeproof.app.restore import restore
from routeproof.app.workspace import SETTINGS, WorkspaceError
from unit.governance.review_case import REVIEW_ID, do, look, meeting, opened, sign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from faults.points import Run

MODULES = (
    "alembic.command",
    "routeproof.app.backup",
    "routeproof.app.desk.review",
    "routeproof.app.ledger.notes",
    "routeproof.app.ledger.verify",
    "routeproof.app.migrate",
    "routeproof.app.restore",
    "sqlalchemy.dialects.sqlite",
)
"""Imported before the command is held, so that its calls are its own."""
LINES = [f"note {number}" for number in range(2_500)]


@dataclass(frozen=True, slots=True)
class Broken:
    """A command to break off.

    Attributes:
        prepare: makes the folder that it works in.
        arguments: what it is called with, given that folder.
        check: holds what it left, and what it had said, against the promise.
    """

    prepare: Callable[[Path], None]
    arguments: Callable[[Path], Sequence[str]]
    check: Callable[[Path, Run], None]


def texts_of(root: Path) -> list[str]:
    """Texts of all notes, in the order of the ledger."""
    with open_context(root) as context:
        entries = [json.loads(entry) for entry in context.records.entries()]
    assert [entry["index"] for entry in entries] == list(range(len(entries)))
    return [entry["payload"]["text"] for entry in entries if entry["type"] == "note"]


def require_whole(root: Path) -> None:
    """The record verifies, and takes the next note once."""
    report = verify_workspace(root)
    assert report.ok, report.problems
    before = texts_of(root)
    with open_context(root) as context:
        list(append_notes(context, ["the next one"]))
    assert texts_of(root) == [*before, "the next one"]


def require_acknowledged(root: Path, output: str, lines: Sequence[str]) -> None:
    """What was acknowledged is there, once; what was not is there whole batches at a time, or not at all."""
    found = texts_of(root)
    assert found == list(lines[: len(found)])
    assert len(found) % 1_000 == 0 or len(found) == len(lines)
    # A line that was cut is no acknowledgement.
    spans = [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith("\n")]
    assert len(found) >= sum(span["last"] - span["first"] + 1 for span in spans)
    with open_context(root) as context:
        kept = context.records.entries()
    acknowledged = [
        json.loads(kept[index])["payload"]["text"] for span in spans for index in range(span["first"], span["last"] + 1)
    ]
    assert acknowledged == list(lines[: len(acknowledged)])


def _workspace(folder: Path) -> None:
    init_workspace(folder / "w")


def _noted(folder: Path) -> None:
    init_workspace(folder / "w")
    with open_context(folder / "w") as context:
        list(append_notes(context, ["one", "two"]))
        context.evidence.put(b"letter", media_type="text/plain", name="letter.txt")


def _lines(folder: Path) -> None:
    _workspace(folder)
    (folder / "lines").write_text("".join(f"{line}\n" for line in LINES), "utf-8")


def _old(folder: Path) -> None:
    old_workspace(folder / "w", notes=300)


def _backed_up(folder: Path) -> None:
    _noted(folder)
    with open_context(folder / "w") as context:
        back_up(context, folder / "b")


def _check_note(folder: Path, run: Run) -> None:
    require_acknowledged(folder / "w", run.output, ["a note"])
    require_whole(folder / "w")


def _check_lines(folder: Path, run: Run) -> None:
    require_acknowledged(folder / "w", run.output, LINES)
    require_whole(folder / "w")


def _check_backup(folder: Path, run: Run) -> None:
    """A folder without its list is no backup; one with it restores whole; one that was acknowledged has it."""
    assert (folder / "b" / LIST).exists() or not run.output
    if (folder / "b" / LIST).exists():
        restore(folder / "b", folder / "again")
        assert texts_of(folder / "again") == ["one", "two"]
    require_whole(folder / "w")


def _check_migration(folder: Path, _run: Run) -> None:
    """Taken up again, it ends as if it had never been broken off."""
    migrate(folder / "w")
    with open_context(folder / "w") as context:
        types = Counter(json.loads(entry)["type"] for entry in context.records.entries())
    assert types.pop("note") == 300
    assert types.keys() >= {"workspace.created", "pack.built", "workspace.migrated", "evidence.expired"}
    assert set(types.values()) == {1}
    require_whole(folder / "w")


def _check_restore(folder: Path, run: Run) -> None:
    """A folder without settings is no workspace; what opens is whole, and so is what was acknowledged."""
    root = folder / "again"
    if not (root / SETTINGS).exists():
        assert not run.output
        shutil.rmtree(root, ignore_errors=True)
        restore(folder / "b", root)
    try:
        assert texts_of(root) == ["one", "two"]
    except WorkspaceError:
        assert not run.output
        return
    require_whole(root)


def _check_init(folder: Path, run: Run) -> None:
    """A folder without settings is no workspace; what opens has its first entry."""
    root = folder / "new"
    if not (root / SETTINGS).exists():
        assert not run.output
        return
    with open_context(root) as context:
        assert json.loads(context.records.entries(0, 1)[0])["type"] == "workspace.created"
    require_whole(root)


def _check_checkpoint(folder: Path, run: Run) -> None:
    """A checkpoint that is there is whole, and agrees with the record."""
    notes = sorted((folder / "out").glob("*.note"))
    assert notes or not run.output
    report = verify_workspace(folder / "w", notes)
    assert report.ok, report.problems
    require_whole(folder / "w")


def _minuted(folder: Path) -> None:
    people = new_desk(folder / "w")
    opened(people, folder / "pack")
    do(people, "ann", "record", meeting())
    (folder / "version").write_text(look(people)["version_hash"], "utf-8")


def _check_sign_off(folder: Path, run: Run) -> None:
    """A signature that was acknowledged stands, once, with its receipt; one that was not stands once or not at all."""
    people = People(folder / "w")
    signers = [item["person"] for item in look(people)["signatures"]]
    assert signers in ([], ["sam"])
    if run.output.endswith("\n"):
        assert signers == ["sam"]
        receipt = json.loads(run.output)["receipt"]
        assert (folder / "w" / "receipts" / receipt.rpartition("/")[2]).stat().st_size > 0
    report = verify_workspace(folder / "w")
    assert report.ok, report.problems
    assert [item["person"] for item in sign(people, "cora")["signatures"]] == [*signers, "cora"]
    assert verify_workspace(folder / "w").ok


BROKEN = {
    "sign-off": Broken(
        _minuted,
        lambda folder: [
            *("review", "sign", REVIEW_ID, "--version", (folder / "version").read_text("utf-8")),
            *("--as", "sam", "-w", f"{folder}/w", "--json"),
        ],
        _check_sign_off,
    ),
    "init": Broken(lambda _: None, lambda folder: ["init", f"{folder}/new", "--json"], _check_init),
    "checkpoint": Broken(
        _noted,
        lambda folder: ["ledger", "checkpoint", "--to", f"{folder}/out", "-w", f"{folder}/w", "--json"],
        _check_checkpoint,
    ),
    "note": Broken(_workspace, lambda folder: ["ledger", "note", "a note", "-w", f"{folder}/w"], _check_note),
    "notes": Broken(
        _lines, lambda folder: ["ledger", "note", "--from", f"{folder}/lines", "-w", f"{folder}/w"], _check_lines
    ),
    "backup": Broken(
        _noted, lambda folder: ["backup", "--to", f"{folder}/b", "-w", f"{folder}/w", "--json"], _check_backup
    ),
    "migrate": Broken(_old, lambda folder: ["migrate", "-w", f"{folder}/w"], _check_migration),
    "restore": Broken(
        _backed_up, lambda folder: ["restore", f"{folder}/b", "--into", f"{folder}/again", "--json"], _check_restore
    ),
}
"""By name; a command that records something is one line here."""


class Desk:
    """A folder made once and copied for each run."""

    def __init__(self, folder: Path, broken: Broken) -> None:
        self._template, self.folder, self._broken = folder / "template", folder / "run", broken
        self._template.mkdir(parents=True)
        broken.prepare(self._template)

    def fresh(self) -> Path:
        """The folder as it was before the command."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self._template, self.folder)
        return self.folder

    @property
    def arguments(self) -> Sequence[str]:
        """The command."""
        return self._broken.arguments(self.folder)

    def check(self, run: Run) -> None:
        """Hold what is there against the promise."""
        self._broken.check(self.folder, run)
