"""The agreement with a provider."""
