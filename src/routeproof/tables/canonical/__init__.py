"""The canonical tables, one file = one kind of record."""
