"""Tables of the records database, defined once for SQLite and PostgreSQL, with the triggers that keep them append-only.

A trigger refuses what a program does by mistake, and what a person does without thinking; whoever owns the database
can drop it. That the record was not changed is shown by the tree over the entries, never by these triggers.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

REVISION = "0003"
"""Newest migration; a database made at once carries it from the start."""

TABLES = MetaData()

_WHOLE = Integer().with_variant(BigInteger(), "postgresql")
"""64 bits in both: SQLite's INTEGER has them, and its strict tables know no BIGINT."""

_NAME = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is sorted byte by byte in both, so that an index finds what begins alike."""


def _table(name: str, *parts: Column[object] | PrimaryKeyConstraint | CheckConstraint) -> Table:
    return Table(name, TABLES, *parts, sqlite_strict=True)


ENTRIES = _table(
    "ledger_entries",
    Column("entry_index", _WHOLE, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
)
"""Exactly the canonical bytes, by index from 0."""

LEAVES = _table(
    "ledger_leaves",
    Column("entry_index", _WHOLE, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("stream", _NAME, nullable=False),
    Column("type", Text, nullable=False),
)
"""RFC 6962 leaf hash of each entry as it was appended: it shows which entry was changed."""

HEAD = _table(
    "ledger_head",
    Column("id", _WHOLE, CheckConstraint("id = 1", name="ledger_head_is_one_row"), primary_key=True),
)
"""One row that a writer locks, so that there is one head; SQLite locks the whole database instead."""

OBJECTS = _table(
    "governance_objects",
    Column("noun", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", _WHOLE, nullable=False),
    Column("version_hash", Text, nullable=False),
    Column("ledger_index", _WHOLE, nullable=False),
    PrimaryKeyConstraint("noun", "id"),
)

LAKE_COMMITS = _table(
    "lake_commits",
    Column("seq", _WHOLE, primary_key=True, autoincrement=False),
    Column("manifest", Text, nullable=False),
    Column("parent", Text),
    Column("document", Text, nullable=False),
    Column("entry_index", _WHOLE, nullable=False),
)

LAKE_PARTITIONS = _table(
    "lake_partitions",
    Column("seq", _WHOLE, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("part", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", _WHOLE, nullable=False),
    Column("size", _WHOLE, nullable=False),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("table_name", "part", "seq"),
)

LAKE_SOURCES = _table(
    "lake_sources",
    Column("source_id", Text, nullable=False),
    Column("reading", Text, nullable=False),
    Column("seq", _WHOLE, nullable=False),
    Column("outcome", Text, nullable=False),
    PrimaryKeyConstraint("source_id", "reading"),
)

FINDINGS = _table(
    "findings",
    Column("id", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("at", _WHOLE, nullable=False),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("provider", Text),
    Column("venue", Text),
    Column("symbol", Text),
    Column("order_id", Text),
    Column("status", Text, nullable=False),
    Column("group_id", Text, nullable=False),
    Column("case_id", Text),
    Column("suppressed_by", Text),
    Column("withdrawn", _WHOLE, nullable=False),
    Column("digest", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("recorded_at", _WHOLE, nullable=False),
    Column("entry_index", _WHOLE, nullable=False),
)
"""Findings as last recorded, with the case that their group became, or the suppression that kept them from one."""

CASES = _table(
    "cases",
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("rank", _WHOLE, nullable=False),
    Column("priority", Text, nullable=False),
    Column("owner", Text),
    Column("provider", Text),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rules", Text, nullable=False),
    Column("findings", _WHOLE, nullable=False),
    Column("opened_at", _WHOLE, nullable=False),
    Column("acknowledge_by", _WHOLE),
    Column("investigate_by", _WHOLE),
    Column("close_by", _WHOLE),
    Column("due_at", _WHOLE),
    Column("escalate_at", _WHOLE),
    Column("group_id", Text),
    Column("search", Text, nullable=False),
    Column("document", Text, nullable=False),
)
"""Cases as lists show and search them. rank: order of the list, closed ones last; due_at: the clock that runs;
escalate_at: the same where it did not go up yet; search: what `--text` looks in, lower case."""

Index("findings_day", FINDINGS.c.day, FINDINGS.c.at, FINDINGS.c.id)
Index("findings_group", FINDINGS.c.group_id)
Index("findings_case", FINDINGS.c.case_id)
Index("cases_order", CASES.c.rank, CASES.c.opened_at, CASES.c.id)
Index("cases_state", CASES.c.state, CASES.c.rank, CASES.c.opened_at, CASES.c.id)
Index("cases_priority", CASES.c.priority, CASES.c.rank, CASES.c.opened_at, CASES.c.id)
Index("cases_owner", CASES.c.owner, CASES.c.rank, CASES.c.opened_at, CASES.c.id)
Index("cases_provider", CASES.c.provider, CASES.c.rank, CASES.c.opened_at, CASES.c.id)
Index("cases_due", CASES.c.due_at)
Index("cases_escalate", CASES.c.escalate_at)
Index("cases_group", CASES.c.group_id)
Index("ledger_leaves_stream", LEAVES.c.stream)
Index("lake_commits_manifest", LAKE_COMMITS.c.manifest)

VERSION = _table("alembic_version", Column("version_num", Text, primary_key=True, nullable=False))
"""Which migration the database stands at, where Alembic keeps it."""

APPEND_ONLY = (ENTRIES.name, LEAVES.name)
"""Tables whose rows never change and never go."""

PROJECTIONS = (OBJECTS.name, LAKE_COMMITS.name, LAKE_PARTITIONS.name, LAKE_SOURCES.name, FINDINGS.name, CASES.name)
"""Tables that a replay of the entries makes again."""

GRANTS = {
    ENTRIES.name: "SELECT, INSERT",
    LEAVES.name: "SELECT, INSERT",
    # Locking a row needs the right to update one.
    HEAD.name: "SELECT, UPDATE",
    VERSION.name: "SELECT",
    **dict.fromkeys(PROJECTIONS, "SELECT, INSERT, UPDATE, DELETE"),
}
"""What the role that appends may do in PostgreSQL; the tables belong to another role."""


def triggers(dialect: str) -> list[str]:
    """Statements that make the append-only tables refuse every change, and every entry but the next."""
    make, dense = (_SQLITE, _SQLITE_DENSE) if dialect == "sqlite" else (_POSTGRESQL, _POSTGRESQL_DENSE)
    return [statement.replace("TABLE_NAME", table) for table in APPEND_ONLY for statement in make] + dense


_SQLITE = [
    (
        "CREATE TRIGGER IF NOT EXISTS TABLE_NAME_no_update BEFORE UPDATE ON TABLE_NAME "
        "BEGIN SELECT RAISE(ABORT, 'TABLE_NAME is append-only'); END"
    ),
    (
        "CREATE TRIGGER IF NOT EXISTS TABLE_NAME_no_delete BEFORE DELETE ON TABLE_NAME "
        "BEGIN SELECT RAISE(ABORT, 'TABLE_NAME is append-only'); END"
    ),
]
_SQLITE_DENSE = [
    (
        "CREATE TRIGGER IF NOT EXISTS ledger_entries_dense BEFORE INSERT ON ledger_entries "
        "WHEN NEW.entry_index IS NOT (SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries) "
        "BEGIN SELECT RAISE(ABORT, 'ledger indexes are dense'); END"
    ),
]
_POSTGRESQL = [
    (
        "CREATE OR REPLACE FUNCTION TABLE_NAME_refuse() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path FROM CURRENT AS $$ "
        "BEGIN RAISE EXCEPTION 'TABLE_NAME is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER TABLE_NAME_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON TABLE_NAME "
        "FOR EACH STATEMENT EXECUTE FUNCTION TABLE_NAME_refuse()"
    ),
]
_POSTGRESQL_DENSE = [
    (
        "CREATE OR REPLACE FUNCTION ledger_entries_next() RETURNS trigger LANGUAGE plpgsql "
        "SET search_path FROM CURRENT AS $$ "
        "BEGIN IF NEW.entry_index <> (SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries) THEN "
        "RAISE EXCEPTION 'ledger indexes are dense' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE OR REPLACE TRIGGER ledger_entries_dense BEFORE INSERT ON ledger_entries "
        "FOR EACH ROW EXECUTE FUNCTION ledger_entries_next()"
    ),
]
