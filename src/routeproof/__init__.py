"""Independent best-execution oversight of a third-party smart order router."""
