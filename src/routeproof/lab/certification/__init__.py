"""Certification before go-live: scripts of test orders, what must come back, and a test system to try them on."""
