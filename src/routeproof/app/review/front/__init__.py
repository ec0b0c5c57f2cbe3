"""Page one of the pack: what stands out, and how it is said."""
