"""Distinct FIX messages to canonical tables; pure functions of the set of messages."""
