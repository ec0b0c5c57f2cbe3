"""The agreement with a provider: evaluated over measured data, and put on record."""
