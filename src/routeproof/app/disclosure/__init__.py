"""Public disclosures under Rules 605 and 606: read, validate, compare, make, sign, restate."""
