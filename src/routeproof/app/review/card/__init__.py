"""The scorecard as the record keeps it, and as it is shown from there."""
