"""What law and firm say, by date: every value with its citation and grade. No file is read here."""
