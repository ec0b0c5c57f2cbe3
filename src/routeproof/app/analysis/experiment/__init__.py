"""Designed experiments: registered before they begin, assigned by a keyed hash, read by how they were assigned."""
