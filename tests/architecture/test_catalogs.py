"""What grows in a catalog is listed in order, and brings its worked case."""

import ast
from pathlib import Path

CASED = {"metrics": "metrics", "rules": "rules"}


def test_every_catalog_entry_is_listed_by_name(repository: Path) -> None:
    """The tuple in a catalog's `__init__` names each of its modules: nothing is found by scanning."""
    unlisted = [
        entry.relative_to(repository).as_posix()
        for catalog in _catalogs(repository)
        for entry in _entries(catalog)
        if entry.stem not in _imported(catalog / "__init__.py")
    ]
    assert unlisted == []


def test_every_metric_and_rule_brings_a_worked_case(repository: Path) -> None:
    """One entry, one data file of the same name with answers worked by hand."""
    missing = [
        entry.relative_to(repository).as_posix()
        for catalog in _catalogs(repository)
        if catalog.parent.name in CASED
        for entry in _entries(catalog)
        if not (repository / "tests/cases" / CASED[catalog.parent.name] / f"{entry.stem}.toml").is_file()
    ]
    assert missing == []


def _catalogs(repository: Path) -> list[Path]:
    return sorted((repository / "src/routeproof").glob("*/catalog"))


def _entries(catalog: Path) -> list[Path]:
    return [path for path in sorted(catalog.glob("*.py")) if not path.stem.startswith("_")]


def _imported(initialiser: Path) -> set[str]:
    """Last name of every module that the initialiser imports or imports from."""
    if not initialiser.exists():
        return set()
    names: set[str] = set()
    for node in ast.walk(ast.parse(initialiser.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names.update(alias.name for alias in node.names)
            names.add((node.module or "").rpartition(".")[2])
        elif isinstance(node, ast.Import):
            names.update(alias.name.rpartition(".")[2] for alias in node.names)
    return names
