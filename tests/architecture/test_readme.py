"""What the README tells a newcomer to type and to write is what the program takes."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from routeproof.sources.map_file import load_map

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_maps_in_the_readme_load(repository: Path, tmp_path: Path) -> None:
    """Each TOML block is a map the program accepts as it stands."""
    maps = [text for language, text in _blocks(repository) if language == "toml"]
    assert len(maps) >= 2
    for number, text in enumerate(maps):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        assert load_map(path).sections == tomllib.loads(text)


def test_the_quote_map_names_the_columns_of_the_file_beside_it(repository: Path) -> None:
    """Every source column of the worked map stands in the header shown for the file."""
    header = next(text for _, text in _blocks(repository) if text.startswith("Symbol,")).splitlines()[0].split(",")
    quotes = next(
        m for _, text in _blocks(repository) if text.startswith('table = "quotes"') for m in [tomllib.loads(text)]
    )
    assert sorted(quotes["columns"].values()) == sorted(header)


def test_the_library_example_prints_what_it_says(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The Python block of docs/library.md runs as it stands and prints the block that follows it."""
    (_, code), (_, printed) = BLOCK.findall((repository / "docs/library.md").read_text("utf-8"))
    exec(compile(code, "docs/library.md", "exec"), {})  # noqa: S102 (our own document)
    assert capsys.readouterr().out == printed


def test_the_commands_in_the_readme_exist(repository: Path) -> None:
    """Each `routeproof …` line names a command and options that the program has."""
    if not (repository / "src/routeproof/cli/main.py").exists():
        pytest.skip("no command line yet")
    from routeproof.cli import main as cli  # noqa: PLC0415 (absent until the command line exists)

    group = next(value for value in vars(cli).values() if isinstance(value, click.Group))
    lines = [
        shlex.split(line, comments=True)[1:]
        for language, text in _blocks(repository)
        if language == "sh"
        for line in text.splitlines()
        if line.startswith("routeproof ")
    ]
    assert len(lines) >= 5
    for words in lines:
        _check(group, words)


def test_the_make_targets_in_the_documents_exist(repository: Path) -> None:
    """`make X` in a document is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text("utf-8"), re.MULTILINE))
    documents = [*repository.glob("*.md"), *(repository / "docs").rglob("*.md")]
    said = {word for path in documents for word in re.findall(r"`make ([a-z-]+)", path.read_text("utf-8"))}
    assert {"demo", "test"} <= said
    assert said <= targets


def _blocks(repository: Path) -> list[tuple[str, str]]:
    return BLOCK.findall((repository / "README.md").read_text("utf-8"))


def _check(group: click.Group, words: list[str]) -> None:
    """Walk down the commands as click would, then look up each option."""
    context = click.Context(group)
    command: click.Command = group
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        assert found is not None, f"README says `routeproof {' '.join(words)}`; there is no {rest[0]!r}"
        command, rest = found, rest[1:]
    known = {name for parameter in command.params for name in parameter.opts}
    unknown = [word for word in rest if word.startswith("--") and word not in known]
    assert unknown == [], f"README says `routeproof {' '.join(words)}`"
