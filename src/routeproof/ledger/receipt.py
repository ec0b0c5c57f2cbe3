"""Receipts: one entry with the proof that a signed checkpoint covers it (c2sp.org/tlog-proof)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.ledger import base64_strict
from routeproof.ledger.canonical import canonical_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.ledger.note import VerifierKey

HEAD = "c2sp.org/tlog-proof@v1"


def receipt_text(index: int, entry: bytes, proof: Sequence[bytes], note: bytes, key: VerifierKey) -> bytes:
    """The receipt: its extra line carries the entry itself and the log's key, which a careful reader has already."""
    extra = canonical_bytes({"entry": entry.decode("utf-8"), "vkey": str(key)})
    lines = [HEAD, f"extra {base64_strict.encode(extra)}", f"index {index}", *map(base64_strict.encode, proof)]
    return "\n".join(lines).encode() + b"\n\n" + note
