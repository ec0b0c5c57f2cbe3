"""One file per version; a file that was published never changes."""
