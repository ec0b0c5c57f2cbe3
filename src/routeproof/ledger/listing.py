"""A signed list of files: what an export holds beside the log itself, each with its hash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HEAD = "routeproof files v1"


def listing_text(origin: str, files: Mapping[str, str]) -> str:
    """Text to sign: a head, the log's name, and `SHA-256  path` lines in order of path.

    Raises:
        ValueError: if a path has a line break, which would forge a line.
    """
    if any(mark < " " for path in files for mark in path):
        message = "expected file names without control characters"
        raise ValueError(message)
    lines = [f"{files[path]}  {path}" for path in sorted(files)]
    return "\n".join([HEAD, origin, *lines]) + "\n"
