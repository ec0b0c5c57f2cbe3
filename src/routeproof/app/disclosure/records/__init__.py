"""Reports on record: built, signed, published, restated; and the registers around them."""
