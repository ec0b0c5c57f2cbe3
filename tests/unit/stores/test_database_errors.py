"""What a database error means: somebody else is busy, the disk failed, the server is gone, or the record is damaged."""

import pytest
from sqlalchemy.exc import OperationalError

from routeproof.stores.records_database import BusyError, UnreachableError, WriteFailedError, explain
from routeproof.vocab.errors import LedgerBrokenError, RouteproofError


class SqliteError(Exception):
    """An error as SQLite's driver gives it."""

    def __init__(self, code: int) -> None:
        super().__init__("what SQLite said")
        self.sqlite_errorcode = code


class PostgresError(Exception):
    """An error as PostgreSQL's driver gives it; without a state it comes from the connection."""

    pgconn = None

    def __init__(self, state: str | None) -> None:
        super().__init__("what PostgreSQL said\nCONTEXT: and more")
        self.sqlstate = state


@pytest.mark.parametrize(
    ("original", "meaning"),
    [
        # https://www.sqlite.org/rescode.html: the low byte is the primary code.
        (SqliteError(5), BusyError),  # BUSY
        (SqliteError(5 | 2 << 8), BusyError),  # BUSY_SNAPSHOT
        (SqliteError(13), WriteFailedError),  # FULL
        (SqliteError(10 | 4 << 8), WriteFailedError),  # IOERR_FSYNC
        (SqliteError(8 | 1 << 8), WriteFailedError),  # READONLY_RECOVERY
        (SqliteError(14), WriteFailedError),  # CANTOPEN
        (SqliteError(11), LedgerBrokenError),  # CORRUPT
        (SqliteError(19), LedgerBrokenError),  # CONSTRAINT
        # PostgreSQL documentation, appendix A.
        (PostgresError("55P03"), BusyError),  # lock_not_available
        (PostgresError("53100"), WriteFailedError),  # disk_full
        (PostgresError("58030"), WriteFailedError),  # io_error
        (PostgresError("25006"), WriteFailedError),  # read_only_sql_transaction
        (PostgresError("57P01"), UnreachableError),  # admin_shutdown
        (PostgresError("57P02"), UnreachableError),  # crash_shutdown
        (PostgresError("08006"), UnreachableError),  # connection_failure
        (PostgresError(None), UnreachableError),
        (PostgresError("42501"), LedgerBrokenError),  # insufficient_privilege
        (PostgresError("23000"), LedgerBrokenError),  # integrity_constraint_violation, raised by the triggers
    ],
)
def test_each_code_has_one_meaning(original: Exception, meaning: type[RouteproofError]) -> None:
    """Exactly that one: a busy record is not a broken one, and a damaged one is not a failed write."""
    found = explain(OperationalError("SELECT 1", {}, original), "the record")
    assert type(found) is meaning
    assert found.where == "the record"
    assert "CONTEXT" not in found.message


def test_a_query_that_was_cancelled_is_no_lost_server() -> None:
    """57014 is in the class of lost servers, and means that one waited too long."""
    assert type(explain(OperationalError("SELECT 1", {}, PostgresError("57014")), "the record")) is BusyError
