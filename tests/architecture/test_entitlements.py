"""Everything that a person can do is in the matrix of who may, and nothing else is."""

import ast
import tomllib
from pathlib import Path
from typing import Any

from routeproof.app.objects.nouns import NOUNS

ASKS = {"entitled_context", "role_for", "require_entitled"}
"""Functions that are told the action, as `noun.verb`, by whoever calls them."""
FOUNDING = {"people.found"}
"""Done once, when nobody is there yet who could be permitted."""


def test_the_matrix_names_what_can_be_done_and_nothing_else(repository: Path, product: list[Any]) -> None:
    """A verb without a line could be done by nobody; a line without a verb promises a check that never happens."""
    verbs = {f"{noun.name}.{verb}" for noun in NOUNS for verb in noun.verbs}
    asked = {
        argument.value
        for module in product
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKS
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }
    text = (repository / "src/routeproof/policy/firm/entitlements.toml").read_text("utf-8")
    named = {action for dated in tomllib.loads(text)["entitlements"] for action in dated["value"]}
    assert asked
    assert named == (verbs - FOUNDING) | asked
