"""The known names that are closest to one that is not known: what a refusal names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(name: str, known: Iterable[str]) -> str:
    """A phrase naming the closest known names, empty if nothing is close."""
    from routeproof.sources.map_file import nearest  # noqa: PLC0415  # slow to import, and only a refusal needs it

    return nearest(name, known)
