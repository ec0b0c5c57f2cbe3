"""SQLite records on a disk that takes no writes: they can be read and verified, and nothing is recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import URL

if TYPE_CHECKING:
    from pathlib import Path


def cannot_change(path: Path) -> bool:
    """Whether the database stands where nobody writes, with nothing left in its log.

    SQLite would want to make its log there, and could not even read.
    """
    log = path.with_name(f"{path.name}-wal")
    return path.is_file() and not os.access(path.parent, os.W_OK) and (not log.exists() or log.stat().st_size == 0)


def still_url(path: Path) -> URL:
    """For reading alone, without a log (https://www.sqlite.org/uri.html)."""
    query = {"mode": "ro", "immutable": "1", "uri": "true"}
    return URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=query)
