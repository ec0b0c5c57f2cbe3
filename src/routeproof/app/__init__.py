"""Use cases: one per file; `context` is the only place where things are wired."""
