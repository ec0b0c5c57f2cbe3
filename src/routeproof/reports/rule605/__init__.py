"""Rule 605 figures as the bytes of the files that the rule asks for."""
