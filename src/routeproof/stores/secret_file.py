"""A secret of a channel: a file that only its owner can read."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_BYTES = 4096


def read_secret(path: Path, *, at_least_bytes: int = 1) -> bytes:
    """The content of a file without its line end.

    Raises:
        UsageError: if it cannot be read, anyone but its owner can, or it is shorter or longer than a secret is.
    """
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            content = file.read(LONGEST_BYTES + 1)
    except OSError as error:
        message = f"expected a readable file with the secret, found: {error.strerror or error}"
        raise UsageError(message, where=str(path)) from error
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
        message = "expected a secret that only you can read, found other permissions: chmod 600"
        raise UsageError(message, where=str(path))
    secret = content.rstrip(b"\r\n")
    if not at_least_bytes <= len(secret) <= LONGEST_BYTES:
        message = f"expected a secret of {at_least_bytes} to {LONGEST_BYTES} bytes, found {len(secret)}"
        raise UsageError(message, where=str(path))
    return secret


def read_password(path: Path) -> str:
    """A password from a file.

    Raises:
        UsageError: as `read_secret`, and if it has other characters than ASCII, which mail servers do not agree on.
    """
    try:
        return read_secret(path).decode("ascii")
    except UnicodeDecodeError as error:
        message = "expected a password of ASCII characters, found others"
        raise UsageError(message, where=str(path)) from error
