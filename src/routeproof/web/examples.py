"""Addresses that exist in a workspace, for whoever tries every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.governed import ids_of
from routeproof.app.steps import BY_NOUN
from routeproof.web.places import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.app.context import Context


def example_of(noun: str, word: str = "", before: str = "") -> Callable[[Context], str | None]:
    """Address of the first object of a noun; none while there is no object."""

    def example(context: Context) -> str | None:
        found = ids_of(context.records, BY_NOUN[noun])
        return f"{before}/{PLACES[noun]}/{found[0]}{'/' * bool(word)}{word}" if found else None

    return example
