"""Backup and restore: what was acknowledged before the start is in the copy; a copy that is not whole is none."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from governance_desk import new_desk
from routeproof.app.backup import LIST, RECORDS, Backup, back_up, read_backup
from routeproof.app.context import open_context
from routeproof.app.firm.duties import close_duty, duties_shown
from routeproof.app.init_workspace import init_workspace
from routeproof.app.ledger.checkpoints import keep_checkpoint
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.restore import restore
from routeproof.ledger.entry import Fact
from routeproof.vocab.errors import LedgerBrokenError, UsageError

NONCE = bytes(range(32))
WRITER = """
import sys
import time
from pathlib import Path
from routeproof.app.context import open_context
from routeproof.ledger.entry import Fact
with open_context(Path(sys.argv[1])) as context:
    for number in range(100_000):
        text = f"{number}".encode()
        sha256 = context.evidence.put(text, media_type="text/plain", name="n.txt")
        fact = Fact("notes", "note", {"text": f"{number}"}, "2026-07-02", "a", "r", "s", evidence=(sha256,))
        print(*context.records.append([fact]), flush=True)
        time.sleep(0.05)
"""


def noted(root: Path, *texts: str) -> None:
    """Append a note with a document for each text."""
    with open_context(root) as context:
        for text in texts:
            sha256 = context.evidence.put(text.encode(), media_type="text/plain", name="n.txt", nonce=NONCE)
            fact = Fact("notes", "note", {"text": text}, "2026-07-02", "a", "r", "s", evidence=(sha256,))
            context.records.append([fact])


def entries(root: Path) -> list[bytes]:
    """All entries of a workspace."""
    with open_context(root) as context:
        return context.records.entries()


def copied(made: Backup) -> set[str]:
    """What a backup holds, but for checkpoints."""
    return {name for name in made.files if not name.startswith("checkpoints/")}


def made_backup(tmp_path: Path, *texts: str) -> Path:
    """A workspace in `w` with notes, backed up to `b`."""
    init_workspace(tmp_path / "w", firm_id="Example Securities")
    noted(tmp_path / "w", *texts)
    with open_context(tmp_path / "w") as context:
        back_up(context, tmp_path / "b")
    return tmp_path / "b"


def test_a_restored_workspace_has_the_same_entries_and_documents(tmp_path: Path) -> None:
    """Both ledgers then go on with an event of their own that names the backup."""
    folder = made_backup(tmp_path, "one", "two")
    made = restore(folder, tmp_path / "again")
    before, after = entries(tmp_path / "w"), entries(tmp_path / "again")
    # The workspace, its log's key, two notes.
    assert made.entries == 4
    assert (len(before), len(after), after[:4]) == (5, 5, before[:4])
    events = [json.loads(found[4]) for found in (before, after)]
    assert [event["type"] for event in events] == ["workspace.backed_up", "workspace.restored"]
    assert events[0]["payload"]["backup"] == events[1]["payload"]["backup"]
    with open_context(tmp_path / "again") as context:
        assert {context.evidence.get(name).content for name in context.evidence.names()} == {b"one", b"two"}
        assert context.workspace.firm_id == "Example Securities"


def test_a_drill_is_shown_to_the_workspace_that_lives_on(tmp_path: Path) -> None:
    """The report of the restore is evidence for its duty; without one that workspace knows of no drill."""
    desk = new_desk(tmp_path / "w")
    with desk.context() as context:
        back_up(context, tmp_path / "b")
    made = restore(tmp_path / "b", tmp_path / "again", report=tmp_path / "drill.json")
    with desk.context("adam") as context:
        (duty,) = (item for item in duties_shown(context)["duties"] if item["id"].startswith("restore_drill:"))
        assert duty["state"] == "due"
        closed = close_duty(context, duty["id"], {"evidence": [str(tmp_path / "drill.json")]})
        report = json.loads(context.evidence.get(closed["evidence"][0]["documents"][0]).content)
    assert closed["state"] == "done"
    assert (report["entries"], report["root"], report["verified"]) == (made.entries, made.root, True)
    backed_up = json.loads(entries(tmp_path / "w")[made.entries])
    assert report["backup"] == backed_up["payload"]["backup"]


def test_private_keys_are_not_copied(tmp_path: Path) -> None:
    """A copy of the record cannot sign."""
    init_workspace(tmp_path / "w")
    (tmp_path / "w" / "keys" / "ledger.key").write_text("private", "utf-8")
    with open_context(tmp_path / "w") as context:
        back_up(context, tmp_path / "b", with_data=True)
    assert not list((tmp_path / "b").rglob("*.key"))


def test_data_is_copied_when_it_is_asked_for(tmp_path: Path) -> None:
    """The lake's files and raw bytes; what is in the making is not."""
    init_workspace(tmp_path / "w")
    for name in ("lake/quotes/2026-07-01/a.parquet", "lake/quotes/2026-07-01/.writing-1.parquet", "raw/ab/abcd"):
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_bytes(b"x")
    with open_context(tmp_path / "w") as context:
        assert copied(back_up(context, tmp_path / "record")) == {RECORDS}
        files = copied(back_up(context, tmp_path / "all", with_data=True))
    assert files == {RECORDS, "lake/quotes/2026-07-01/a.parquet", "raw/ab/abcd"}


def test_what_has_expired_is_neither_missed_nor_kept(tmp_path: Path) -> None:
    """An entry says so; a leftover file is not carried on."""
    init_workspace(tmp_path / "w")
    noted(tmp_path / "w", "one", "two")
    with open_context(tmp_path / "w") as context:
        one, two = context.evidence.names()
        facts = [
            Fact(f"evidence/{name}", "evidence.expired", {"sha256": name}, "2026-07-02", "a", "r", "s")
            for name in (one, two)
        ]
        context.records.append(facts)
        context.evidence.destroy(one)
        assert copied(back_up(context, tmp_path / "b")) == {RECORDS}


def test_a_record_that_misses_a_document_is_not_backed_up_as_if_it_were_whole(tmp_path: Path) -> None:
    """The backup stops, and leaves no list that would make it one."""
    init_workspace(tmp_path / "w")
    noted(tmp_path / "w", "one")
    with open_context(tmp_path / "w") as context:
        context.evidence.destroy(context.evidence.names()[0])
        with pytest.raises(LedgerBrokenError, match="evidence"):
            back_up(context, tmp_path / "b")
    with pytest.raises(UsageError, match=r"backup\.json"):
        read_backup(tmp_path / "b")


def test_what_was_signed_is_copied_and_its_key_is_waited_for(tmp_path: Path) -> None:
    """Checkpoints come along; the restored log keeps its name, and takes no other key in the place of its own."""
    init_workspace(tmp_path / "w")
    noted(tmp_path / "w", "one")
    with open_context(tmp_path / "w") as context:
        kept = keep_checkpoint(context, always=True)
        made = back_up(context, tmp_path / "b")
    assert kept is not None
    assert f"checkpoints/{kept.checkpoint.size}.note" in made.files
    restore(tmp_path / "b", tmp_path / "again")
    keys = tmp_path / "again" / "keys"
    assert [path.name for path in keys.iterdir()] == ["ledger.vkey"]
    with open_context(tmp_path / "again", keeps_checkpoints=False) as context:
        context.records.append([Fact("notes", "note", {"text": "two"}, "2026-07-02", "a", "r", "s")])
        with pytest.raises(LedgerBrokenError, match="private key"):
            keep_checkpoint(context, always=True)
        shutil.copy(tmp_path / "w" / "keys" / "ledger.key", keys)
        assert keep_checkpoint(context, always=True) is not None
    report = verify_workspace(tmp_path / "again", [tmp_path / "w" / "checkpoints" / f"{kept.checkpoint.size}.note"])
    assert report.ok, report.problems
    assert all(compared.agrees for compared in report.compared)


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_backup_is_refused(tmp_path: Path, seed: int) -> None:
    """One byte of any of its files, and one file less; no workspace is left that opens."""
    chance = random.Random(seed)  # noqa: S311  # a choice that can be made again
    folder = made_backup(tmp_path, "one", "two")
    path = chance.choice(sorted(item for item in folder.rglob("*") if item.is_file() and item.name != LIST))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    if seed:
        path.write_bytes(content)
    else:
        path.unlink()
    with pytest.raises(LedgerBrokenError, match="another backup"):
        restore(folder, tmp_path / "again")
    with pytest.raises(UsageError):
        entries(tmp_path / "again")


def test_a_list_that_was_made_to_fit_does_not_help(tmp_path: Path) -> None:
    """A changed entry with the list's hash put right still differs from its leaf and from the root."""
    folder = made_backup(tmp_path, "one")
    listed = json.loads((folder / LIST).read_bytes())
    listed["root"] = "00" * 32
    (folder / LIST).write_text(json.dumps(listed), "utf-8")
    with pytest.raises(LedgerBrokenError, match="root"):
        restore(folder, tmp_path / "again")
    listed["files"]["../w/routeproof.toml"] = "00"
    (folder / LIST).write_text(json.dumps(listed), "utf-8")
    with pytest.raises(LedgerBrokenError, match="leads out"):
        restore(folder, tmp_path / "once more")


def test_neither_writes_over_what_is_there(tmp_path: Path) -> None:
    """A backup goes into an empty folder, and so does a workspace."""
    folder = made_backup(tmp_path, "one")
    with open_context(tmp_path / "w") as context, pytest.raises(UsageError, match="empty"):
        back_up(context, folder)
    with pytest.raises(UsageError, match="empty"):
        restore(folder, tmp_path / "w")


@pytest.mark.parametrize("workspaces", [1, pytest.param(34, marks=pytest.mark.night)])
def test_a_backup_under_load_has_everything_acknowledged_before_it_began(tmp_path: Path, workspaces: int) -> None:
    """A writer in another process goes on; each copy restores and is the beginning of the ledger; three a workspace."""
    for number in range(workspaces):
        _backed_up_under_load(tmp_path / str(number), rounds=3)


def _backed_up_under_load(folder: Path, rounds: int) -> None:
    init_workspace(folder / "w")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder / "w")], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert writer.stdout is not None
    try:
        for number in range(rounds):
            acknowledged = int(writer.stdout.readline())
            copy, root = folder / f"b{number}", folder / f"r{number}"
            with open_context(folder / "w") as context:
                acknowledged = max(acknowledged, context.records.size() - 1)
                made = back_up(context, copy)
            assert restore(copy, root).entries == made.entries > acknowledged
            assert entries(root)[:-1] == entries(folder / "w")[: made.entries]
    finally:
        writer.kill()
        writer.communicate()
    shutil.rmtree(folder)


def test_records_move_from_a_server_to_a_file_and_back(tmp_path: Path, database_url: str) -> None:
    """A backup has one form, whichever database it comes from and goes to."""
    init_workspace(tmp_path / "w", records=database_url)
    noted(tmp_path / "w", "one")
    with open_context(tmp_path / "w") as context:
        made = back_up(context, tmp_path / "b")
    restore(tmp_path / "b", tmp_path / "file")
    restored = restore(tmp_path / "b", tmp_path / "server", records=database_url)
    assert made.root == restored.root
    assert entries(tmp_path / "w")[:2] == entries(tmp_path / "file")[:2] == entries(tmp_path / "server")[:2]
    with open_context(tmp_path / "server") as context:
        assert not context.workspace.records_path.exists()
        assert context.workspace.server is not None
