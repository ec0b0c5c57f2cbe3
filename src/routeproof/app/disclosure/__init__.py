"""Use cases of public disclosure: reports made, signed, published, restated, and the registers around them."""
