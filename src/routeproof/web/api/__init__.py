"""Calls below `/api/v1` that no page has: one file per resource; the nouns and the JSON of the command line."""
