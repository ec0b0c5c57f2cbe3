"""Secrets of people: passwords as slow hashes, keys sealed under a secret that only its holder has."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NONCE_BYTES = 12
_HASHER = PasswordHasher()  # RFC 9106, second recommended choice: argon2id, 64 MiB, 3 passes
_NOBODY = _HASHER.hash(os.urandom(SECRET_BYTES).hex())


def hash_password(password: str) -> str:
    """Argon2id with a salt of its own, as one text."""
    return _HASHER.hash(password)


def is_password(hashed: str | None, password: str) -> bool:
    """Whether it is the password; for nobody (null) it takes as long and is never true."""
    try:
        found = _HASHER.verify(hashed or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return found and hashed is not None


def new_secret() -> str:
    """256 bits of chance, as URL-safe text."""
    return base64.urlsafe_b64encode(os.urandom(SECRET_BYTES)).decode().rstrip("=")


def fingerprint(secret: str) -> str:
    """What is stored of a secret: its SHA-256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """Another secret that follows from this one and tells nothing of it, such as a form's token from a session's."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two texts are equal, in time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def seal(content: bytes, secret: str) -> bytes:
    """Content that opens with the secret alone; a change of one bit is noticed."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + ChaCha20Poly1305(_sealing_key(secret)).encrypt(nonce, content, None)


def unseal(sealed: bytes, secret: str) -> bytes | None:
    """What was sealed; null if it was sealed under another secret or changed since."""
    try:
        return ChaCha20Poly1305(_sealing_key(secret)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except InvalidTag:
        return None


def _sealing_key(secret: str) -> bytes:
    return HKDF(SHA256(), SECRET_BYTES, None, b"routeproof sealed key").derive(secret.encode())
