"""Rule 606 reports made from the lake: the public one, and the two of a customer."""
