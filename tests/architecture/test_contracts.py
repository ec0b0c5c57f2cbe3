"""Imports go down only, and every package is under that contract."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any


def test_import_contracts_hold(repository: Path) -> None:
    """import-linter, with the contracts of pyproject.toml, finds nothing."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:]


def test_every_core_package_is_held_pure(repository: Path, product: list[Any]) -> None:
    """A core package that appears is named by the purity contract, not forgotten."""
    config = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}
    named = {module.split(".")[1] for module in contracts["pure-core"]["source_modules"]}
    assert {m.package for m in product if m.is_core} <= named


def test_every_catalog_is_held_independent(repository: Path) -> None:
    """A catalog that appears is named by the independence contract."""
    config = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    contracts = {c["id"]: c for c in config["tool"]["importlinter"]["contracts"]}
    found = {f"routeproof.{p.parent.name}.catalog.*" for p in (repository / "src/routeproof").glob("*/catalog")}
    assert found <= set(contracts["catalogs"]["modules"])
