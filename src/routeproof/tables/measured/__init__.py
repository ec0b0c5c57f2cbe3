"""Rows measured against the market."""
