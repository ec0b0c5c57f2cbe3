"""Findings of the monitoring rules and the cases they became, shown from the entries that recorded them."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = [
    (
        "CREATE TABLE IF NOT EXISTS findings (id TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL, at BIGINT NOT NULL, "
        "rule TEXT NOT NULL, severity TEXT NOT NULL, provider TEXT, venue TEXT, symbol TEXT, order_id TEXT, "
        "status TEXT NOT NULL, group_id TEXT NOT NULL, case_id TEXT, suppressed_by TEXT, withdrawn BIGINT NOT NULL, "
        "digest TEXT NOT NULL, document TEXT NOT NULL, recorded_at BIGINT NOT NULL, entry_index BIGINT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS findings_day ON findings (day, at, id)",
    "CREATE INDEX IF NOT EXISTS findings_group ON findings (group_id)",
    "CREATE INDEX IF NOT EXISTS findings_case ON findings (case_id)",
    (
        "CREATE TABLE IF NOT EXISTS cases (id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, rank BIGINT NOT NULL, "
        "priority TEXT NOT NULL, owner TEXT, provider TEXT, kind TEXT NOT NULL, title TEXT NOT NULL, "
        "rules TEXT NOT NULL, findings BIGINT NOT NULL, opened_at BIGINT NOT NULL, acknowledge_by BIGINT, "
        "investigate_by BIGINT, close_by BIGINT, due_at BIGINT, escalate_at BIGINT, group_id TEXT, "
        "search TEXT NOT NULL, document TEXT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS cases_order ON cases (rank, opened_at, id)",
    "CREATE INDEX IF NOT EXISTS cases_state ON cases (state, rank, opened_at, id)",
    "CREATE INDEX IF NOT EXISTS cases_priority ON cases (priority, rank, opened_at, id)",
    "CREATE INDEX IF NOT EXISTS cases_owner ON cases (owner, rank, opened_at, id)",
    "CREATE INDEX IF NOT EXISTS cases_provider ON cases (provider, rank, opened_at, id)",
    "CREATE INDEX IF NOT EXISTS cases_due ON cases (due_at)",
    "CREATE INDEX IF NOT EXISTS cases_escalate ON cases (escalate_at)",
    "CREATE INDEX IF NOT EXISTS cases_group ON cases (group_id)",
]


def upgrade() -> None:
    """Make the table where it is not there; nothing was recorded in it before."""
    strict = op.get_bind().dialect.name == "sqlite"
    for statement in STATEMENTS:
        strictly = statement.replace("BIGINT", "INTEGER") + " STRICT" if statement.startswith("CREATE TABLE") else ""
        op.execute(strictly if strict and strictly else statement)
