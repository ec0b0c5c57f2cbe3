"""The binder of a quarter: everything decided in it, in one file that checks itself."""
