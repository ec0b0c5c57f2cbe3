"""Rows as they come in: brought to types, checked, merged."""
