"""What Alembic runs: on the connection it is handed, inside the transaction that is open there."""

from alembic import context

from routeproof.stores.records_tables import TABLES

context.configure(connection=context.config.attributes["connection"], target_metadata=TABLES)
context.run_migrations()
