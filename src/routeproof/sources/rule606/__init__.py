"""Rule 606 disclosures in and out: hardened XML, our own validator, the official schema, tables of texts."""
