"""Public disclosures under Rules 605 and 606: validate, take in, compare, make."""
