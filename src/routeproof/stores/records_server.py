"""Making room for a workspace in a PostgreSQL database: its schema, and roles that own and that append."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from routeproof.stores.records_database import explain
from routeproof.stores.records_place import Server
from routeproof.stores.records_tables import ENTRIES
from routeproof.stores.server_engine import server_engine, server_url

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def has_password(url: str) -> bool:
    """Whether the URL itself holds a password."""
    return bool(server_url(url).password)


def prepare_server(url: str, folder: Path, token: str) -> Server:
    """Where a new workspace keeps its records in the database at `url`; `token` (lower-case hex) names what is new.

    The schema is the one that the login meets first, if no workspace is there yet, else a new one. Where the login
    may create roles, the tables will belong to one role and entries be appended as another, which may change nothing.

    Raises:
        UsageError: no PostgreSQL URL, or the driver is missing.
        UnreachableError: the server does not answer.
    """
    engine = server_engine(url)
    try:
        with engine.connect() as connection:
            schema = _free_schema(connection, f"routeproof_{token}")
            role = _roles(connection, schema, f"routeproof_{token}")
    except DBAPIError as error:
        raise explain(error, engine.url.render_as_string(hide_password=True)) from error
    return Server(url=url, schema=schema, folder=folder, role=role)


def _free_schema(connection: Connection, name: str) -> str:
    current = connection.execute(text("SELECT current_schema()")).scalar()
    allowed = text("SELECT has_schema_privilege(:schema, 'CREATE')")
    taken = text("SELECT 1 FROM pg_tables WHERE schemaname = :schema AND tablename = :table")
    if (
        current
        and connection.execute(allowed, {"schema": current}).scalar()
        and not connection.execute(taken, {"schema": current, "table": ENTRIES.name}).scalar()
    ):
        return str(current)
    connection.exec_driver_sql(f'CREATE SCHEMA "{name}"')
    return name


def _roles(connection: Connection, schema: str, name: str) -> str:
    may = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    owns = "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = :schema"
    if not connection.execute(text(may)).scalar() or not connection.execute(text(owns), {"schema": schema}).scalar():
        return ""
    for role in (f"{name}_owner", f"{name}_writer"):
        connection.exec_driver_sql(f'CREATE ROLE "{role}" NOLOGIN')
        connection.exec_driver_sql(f'GRANT "{role}" TO CURRENT_USER')
        connection.exec_driver_sql(f'GRANT USAGE ON SCHEMA "{schema}" TO "{role}"')
    connection.exec_driver_sql(f'GRANT CREATE ON SCHEMA "{schema}" TO "{name}_owner"')
    return name
