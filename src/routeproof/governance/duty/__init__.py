"""What is owed, by whom and until when."""
