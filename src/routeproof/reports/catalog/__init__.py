"""One file, one report."""
