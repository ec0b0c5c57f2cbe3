"""Rule 606 figures as the bytes of their files."""
