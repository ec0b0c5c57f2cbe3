"""Words and units: the vocabulary that every other package speaks."""
