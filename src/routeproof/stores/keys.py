"""Private keys: Ed25519, one file each, readable by their owner only, outside the database."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from routeproof.stores.files import publish
from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_MODE = 0o600
PRIVATE_FOLDER_MODE = 0o700
KEY_ID_DIGITS = 16


class PassphraseError(RefusedError):
    """A key does not open with the passphrase that was given, or none was given."""

    code = "wrong_passphrase"


def make_key(path: Path, passphrase: bytes | None) -> str:
    """Make a private key file, mode 0600, and return the public key in base64.

    Raises:
        UsageError: if the file exists: a key is never overwritten.
    """
    if path.exists():
        message = f"expected no key in {path.name} yet, found one: a key is replaced by a new file, never overwritten"
        raise UsageError(message, where=str(path))
    key = Ed25519PrivateKey.generate()
    _write_private(path, key, passphrase)
    return public_text(key.public_key())


def _write_private(path: Path, key: Ed25519PrivateKey, passphrase: bytes | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER_MODE)
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    temporary = path.with_name(path.name + ".part")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    publish(temporary, path)


def open_key(path: Path, passphrase: bytes | None) -> Ed25519PrivateKey:
    """The private key in a file.

    Raises:
        UsageError: if there is none, or others than its owner can read it.
        PassphraseError: if the passphrase is missing or wrong.
    """
    try:
        content = path.read_bytes()
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        message = f"expected a private key, found: {error.strerror}"
        raise UsageError(message, where=str(path)) from error
    if mode & 0o077:
        message = f"expected a key that only its owner can read (0600), found mode {mode:04o}: chmod 600 it"
        raise UsageError(message, where=str(path))
    protected = b"ENCRYPTED" in content
    if protected and not passphrase:
        message = (
            "expected the key's passphrase, found none: give --passphrase-file, set ROUTEPROOF_PASSPHRASE or type it"
        )
        raise PassphraseError(message, where=str(path))
    try:
        key = load_pem_private_key(content, passphrase if protected else None)
    except ValueError as error:
        message = "expected the passphrase of this key, found another, or a damaged key file"
        raise PassphraseError(message, where=str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        message = f"expected an Ed25519 key, found {type(key).__name__}"
        raise UsageError(message, where=str(path))
    return key


def change_passphrase(path: Path, old: bytes | None, new: bytes | None) -> None:
    """Protect a key by another passphrase; the key stays the same. Raises as `open_key`."""
    _write_private(path, open_key(path, old), new)


def is_protected(path: Path) -> bool:
    """Whether a key file needs a passphrase."""
    return path.is_file() and b"ENCRYPTED" in path.read_bytes()


def public_text(key: Ed25519PublicKey) -> str:
    """Base64 of the 32 public key bytes."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def key_id(public: str) -> str:
    """First 16 hex digits of the SHA-256 of the public key's bytes, given in base64."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:KEY_ID_DIGITS]


def key_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 private bytes, to be sealed at once."""
    return key.private_bytes_raw()


def key_of(content: bytes) -> Ed25519PrivateKey:
    """The key of 32 private bytes."""
    return Ed25519PrivateKey.from_private_bytes(content)
