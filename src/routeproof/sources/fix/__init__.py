"""FIX logs: bytes to typed messages, messages to canonical tables."""
