"""A module is named for what it knows, not for being left over."""

from typing import Any

NAMELESS = {"util", "utils", "helper", "helpers", "common", "misc", "shared", "stuff", "base_utils"}


def test_no_module_is_a_drawer(modules: list[Any]) -> None:
    """`utils` and its kin say nothing about what is inside."""
    drawers = [
        module.name for module in modules if NAMELESS & {part.removesuffix(".py") for part in module.name.split("/")}
    ]
    assert drawers == []
