"""What ships inside every export: a verifier of one file that needs nothing of ours."""
