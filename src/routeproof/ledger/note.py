"""C2SP signed notes with Ed25519: text, an empty line, signature lines (c2sp.org/signed-note)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from routeproof.ledger import base64_strict, ed25519

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
DASH = "\N{EM DASH} "
KEY_ID_BYTES = 4
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 64


class NoteError(ValueError):
    """A text that is no signed note, or one without a good signature by a key that is trusted."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Whom a signature line must come from.

    Attributes:
        name: key name; for a log, its origin.
        public_key: 32 bytes, checked to be usable.
    """

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            message = f"expected a key name without spaces and plus signs, found {self.name!r:.80}"
            raise NoteError(message)
        try:
            ed25519.require_public_key(self.public_key)
        except ValueError as error:
            raise NoteError(str(error)) from error

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256 over name, newline, type and key."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        """`name+id+base64`, as others configure it."""
        return f"{self.name}+{self.key_id.hex()}+{base64_strict.encode(ED25519 + self.public_key)}"


def parse_verifier_key(text: str) -> VerifierKey:
    """The key that `name+id+base64` spells.

    Raises:
        NoteError: if it is malformed, of another algorithm, unusable, or its id is not that of name and key.
    """
    parts = text.split("+", 2)
    if len(parts) != 3:  # noqa: PLR2004  # name, id, key
        message = f"expected a verifier key name+id+base64, found {text!r:.120}"
        raise NoteError(message)
    name, key_id, encoded = parts
    try:
        content = base64_strict.decode(encoded)
    except ValueError as error:
        raise NoteError(str(error)) from error
    if content[:1] != ED25519:
        message = f"expected an Ed25519 verifier key, found algorithm {content[:1].hex() or 'none'}"
        raise NoteError(message)
    key = VerifierKey(name, content[1:])
    if key.key_id.hex() != key_id:
        message = f"expected key id {key.key_id.hex()} for this name and key, found {key_id!r:.20}"
        raise NoteError(message)
    return key


def sign_note(text: str, name: str, private_key: Ed25519PrivateKey) -> bytes:
    """The text with one signature line.

    Raises:
        NoteError: if the text does not end in a newline or holds control characters.
    """
    _require_text(text)
    key = VerifierKey(name, ed25519.public_key_of(private_key))
    signature = key.key_id + private_key.sign(text.encode())
    return f"{text}\n{DASH}{name} {base64_strict.encode(signature)}\n".encode()


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> tuple[str, list[VerifierKey]]:
    """The text and the trusted keys that signed it; signatures of unknown keys are not looked at.

    Raises:
        NoteError: if the note is malformed, a known key's signature is wrong, or no known key signed.
    """
    text, lines = split_note(note)
    signers: list[VerifierKey] = []
    for line in lines:
        name, key_id, signature = line
        key = next((key for key in keys if key.name == name and key.key_id == key_id), None)
        if key is None:
            continue
        if not ed25519.verify(key.public_key, text.encode(), signature):
            message = f"expected a good signature by {name}, found one that does not verify"
            raise NoteError(message)
        signers.append(key)
    if not signers:
        wanted = ", ".join(f"{key.name}+{key.key_id.hex()}" for key in keys) or "a trusted key"
        message = f"expected a signature by {wanted}, found {', '.join(name for name, _, _ in lines)}"
        raise NoteError(message)
    return text, signers


def split_note(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Text and signature lines (name, key id, signature) of a note, nothing verified.

    Raises:
        NoteError: if it is malformed.
    """
    if len(note) > MAX_NOTE_BYTES:
        message = f"expected a note of at most {MAX_NOTE_BYTES} bytes, found {len(note)}"
        raise NoteError(message)
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"expected a note in UTF-8, found {error}"
        raise NoteError(message) from error
    text, gap, tail = whole.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        message = "expected a text, an empty line and signature lines, each ending in a newline"
        raise NoteError(message)
    text += "\n"
    _require_text(text)
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        message = f"expected at most {MAX_SIGNATURES} signatures, found {len(lines)}"
        raise NoteError(message)
    return text, [_signature_line(line) for line in lines]


def is_key_name(name: str) -> bool:
    """Whether a key may be called so."""
    return bool(name) and "+" not in name and not any(mark.isspace() or mark < " " for mark in name)


def _signature_line(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    try:
        content = base64_strict.decode(encoded)
    except ValueError:
        content = b""
    if not line.startswith(DASH) or not space or not is_key_name(name) or len(content) <= KEY_ID_BYTES:
        message = f"expected a signature line '{DASH}name base64', found {line!r:.120}"
        raise NoteError(message)
    return name, content[:KEY_ID_BYTES], content[KEY_ID_BYTES:]


def _require_text(text: str) -> None:
    if not text.endswith("\n") or any(mark < " " and mark != "\n" for mark in text):
        message = "expected a text that ends in a newline and has no other control characters"
        raise NoteError(message)
