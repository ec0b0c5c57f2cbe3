"""Findings of the monitoring rules, shown from the entries that recorded them."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = [
    (
        "CREATE TABLE IF NOT EXISTS findings (id TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL, at BIGINT NOT NULL, "
        "rule TEXT NOT NULL, severity TEXT NOT NULL, provider TEXT, venue TEXT, symbol TEXT, order_id TEXT, "
        "status TEXT NOT NULL, group_id TEXT NOT NULL, case_id TEXT, withdrawn BIGINT NOT NULL, "
        "digest TEXT NOT NULL, document TEXT NOT NULL, recorded_at BIGINT NOT NULL, entry_index BIGINT NOT NULL)"
    ),
    "CREATE INDEX IF NOT EXISTS findings_day ON findings (day, at, id)",
    "CREATE INDEX IF NOT EXISTS findings_group ON findings (group_id)",
    "CREATE INDEX IF NOT EXISTS findings_case ON findings (case_id)",
]


def upgrade() -> None:
    """Make the table where it is not there; nothing was recorded in it before."""
    strict = op.get_bind().dialect.name == "sqlite"
    for statement in STATEMENTS:
        strictly = statement.replace("BIGINT", "INTEGER") + " STRICT" if statement.startswith("CREATE TABLE") else ""
        op.execute(strictly if strict and strictly else statement)
