"""Proofs as lines of JSON: which of the four kinds a line is, its fields tell; then it holds or it does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from routeproof.ledger import base64_strict
from routeproof.ledger.merkle import verify_consistency, verify_inclusion, verify_subtree_consistency

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SIZE = 2**64 - 1
"""Sizes and indexes are unsigned 64-bit numbers."""
MAX_PROOF = 2 * 64
"""No proof over 64-bit sizes is longer."""

KINDS = {
    "inclusion": ("leafIdx", "treeSize", "root", "leafHash", "proof"),
    "subtree_inclusion": ("leafIdx", "start", "end", "root", "leafHash", "proof"),
    "consistency": ("size1", "size2", "root1", "root2", "proof"),
    "subtree_consistency": ("start", "end", "size", "root1", "root2", "proof"),
}
"""Kind of proof and its fields; other fields (a description, an expectation) are remarks and not looked at."""
_FIELDS = frozenset(name for fields in KINDS.values() for name in fields)


def holds(line: str | bytes) -> bool:
    """Whether the line is a proof, and the proof is right; never raises."""
    try:
        text = line if isinstance(line, str) else line.decode("utf-8")
        record = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
        return isinstance(record, dict) and _record_holds(record)
    except (ValueError, RecursionError):
        return False


def _record_holds(record: Mapping[str, object]) -> bool:
    present = _FIELDS & record.keys()
    kind = next((kind for kind, fields in KINDS.items() if present == set(fields)), None)
    proof = _hashes(record["proof"]) if kind else []
    match kind:
        case "inclusion":
            leaf, root = _bytes(record["leafHash"]), _bytes(record["root"])
            return verify_inclusion(leaf, _size(record["leafIdx"]), root, proof, end=_size(record["treeSize"]))
        case "subtree_inclusion":
            leaf, root = _bytes(record["leafHash"]), _bytes(record["root"])
            start, end = _size(record["start"]), _size(record["end"])
            return verify_inclusion(leaf, _size(record["leafIdx"]), root, proof, start=start, end=end)
        case "consistency":
            roots = _bytes(record["root1"]), _bytes(record["root2"])
            return verify_consistency(_size(record["size1"]), _size(record["size2"]), *roots, proof)
        case "subtree_consistency":
            roots = _bytes(record["root1"]), _bytes(record["root2"])
            start, end, size = _size(record["start"]), _size(record["end"]), _size(record["size"])
            return verify_subtree_consistency(start, end, size, *roots, proof)
    return False


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SIZE:
        message = f"expected a whole number up to 2^64 - 1, found {value!r:.80}"
        raise ValueError(message)
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        message = f"expected base64 text, found {value!r:.80}"
        raise ValueError(message)  # noqa: TRY004  # one kind of refusal
    return base64_strict.decode(value)


def _hashes(value: object) -> list[bytes]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > MAX_PROOF:
        message = "expected an array of hashes"
        raise ValueError(message)
    return [_bytes(item) for item in value]


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        message = "expected each name once"
        raise ValueError(message)
    return record


def _refuse(text: str) -> NoReturn:
    message = f"expected JSON, found {text}"
    raise ValueError(message)
