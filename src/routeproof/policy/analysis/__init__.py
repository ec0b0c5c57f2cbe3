"""What the firm decided about its analyses, by date; one file = the standards of one analysis."""
