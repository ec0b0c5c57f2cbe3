"""Many digests at once are the digests of the standard library, one by one."""

import hashlib

import polars as pl

from routeproof.sources.fix.digests import sha256_texts


def test_every_length_around_the_block_borders() -> None:
    """Padding differs at 55, 56, 63, 64, 119 and 120 bytes."""
    texts = ["a" * length for length in range(260)] + ["é€😀" * count for count in range(30)]
    expected = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    assert sha256_texts(pl.Series(texts), 64).to_list() == expected
    assert sha256_texts(pl.Series(texts), 20).to_list() == [digest[:20] for digest in expected]


def test_the_standard_s_own_examples() -> None:
    """FIPS 180-4 examples: `abc` and the empty message."""
    found = sha256_texts(pl.Series(["abc", ""]), 8).to_list()
    assert found == ["ba7816bf", "e3b0c442"]


def test_no_texts_have_no_digests() -> None:
    """An empty column stays empty."""
    assert sha256_texts(pl.Series([], dtype=pl.String), 20).to_list() == []
