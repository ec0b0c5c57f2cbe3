"""Fair comparison: apples with apples, or no answer."""
