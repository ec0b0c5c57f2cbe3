"""What is installed is pinned, hashed, complete, and names no host."""

import re
import tomllib
from pathlib import Path

import pytest

FILES = ("build", "run", "dev", "fix", "fix-build")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_a_pin_or_its_hash(repository: Path, name: str) -> None:
    """No index, no host, no unpinned name."""
    lines = (repository / f"requirements/{name}.txt").read_text("utf-8").splitlines()
    strange = [line for line in lines if not PIN.match(line) and not re.match(r"^    --hash=sha256:[0-9a-f]{64}", line)]
    assert strange == []


@pytest.mark.parametrize("name", FILES)
def test_every_pin_has_a_hash(repository: Path, name: str) -> None:
    """A pin without a hash would let another file be installed under the same version."""
    lines = (repository / f"requirements/{name}.txt").read_text("utf-8").splitlines()
    unhashed = [
        line
        for line, after in zip(lines, [*lines[1:], ""], strict=True)
        if PIN.match(line) and not after.startswith("    --hash=")
    ]
    assert unhashed == []


def test_development_adds_to_run_time_and_changes_none_of_it(repository: Path) -> None:
    """The tests run on exactly the versions that users get."""
    assert _pins(repository, "run") <= _pins(repository, "dev")


def test_every_declared_dependency_is_pinned(repository: Path) -> None:
    """What pyproject.toml and build.in ask for is pinned; after a change, `make lock`."""
    config = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    build = (repository / "requirements/build.in").read_text("utf-8").splitlines()
    declared = {
        "build": [line for line in build if line and not line.startswith("#")],
        "run": config["project"]["dependencies"],
        "dev": config["dependency-groups"]["dev"],
        "fix": config["project"]["optional-dependencies"]["fix"],
    }
    for name, requirements in declared.items():
        pinned = {pin[0] for pin in _pins(repository, name)}
        assert {re.split(r"[\[<>=!~; ]", r)[0].lower() for r in requirements} <= pinned, f"make lock ({name})"


def _pins(repository: Path, name: str) -> set[tuple[str, str]]:
    text = (repository / f"requirements/{name}.txt").read_text("utf-8")
    return {match.groups() for line in text.splitlines() if (match := PIN.match(line))}  # type: ignore[misc]
