"""Two flows made alike before they are compared: exact cells, models, overlap, and what was not measured."""
