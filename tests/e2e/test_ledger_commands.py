"""The ledger from the command line, and its export on a machine that has nothing of ours."""

import ast
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from routeproof.cli.main import cli, main

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
