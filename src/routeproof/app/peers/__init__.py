"""Public disclosures of others as peers of the firm: one table, our mix, the industry column of a review."""
