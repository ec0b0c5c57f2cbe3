"""Where things are kept: raw bytes, the lake, records."""
