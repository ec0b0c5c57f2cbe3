"""Many digests at once against the standard library."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.sources.fix.fold.sha256 import LANES, hex_digests


def digests(texts: list[bytes], digits: int) -> list[str]:
    """Digests of texts as one compiled call gives them."""
    content = np.frombuffer(b"".join(texts), dtype=np.uint8)
    ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
    return [row.tobytes().decode() for row in hex_digests(content, ends, digits)]


def test_every_length_around_the_padding_beside_texts_of_other_lengths() -> None:
    """Padding takes one block more from 56 bytes on, and again from 120; lanes of one step end in different blocks."""
    texts = [bytes([length % 251]) * length for length in range(260)] + [b"a" * 5000, b"", b"b"]
    assert digests(texts, 64) == [hashlib.sha256(text).hexdigest() for text in texts]


@examples(20)
@given(texts=st.lists(st.binary(max_size=150), max_size=2 * LANES + 3))
def test_any_number_of_texts(texts: list[bytes]) -> None:
    """None, fewer than the lanes, more than they."""
    assert digests(texts, 20) == [hashlib.sha256(text).hexdigest()[:20] for text in texts]
