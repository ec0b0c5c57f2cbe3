"""The ledger from the command line, and its export on a machine that has nothing of ours."""

import ast
import base64
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from routeproof.cli.main import COMMANDS, cli, main
from routeproof.vocab.errors import UsageError

VERIFIER = Path(__file__).parents[2] / "src/routeproof/stores/offline/verify.py"


class Ledger:
    """A workspace, spoken to as people do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "workspace"
        self.run("init", str(self.root), workspace=False)

    def run(self, *arguments: str, workspace: bool = True, code: int = 0) -> str:
        """Output of a command that must end with `code`."""
        where = ["-w", str(self.root)] if workspace else []
        result = CliRunner().invoke(cli, [*arguments, *where], standalone_mode=False)
        if result.exception is not None:
            raise result.exception
        assert (result.return_value or 0) == code, result.output
        return result.output

    def json(self, *arguments: str, code: int = 0) -> Any:  # noqa: ANN401  # JSON
        """The one JSON document of a command."""
        return json.loads(self.run(*arguments, "--json", code=code))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """A new workspace without a roster."""
    return Ledger(tmp_path)


def offline(*arguments: object, verifier: Path = VERIFIER) -> subprocess.CompletedProcess[str]:
    """The offline verifier, isolated: no site packages of ours, no environment, another folder."""
    command = [sys.executable, "-I", str(verifier), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


def test_notes_are_acknowledged_in_batches_of_a_thousand(ledger: Ledger) -> None:
    """One line a durable batch; text stays as it was, whatever line breaks other than a line feed it has."""
    lines = [f"note {number}" for number in range(2_500)]
    lines[1] = "carriage\rreturn, \u2028 and \u0085 are not line feeds"
    source = ledger.folder / "notes.txt"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    acknowledged = [json.loads(line) for line in ledger.run("ledger", "note", "--from", str(source)).splitlines()]
    first = acknowledged[0]["first"]
    assert acknowledged == [
        {"first": first, "last": first + 999},
        {"first": first + 1000, "last": first + 1999},
        {"first": first + 2000, "last": first + 2499},
    ]
    receipt = ledger.folder / "receipt"
    ledger.run("ledger", "receipt", str(first + 1), "--out", str(receipt))
    report = json.loads(offline("receipt", receipt, "--json").stdout)
    assert report["ok"]
    assert report["entry"]["payload"] == {"text": lines[1]}
    assert report["entry"]["type"] == "note"


def test_an_export_is_checked_by_its_own_verifier_alone(ledger: Ledger) -> None:
    """As a folder and as a zip; with the key and a checkpoint from outside, all of it agrees."""
    ledger.json("ledger", "note", "before")
    checkpoint = ledger.json("ledger", "checkpoint", "--to", str(ledger.folder / "usb"))
    ledger.json("ledger", "note", "after")
    exported = ledger.json("ledger", "export", "--out", str(ledger.folder / "export"))
    folder = Path(exported["path"])
    key = ledger.run("ledger", "key").strip()
    run = offline(folder, "--key", key, "--checkpoint", checkpoint["path"], "--json", verifier=folder / "verify.py")
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads(run.stdout)
    assert (report["ok"], report["entries"], report["root"]) == (True, exported["size"], exported["root"])
    assert report["outside_checkpoint"]
    assert report["compared_with"][-1] == {
        "source": checkpoint["path"], "size": checkpoint["size"], "root": checkpoint["root"], "agrees": True,
    }  # fmt: skip
    archive = ledger.folder / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.rglob("*"):
            file.write(path, Path("inner") / path.relative_to(folder))
    plain = offline(archive)
    assert plain.returncode == 0
    assert "came with the export" in plain.stdout
    assert "cannot be told" in plain.stdout


def test_a_file_beside_an_export_in_a_zip_must_be_listed(ledger: Ledger) -> None:
    """A zip that holds more than the export needs a signed list of the rest."""
    folder = Path(ledger.json("ledger", "export", "--out", str(ledger.folder / "export"))["path"])
    archive = ledger.folder / "more.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("minutes.html", "altered hours before")
        for path in folder.rglob("*"):
            file.write(path, Path("ledger") / path.relative_to(folder))
    run = offline(archive, "--json")
    assert run.returncode == 4
    assert json.loads(run.stdout)["problems"][0]["file"] == "listing"


def test_two_exports_of_one_state_have_the_same_bytes(ledger: Ledger) -> None:
    """Nothing of the moment of export is in them."""
    folders = [Path(ledger.json("ledger", "export", "--out", str(ledger.folder / name))["path"]) for name in "ab"]
    contents = [{path.relative_to(f): path.read_bytes() for path in f.rglob("*") if path.is_file()} for f in folders]
    assert contents[0] == contents[1]


def test_a_tiled_log_is_checked_with_its_key(ledger: Ledger) -> None:
    """Entries opaque; a wrong key, a changed tile and a missing checkpoint are told."""
    source = ledger.folder / "notes.txt"
    source.write_text("\n".join(map(str, range(600))))
    ledger.run("ledger", "note", "--from", str(source))
    folder = Path(ledger.json("ledger", "export", "--out", str(ledger.folder / "export"))["path"])
    key = ledger.run("ledger", "key").strip()
    assert offline("tlog", folder, "--key", key).returncode == 0
    assert offline("tlog", folder).returncode == 2
    other = Ledger(ledger.folder / "second").run("ledger", "key").strip()
    wrong = json.loads(offline("tlog", folder, "--key", other, "--json").stdout)
    assert [problem["kind"] for problem in wrong["problems"]] == ["signature"]
    tile = folder / "tile/1/000.p/2"
    tile.write_bytes(tile.read_bytes()[:32] + bytes(32))
    run = offline("tlog", folder, "--key", key, "--json")
    assert run.returncode == 4
    (problem,) = json.loads(run.stdout)["problems"]
    assert (problem["kind"], problem["index"], problem["file"], problem["offset"]) == (
        "altered",
        256,
        "tile/1/000.p/2",
        32,
    )


def test_a_damaged_workspace_ends_with_4_and_json(ledger: Ledger) -> None:
    """A checkpoint that is none is a problem; a checkpoint file that is not there is a wrong call."""
    ledger.json("ledger", "note", "x")
    foreign = ledger.folder / "foreign.note"
    foreign.write_text("a\n1\nAAAA\n\n\N{EM DASH} a AAAAAAAA\n")
    report = ledger.json("ledger", "verify", "--checkpoint", str(foreign), code=4)
    assert [problem["kind"] for problem in report["problems"]] == ["signature"]
    assert report["compared_with"][-1]["agrees"] is False
    with pytest.raises(SystemExit) as end:
        main(["ledger", "verify", "-w", str(ledger.root), "--checkpoint", str(ledger.folder / "none")])
    assert end.value.code == 2


def test_a_rotated_key_keeps_what_the_old_one_signed(ledger: Ledger) -> None:
    """Checkpoints from before verify with either key; the old key cannot sign what came after."""
    before = ledger.json("ledger", "checkpoint", "--to", str(ledger.folder / "usb"))["path"]
    old = ledger.run("ledger", "key").strip()
    rotated = ledger.json("ledger", "rotate-key")
    assert rotated["old"] == old
    ledger.json("ledger", "note", "after")
    assert ledger.json("ledger", "verify", "--checkpoint", before)["ok"]
    folder = Path(ledger.json("ledger", "export", "--out", str(ledger.folder / "export"))["path"])
    for key in (old, rotated["new"]):
        run = offline(folder, "--key", key, "--checkpoint", before)
        assert run.returncode == 0, run.stdout
    assert [path.name for path in sorted((ledger.root / "keys").glob("*.key"))] == [
        f"ledger.{old.split('+')[1]}.retired.key",
        "ledger.key",
    ]


def test_rebuild_compares_what_is_shown_with_the_replay(ledger: Ledger) -> None:
    """An object with the stable members."""
    found = ledger.json("rebuild", "--check")
    assert found["ok"]
    assert found["differences"] == []
    assert set(found["projections"]) >= {"governance_objects", "lake_commits"}


@pytest.mark.parametrize("judge", ["ours", "theirs"])
def test_proofs_are_judged_line_by_line(judge: str, ledger: Ledger, shared_data: Path) -> None:
    """518 published proofs by both implementations; lines that are no JSON are rejected, and the exit is 0."""
    paths = sorted((shared_data / "robustness" / "merkle" / "rfc6962_proofs").rglob("*.json"))
    records = [json.loads(path.read_text("utf-8")) for path in paths]
    lines = [json.dumps(record) for record in records] + ["", "{", "null", "\x00", '{"size1": 1e3}']
    source = ledger.folder / "proofs.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if judge == "ours":
        output = ledger.run("ledger", "proofs", str(source), workspace=False)
    else:
        run = offline("proofs", source)
        assert run.returncode == 0
        output = run.stdout
    expected = ["reject" if record["wantErr"] else "accept" for record in records] + ["reject"] * 5
    assert output.splitlines() == expected


def test_the_verifier_is_written_for_python_3_9_and_imports_the_standard_library_only() -> None:
    """Its grammar parses as 3.9, and every import is of the standard library."""
    tree = ast.parse(VERIFIER.read_text("utf-8"), feature_version=(3, 9))
    names = {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    } | {str(node.module).partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)


def test_many_notes_at_once_are_under_a_kept_checkpoint(ledger: Ledger) -> None:
    """An hour may be long: whoever loads a thousand entries has them covered when the command ends."""
    source = ledger.folder / "notes.txt"
    source.write_text("x\n" * 1_500)
    last = json.loads(ledger.run("ledger", "note", "--from", str(source)).splitlines()[-1])["last"]
    kept = ledger.json("ledger", "verify")["compared_with"]
    assert max(item["size"] for item in kept) == last + 1


def test_a_checkpoint_never_takes_the_place_of_another_one(tmp_path: Path) -> None:
    """Two logs of one size, told to one folder: both are there afterwards, each with its own root."""
    paths = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        told = Ledger(tmp_path / name).json("ledger", "checkpoint", "--to", str(tmp_path / "outside"))
        paths.append((Path(told["path"]), told["root"]))
    assert len({path for path, _ in paths}) == 2
    for path, root in paths:
        assert base64.b64decode(path.read_text().splitlines()[2]).hex() == root


def test_an_entry_lost_at_the_end_of_a_bundle_is_located_there(ledger: Ledger) -> None:
    """A bundle of 256 entries that was emptied, and one cut between two entries, are named, not their neighbours."""
    source = ledger.folder / "notes.txt"
    source.write_text("".join(f"note {number}\n" for number in range(600)))
    ledger.run("ledger", "note", "--from", str(source))
    out = ledger.folder / "export"
    ledger.run("ledger", "export", "--out", str(out))
    bundle = out / "tile" / "entries" / "001"
    whole = bundle.read_bytes()
    cut = 0
    for _ in range(100):
        cut += 2 + int.from_bytes(whole[cut : cut + 2], "big")
    for kept, index in ((0, 256), (cut, 356)):
        bundle.write_bytes(whole[:kept])
        (problem,) = json.loads(offline(out, "--json").stdout)["problems"]
        assert problem["kind"] in {"deleted", "truncated"}
        assert (problem["index"], problem["file"], problem["offset"]) == (index, "tile/entries/001", kept)


@pytest.mark.parametrize("arguments", [("--checkpoint", "nowhere.note"), ("--key", "nonsense")])
def test_a_wrong_call_of_the_verifier_ends_with_2_as_the_program_does(
    arguments: tuple[str, str], ledger: Ledger
) -> None:
    """A file that is not there is the caller's mistake, and says nothing about the log."""
    out = ledger.folder / "export"
    ledger.run("ledger", "export", "--out", str(out))
    done = offline(out, *arguments, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert set(json.loads(done.stderr)["error"]) == {"code", "message", "where"}


def test_a_roster_that_cannot_be_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown role, one person twice, no passphrase, too long for an entry, nested too deep: exit 2, no folder."""
    monkeypatch.delenv("ROUTEPROOF_PASSPHRASE", raising=False)
    ann = {"id": "ann", "name": "Ann", "roles": ["analyst"]}
    loose: dict[str, object] = {"unprotected_keys": True}
    for number, text in enumerate(
        (
            json.dumps({**loose, "person": [{**ann, "roles": ["boss"]}]}),
            json.dumps({**loose, "person": [ann, ann]}),
            json.dumps({**loose, "person": [{**ann, "name": "A" * 70_000}]}),
            json.dumps({**loose, "person": [{**ann, "id": "../ann"}]}),
            json.dumps({"person": [ann]}),
            '{"person":' * 100_000,
            "person = " + "[" * 100_000,
        )
    ):
        people = tmp_path / f"people{number}"
        people.write_text(text)
        with pytest.raises(UsageError):
            CliRunner().invoke(
                cli,
                ["init", str(tmp_path / "new"), "--people", str(people)],
                standalone_mode=False,
                catch_exceptions=False,
            )
        assert not (tmp_path / "new").exists(), text[:60]


def test_a_body_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    """Editors on Windows write one."""
    for name, text in (
        ("toml", 'unprotected_keys = true\n[[person]]\nid = "ann"\nname = "Ann"\nroles = ["analyst"]\n'),
        ("json", '{"unprotected_keys": true, "person": [{"id": "ann", "name": "Ann", "roles": ["analyst"]}]}'),
    ):
        people = tmp_path / name
        people.write_bytes(b"\xef\xbb\xbf" + text.encode())
        arguments = ["init", str(tmp_path / f"of-{name}"), "--people", str(people)]
        assert CliRunner().invoke(cli, arguments, standalone_mode=False).exception is None


def test_what_nobody_expected_is_one_line_of_the_agreed_shape(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command that fails in a way of its own ends with 1 and says where; no trace unless it is asked for."""

    @click.command("broken")
    @click.option("--json", is_flag=True)
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(COMMANDS, "broken", f"{__name__}:broken")
    monkeypatch.setattr(sys.modules[__name__], "broken", broken, raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["broken", "--json"])
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["error"]["code"] == "unexpected"
    monkeypatch.setenv("ROUTEPROOF_TRACE", "1")
    with pytest.raises(ZeroDivisionError):
        main(["broken", "--json"])
