"""Tamper evidence, pure: canonical bytes and entries."""
