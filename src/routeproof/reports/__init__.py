"""Reports as values: sections, tables and figures whose every number says what stands behind it."""
