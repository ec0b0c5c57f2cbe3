"""Rule 606 disclosures: what the three reports consist of, their values, and the tables that hold them as filed."""
