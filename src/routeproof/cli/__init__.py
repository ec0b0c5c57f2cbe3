"""The command line: one file per noun; they only call use cases."""
