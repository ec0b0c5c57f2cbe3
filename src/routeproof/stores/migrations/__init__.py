"""Changes of the records database from version to version; Alembic runs them, `routeproof migrate` starts it."""
