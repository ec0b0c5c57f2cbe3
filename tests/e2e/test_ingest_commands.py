"""init, ingest and quality as a user calls them: exit codes, JSON on stdout, talk on stderr."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import click
import pytest

from program import call
from routeproof.cli.main import cli
from routeproof.stores.shipped_policy import load_shipped_policy

QUOTES = "symbol,at,bid,ask\n" + "".join(f"IBM,2026-07-01T13:30:{at:02d}Z,10.0{at % 5},10.1\n" for at in range(40))
Program = Callable[..., "subprocess.CompletedProcess[str]"]
MAP = 'table = "quotes"\n[time.at]\nunit = "iso"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace `ws`, which the environment names, a map and a quotes file."""
    monkeypatch.setenv("ROUTEPROOF_WORKSPACE", "ws")
    (tmp_path / "quotes.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "quotes.csv").write_text(QUOTES, encoding="utf-8")
    assert run(tmp_path, "init", "ws").returncode == 0
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program in the folder."""
    return call(*arguments, folder=folder)


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same as a program of its own, with as little around it as possible."""
    return subprocess.run(
        [sys.executable, "-m", "routeproof", *arguments],
        cwd=folder, env={"ROUTEPROOF_WORKSPACE": "ws", "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_ingest_answers_with_counts_and_manifest(folder: Path) -> None:
    """Exit 0; nothing but JSON on stdout."""
    done = start(folder, "ingest", "csv", "quotes.csv", "--map", "quotes.toml", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["received"], answer["accepted"], answer["rejected"], answer["noise"]) == (40, 40, {}, 0)
    assert len(answer["manifest"]) == 64
    report = json.loads(run(folder, "quality", "--json").stdout)
    assert report["total"]["received"] == 40
    assert {"day", "source", "received", "accepted", "rejected", "analysed", "excluded"} <= set(report["days"][0])


@pytest.mark.parametrize(("bad", "code"), [(2, 0), (3, 3)])
def test_the_reject_share_decides_the_exit_code(folder: Path, bad: int, code: int) -> None:
    """Two of 42 rows are within five per cent, three of 43 are not; the good rows stay either way."""
    (folder / "quotes.csv").write_text(QUOTES + "IBM,never,1,2\n" * bad, encoding="utf-8")
    done = run(folder, "ingest", "csv", "quotes.csv", "--map", "quotes.toml", "--json")
    assert done.returncode == code
    assert json.loads(done.stdout)["accepted"] == 40
    assert json.loads(done.stdout)["rejected"] == {"not_a_time": bad}
    assert json.loads(done.stdout)["reject_share_limit"] == 0.05


def test_too_many_rejects_are_said_and_the_limit_is_policy(folder: Path) -> None:
    """The limit is a dated value of policy, not of the program's code."""
    (folder / "quotes.csv").write_text(QUOTES + "IBM,never,1,2\n" * 3, encoding="utf-8")
    done = start(folder, "ingest", "csv", "quotes.csv", "--map", "quotes.toml")
    assert done.returncode == 3
    assert "above the 5.0% of rejects that policy allows" in done.stderr
    assert load_shipped_policy().intake.on(date(2026, 7, 1)).value.reject_share == 0.05


@pytest.mark.parametrize(
    ("how", "arguments", "code", "word"),
    [
        (start, ("ingest", "csv", "quotes.csv"), 2, "wrong_map"),
        (run, ("ingest", "morse", "quotes.csv"), 2, "usage"),
        (run, ("ingest", "csv", "nothing.csv", "--map", "quotes.toml"), 2, "usage"),
        (start, ("ingest", "csv", "--map"), 2, "usage"),
        (run, ("quality", "--workspace", "nowhere"), 2, "no_workspace"),
        (run, ("init", "ws"), 2, "no_workspace"),
    ],
)
def test_errors_have_one_shape(folder: Path, how: Program, arguments: tuple[str, ...], code: int, word: str) -> None:
    """On stderr, with a stable code; stdout stays empty."""
    done = how(folder, *arguments, "--json")
    assert done.returncode == code
    assert done.stdout == ""
    error = json.loads(done.stderr)["error"]
    assert error["code"] == word
    assert set(error) == {"code", "message", "where"}


def test_quality_says_what_was_refused_and_why(folder: Path) -> None:
    """Nothing in an empty workspace; then the file that is no evidence, by name."""
    assert run(folder, "quality").stdout == "Nothing has been taken in yet.\n"
    crossed = QUOTES.replace(",10.1\n", ",9.1\n")
    (folder / "swapped.csv").write_text(crossed, encoding="utf-8")
    assert run(folder, "ingest", "csv", "swapped.csv", "--map", "quotes.toml").returncode == 3
    assert "swapped.csv: crossed_book: bid above ask in 100.0%" in run(folder, "quality").stdout


def test_a_file_that_was_taken_in_before_is_said_to_be_so(folder: Path) -> None:
    """By its bytes, whatever its name; in words and as JSON, and not of the first time nor of another file."""
    ingest = ("ingest", "csv", "--map", "quotes.toml")
    said = "this file was taken in before; nothing changes"
    assert said not in run(folder, *ingest, "quotes.csv").stderr
    (folder / "copy.csv").write_text(QUOTES, encoding="utf-8")
    (folder / "more.csv").write_text(QUOTES.replace("IBM", "AAPL"), encoding="utf-8")
    again = run(folder, *ingest, "copy.csv", "more.csv")
    assert (again.returncode, again.stderr.count(said)) == (0, 1)
    assert f"copy.csv: {said}" in again.stderr
    plain = json.loads(run(folder, *ingest, "quotes.csv", "more.csv", "--json").stdout)
    assert plain["taken_before"] == ["quotes.csv", "more.csv"]


def test_quality_prints_shares_of_quotes(folder: Path) -> None:
    """One of 41 quotes is locked, and the counts stand in the JSON beside the shares."""
    (folder / "quotes.csv").write_text(f"{QUOTES}IBM,2026-07-01T13:31:00Z,10.2,10.2\n", encoding="utf-8")
    assert run(folder, "ingest", "csv", "quotes.csv", "--map", "quotes.toml").returncode == 0
    assert "2026-07-01 │     41 │    0.0% │   2.4% │      0.0% │" in run(folder, "quality").stdout
    (day,) = json.loads(run(folder, "quality", "--json").stdout)["quotes"]
    assert (day["locked"], day["locked_share"]) == (1, 1 / 41)


def test_rejected_rows_are_listed_with_their_place(folder: Path) -> None:
    """File, row (the head is the first) and byte counted by hand; bounded, with how many more; one file by its name."""
    head = "symbol,at,bid,ask\n"  # 18 bytes
    good = "IBM,2026-07-01T13:30:00Z,10.00,10.1\n"  # 36 bytes
    (folder / "a.csv").write_text(f"{head}{good}IBM,noon,1,2\n{good}IBM,dusk,1,2\n{good * 40}", encoding="utf-8")
    (folder / "b.csv").write_text(f"{head}{good * 40}IBM,dawn,1,2\n", encoding="utf-8")
    assert run(folder, "quality", "--rejects").stdout == "No rejected rows.\n"
    run(folder, "ingest", "csv", "a.csv", "b.csv", "--map", "quotes.toml")
    found = json.loads(run(folder, "quality", "--rejects", "--json").stdout)
    assert found["total"] == 3
    assert [(row["file"], row["row"], row["byte"]) for row in found["rows"]] == [
        ("a.csv", 3, 18 + 36),
        ("a.csv", 5, 18 + 36 + 13 + 36),
        ("b.csv", 42, 18 + 40 * 36),
    ]
    listed = run(folder, "quality", "--rejects", "--file", "a.csv", "--limit", "1").stdout.splitlines()
    assert listed[0].split() == ["file", "row", "byte", "reason", "detail"]
    assert listed[1].split()[:4] == ["a.csv", "3", "54", found["rows"][0]["reason"]]
    assert listed[-1] == "… and 1 more of 2: --limit 2"
    for wrong in (("--rejects", "--file", "c.csv"), ("--file", "a.csv")):
        assert run(folder, "quality", *wrong).returncode == 2


def _commands(group: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(group, click.Group):
        yield name, group
        return
    context = click.Context(group)
    for member in group.list_commands(context):
        command = group.get_command(context, member)
        assert command is not None
        yield from _commands(command, f"{name} {member}")


@pytest.mark.parametrize(("name", "command"), list(_commands(cli, "routeproof")))
def test_each_command_shows_an_example_that_can_be_typed(name: str, command: click.Command) -> None:
    """The example in the help names this very command, and its options exist."""
    example = re.search(rf"Example: ({name}( .+)?)", " ".join((command.help or "").split()))
    assert example is not None, name
    known = {option for item in command.params for option in item.opts}
    assert set(re.findall(r"(?<= )--[a-z-]+", example[1])) <= known


def test_help_imports_nothing_heavy() -> None:
    """The program says hello at once."""
    code = "import sys, routeproof.cli.main; print(sorted({'polars', 'numba', 'numpy', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
