"""Cases that people work."""
