"""Messages as they arrive: FIX sessions behind a small protocol, and the journal that keeps their bytes."""
