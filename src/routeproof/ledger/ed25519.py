"""Ed25519 (RFC 8032), strict: keys of small order, off the curve or in a second spelling are refused.

Signatures are not unique under lenient rules, so nothing is identified by its signature.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES = 32
SIGNATURE_BYTES = 64
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Y_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _Y_OF_ORDER_8, _P - _Y_OF_ORDER_8})


def require_public_key(key: bytes) -> bytes:
    """The key, if it may be trusted at all.

    Raises:
        ValueError: if it is no canonical encoding of a curve point, or of a point of small order.
    """
    if len(key) != KEY_BYTES:
        message = f"expected an Ed25519 public key of {KEY_BYTES} bytes, found {len(key)}"
        raise ValueError(message)
    y = int.from_bytes(key, "little") & (1 << 255) - 1
    if y >= _P:
        message = "expected an Ed25519 public key in its canonical encoding"
        raise ValueError(message)
    if y in _SMALL_ORDER_Y:
        message = "expected an Ed25519 public key of full order, found one of small order: anything verifies under it"
        raise ValueError(message)
    x_squared = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if pow(x_squared, (_P - 1) // 2, _P) != 1:
        message = "expected an Ed25519 public key, found bytes that are no point of the curve"
        raise ValueError(message)
    return key


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is right; False for keys and signatures that no honest signer makes."""
    if len(signature) != SIGNATURE_BYTES or int.from_bytes(signature[KEY_BYTES:], "little") >= _ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(require_public_key(public_key)).verify(signature, message)
    except (ValueError, InvalidSignature):
        return False
    return True


def public_key_of(private_key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes that others verify with."""
    return private_key.public_key().public_bytes_raw()
