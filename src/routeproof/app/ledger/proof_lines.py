"""Proofs in a file, one a line, judged by the ledger's own code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.ledger.proofs import holds
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def judged(path: Path) -> Iterator[bool]:
    """Whether each line holds.

    Raises:
        UsageError: if the file cannot be read.
    """
    try:
        with path.open("rb") as lines:
            yield from map(holds, lines)
    except OSError as error:
        message = f"expected a readable file of proofs, found: {error.strerror}"
        raise UsageError(message, where=str(path)) from error
