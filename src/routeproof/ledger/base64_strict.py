"""Base64 with one spelling for each value (RFC 4648 §4): what does not encode back to itself is refused."""

from __future__ import annotations

import base64
import binascii


def encode(value: bytes) -> str:
    """Standard alphabet, padded."""
    return base64.b64encode(value).decode("ascii")


def decode(text: str) -> bytes:
    """Bytes of the text.

    Raises:
        ValueError: if it is not base64, or not the one spelling of its bytes.
    """
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        message = f"expected base64, found {text[:80]!r}"
        raise ValueError(message) from error
    if encode(value) != text:
        message = f"expected canonical base64, found {text[:80]!r}"
        raise ValueError(message)
    return value
