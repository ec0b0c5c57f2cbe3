"""Metrics: each a value that says what it is, how it averages and where it comes from."""
