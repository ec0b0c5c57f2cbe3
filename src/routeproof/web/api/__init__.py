"""Calls below `/api/v1`, one file per resource: the nouns and the JSON of the command line."""
