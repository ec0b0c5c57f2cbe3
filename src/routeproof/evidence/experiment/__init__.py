"""Designed experiments: who is assigned to what, and what follows from how that was drawn."""
