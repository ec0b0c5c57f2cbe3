"""An empty copy of the records' tables in memory, to replay projections into."""

from __future__ import annotations

from pathlib import Path

from routeproof.stores.records_database import Database


class MemoryDatabase(Database):
    """SQLite in memory, with all tables and no entries."""

    def __init__(self) -> None:
        super().__init__(Path(":memory:"), timeout_s=1.0)
        self.make_tables()
