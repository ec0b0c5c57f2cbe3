"""Rules that look at a whole day while it goes on: what they look at, who judges them, and the process they have."""
