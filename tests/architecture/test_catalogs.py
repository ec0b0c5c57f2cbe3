"""What grows in a catalog is listed by name, and every metric and rule in it brings a worked case."""

import ast
import importlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def test_every_catalog_entry_is_imported_by_name(product: list[Any]) -> None:
    """Nothing is found by scanning a folder, and nothing lies in a catalog unused."""
    imported = {name for module in product for name in _imported(module.tree)}
    unused = [m.name for m in product if "/catalog/" in m.name and m.path.stem not in {"__init__", *imported}]
    assert unused == []


@pytest.mark.parametrize("kind", ["metrics", "rules"])
def test_every_entry_has_a_hand_worked_answer(repository: Path, kind: str) -> None:
    """Each name of the registry is a key in some data file under tests/cases, where its answer was worked by hand."""
    if not (repository / f"src/routeproof/{kind}/registry.py").exists():
        pytest.skip(f"no registry of {kind} yet")
    listing = importlib.import_module(f"routeproof.{kind}.registry")
    answered: set[str] = set()
    for case in (repository / "tests/cases" / kind).rglob("*.toml"):
        answered.update(_keys(tomllib.loads(case.read_text("utf-8"))))
    assert [entry.name for entry in listing.ALL if entry.name not in answered] == []


def test_metric_names_are_unique_and_end_in_their_unit() -> None:
    """A name is stable API: one meaning each, and money says per what."""
    listing = pytest.importorskip("routeproof.metrics.registry", reason="no registry of metrics yet")
    names = [metric.name for metric in listing.ALL]
    assert len(names) == len(set(names))
    for metric in listing.ALL:
        if metric.unit in {"usd_per_share", "bps", "ms", "usd"}:
            assert f"_{metric.unit}" in metric.name, metric.name
        assert metric.better in {"higher", "lower", "nearer_zero", "none"}, metric.name
        assert metric.formula, metric.name
        assert metric.source, metric.name


def test_every_rule_names_its_metrics_or_says_that_it_has_none(product: list[Any]) -> None:
    """Named are metrics of the catalog; where hits of a rule differ in them (null), each shape names its own."""
    known = set(importlib.import_module("routeproof.metrics.registry").BY_NAME)
    trees = {module.path.stem: module.tree for module in product if "/rules/catalog/" in module.name}
    for rule in importlib.import_module("routeproof.rules.registry").ALL:
        shapes = [call for call in ast.walk(trees[rule.name]) if isinstance(call, ast.Call) and _calls(call, "Shape")]
        named = [any(item.arg == "metrics" for item in shape.keywords) for shape in shapes]
        if rule.metrics is None:
            assert all(named), rule.name
        else:
            assert not any(named), rule.name
            assert set(rule.metrics) <= known, rule.name


def _calls(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == name


def _imported(tree: ast.Module) -> Iterator[str]:
    """Last name of every module that is imported, or imported from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)
            yield (node.module or "").rpartition(".")[2]
        elif isinstance(node, ast.Import):
            yield from (alias.name.rpartition(".")[2] for alias in node.names)


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
