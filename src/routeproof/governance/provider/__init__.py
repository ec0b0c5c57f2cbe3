"""A provider's file."""
