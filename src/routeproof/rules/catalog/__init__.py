"""One file = one rule; its docstring is what users read."""
