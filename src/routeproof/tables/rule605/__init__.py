"""Public Rule 605 reports: what their columns are, and the one additive form that all of them are weighed in."""
