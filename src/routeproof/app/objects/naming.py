"""How people may name what they make; names that are on record already stay as they are."""

from __future__ import annotations

import re

from routeproof.vocab.errors import UsageError

PATTERN = r"[A-Za-z0-9][A-Za-z0-9._:@+-]{0,127}"
SHOWN = 40


def require_name(given: str, where: str = "name") -> str:
    """The name, if it is one. Raises UsageError."""
    if not re.fullmatch(PATTERN, given):
        found = repr(given[:SHOWN]) + (f" and {len(given) - SHOWN:,} more characters" if len(given) > SHOWN else "")
        message = f"expected a name of up to 128 letters, digits and . _ : @ + -, found {found}"
        raise UsageError(message, where=where)
    return given
