"""The repository as data: parsed modules and tracked files."""

import ast
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

CORE = ("vocab", "policy", "ledger", "tables", "metrics", "evidence", "rules", "governance", "reports")


@dataclass(frozen=True)
class Module:
    """One Python file: where it is and what it says."""

    path: Path
    root: Path

    @property
    def name(self) -> str:
        """Path from the repository root, for messages."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def package(self) -> str:
        """The first directory under `src/routeproof`, or "" for a file beside them and for other trees."""
        parts = self.path.relative_to(self.root).parts
        return parts[2] if parts[:2] == ("src", "routeproof") and len(parts) > 3 else ""

    @property
    def is_core(self) -> bool:
        """Whether the file belongs to the pure core."""
        return self.package in CORE

    @cached_property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.path.read_text("utf-8").splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse("\n".join(self.lines), filename=self.name)


@pytest.fixture(scope="session")
def modules(repository: Path) -> list[Module]:
    """Every Python file of the product, its tests and its benchmark."""
    found = [
        Module(path, repository)
        for tree in ("src", "tests", "bench", "tools")
        for path in sorted((repository / tree).rglob("*.py"))
    ]
    assert found, f"expected Python files under {repository}, found none"
    return found


@pytest.fixture(scope="session")
def product(modules: list[Module]) -> list[Module]:
    """The files users install."""
    return [module for module in modules if module.name.startswith("src/")]


@pytest.fixture(scope="session")
def tracked(repository: Path) -> list[Path]:
    """Every file under version control that is present."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed: which files are tracked cannot be told")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=False)
    if listing.returncode != 0:
        pytest.skip("not a git checkout: which files are tracked cannot be told")
    names = listing.stdout.decode().split("\0")
    return [repository / name for name in names if name and (repository / name).is_file()]
