"""The quarterly pack's sections: one file, one section, each a pure function from `PackInputs`."""
