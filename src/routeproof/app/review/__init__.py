"""What the quarterly review pack is filled with, one kind of evidence per file."""
