"""Everything public in the core says what it is."""

import ast
from collections.abc import Iterator
from typing import Any

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def test_every_core_module_says_what_it_knows(product: list[Any]) -> None:
    """A module without a docstring has not decided what it is for."""
    silent = [m.name for m in product if m.is_core and m.lines and not ast.get_docstring(m.tree)]
    assert silent == []


def test_every_public_core_name_is_documented(product: list[Any]) -> None:
    """Functions, classes and methods that others may call carry their promise."""
    silent = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in product
        if module.is_core
        for node in _public(module.tree.body)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def _public(body: list[ast.stmt]) -> Iterator[Documented]:
    for node in body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body)
