"""An authenticator in a few lines: makes passkeys and uses them as WebAuthn says, and lies where a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
ES256 = -7
Options = dict[str, Any]


def text(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@dataclass
class SoftAuthenticator:
    """One passkey.

    Attributes:
        origin: of the page that asks, as the browser says it.
        host: that the passkey is bound to.
        flags: who was there.
        count: of its use.
    """

    origin: str
    host: str
    flags: int = PRESENT | VERIFIED
    count: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: Options) -> str:
        """The answer to `navigator.credentials.create`, without attestation."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(public)
        said = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | WITH_KEY) + attested}
        client = self._client("webauthn.create", options)
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(cbor2.dumps(said))})

    def use(self, options: Options, **more: str) -> str:
        """The answer to `navigator.credentials.get`; it counts up."""
        self.count += 1
        data, client = self._data(self.flags), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        told = {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), **more}
        return self._answer(told)

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, options: Options) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
