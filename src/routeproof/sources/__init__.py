"""Adapters in: what the outside world delivers becomes canonical tables and rejects."""
