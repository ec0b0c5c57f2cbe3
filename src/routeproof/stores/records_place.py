"""Where the records of a workspace are, when a database server holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database that holds the records of one workspace.

    Attributes:
        url: `postgresql://…`; a password may also come from the environment or the password file, as libpq reads them.
        schema: where the tables are.
        folder: where the marker `READ_ONLY` is put when a write failed.
        role: what the names of two roles begin with: `…_owner`, whom the tables belong to, and `…_writer`, who
            appends; the login does both if empty.
    """

    url: str
    schema: str
    folder: Path
    role: str = ""
