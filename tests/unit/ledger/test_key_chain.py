"""Keys of the log one after another: who may sign what."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from routeproof.ledger import base64_strict, ed25519
from routeproof.ledger.key_chain import KeyChain, rotation_text
from routeproof.ledger.listing import listing_text
from routeproof.ledger.note import NoteError, VerifierKey

SECRETS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(3)]
A, B, C = [VerifierKey("log", ed25519.public_key_of(secret)) for secret in SECRETS]


def handover(signer: int, old: VerifierKey, new: VerifierKey) -> dict[str, object]:
    """The payload by which a key hands over."""
    signature = SECRETS[signer].sign(rotation_text(str(old), str(new)))
    return {"old": str(old), "new": str(new), "signature": base64_strict.encode(signature)}


def test_a_key_signs_up_to_the_entry_that_names_the_next() -> None:
    """Entry 9 hands over: sizes to 10 are the old key's, sizes from 10 on the new one's."""
    chain = KeyChain()
    chain.create({"vkey": str(A)})
    chain.rotate(9, handover(0, A, B))
    assert [chain.at(size) for size in (1, 9, 10, 11)] == [[A], [A], [A, B], [B]]
    assert chain.at(None) == [A, B]


def test_only_the_key_in_force_hands_over() -> None:
    """Not a stranger, not an older key, not without a signature, not twice at the start."""
    chain = KeyChain()
    with pytest.raises(NoteError):
        chain.rotate(0, handover(0, A, B))
    chain.create({"vkey": str(A)})
    for payload in (handover(1, A, B), handover(1, B, C), {**handover(0, A, B), "signature": "x"}, {"old": str(A)}, {}):
        with pytest.raises(NoteError):
            chain.rotate(5, payload)
    with pytest.raises(NoteError):
        chain.create({"vkey": str(B)})
    assert chain.at(None) == [A]


def test_a_list_of_files_cannot_be_forged_by_a_name() -> None:
    """A line break in a path would make a line of its own."""
    assert listing_text("log", {"b": "1" * 64, "a": "0" * 64}) == (
        f"routeproof files v1\nlog\n{'0' * 64}  a\n{'1' * 64}  b\n"
    )
    with pytest.raises(ValueError, match="control"):
        listing_text("log", {"a\nb": "0" * 64})
