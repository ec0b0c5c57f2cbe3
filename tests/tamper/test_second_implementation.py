"""The offline verifier's own signatures and canonical JSON, held against published vectors and other people's code."""

import json
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from tamper import desk

OFFLINE = desk.offline()
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip


def test_the_wycheproof_signatures_are_judged_as_published(shared_data: Path) -> None:
    """151 of 151."""
    suite = json.loads((shared_data / "robustness" / "crypto" / "wycheproof_ed25519_test.json").read_text("utf-8"))
    judged = []
    for group in suite["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for test in group["tests"]:
            message, signature = bytes.fromhex(test["msg"]), bytes.fromhex(test["sig"])
            judged.append((OFFLINE.signature_holds(public, message, signature), test))
    assert len(judged) == 151
    assert [test["tcId"] for good, test in judged if good != (test["result"] == "valid")] == []


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.integers(0, 511))
@examples(40)
def test_a_signature_holds_until_one_bit_of_it_changes(seed: bytes, message: bytes, bit: int) -> None:
    """Signed by another library."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert OFFLINE.signature_holds(public, message, signature)
    changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not OFFLINE.signature_holds(public, message, changed)


@pytest.mark.parametrize("y", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18, 2, 2**255 - 1])
def test_weak_and_misspelt_public_keys_are_refused(y: int) -> None:
    """Small order (0, 1, p - 1), a second spelling (p, p + 1), no point of the curve (2), and the largest bytes."""
    for sign in (0, 1 << 255):
        with pytest.raises(OFFLINE.Wrong):
            OFFLINE.usable_key((y | sign).to_bytes(32, "little"))


@given(_VALUES)
@examples(200)
def test_canonical_json_has_the_bytes_of_another_implementation(value: Any) -> None:
    """The package `rfc8785`, by other people."""
    assert OFFLINE.canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace('"index":1', '"index":1.0'), lambda text: text.replace(":1,", ": 1,", 1),
     lambda text: text.replace('"index":1', '"index":1,"index":1'), lambda text: text.replace("note", "not\\u0065"),
     lambda text: text.replace('"version":1', '"version":-0'), lambda text: text[:-1] + ',"x":1}',
     lambda text: text.replace('"version":1', '"version":true'), lambda text: text.replace('"1"', '"01"'),
     lambda text: text.replace('"version":1', '"version":9007199254740992'), lambda text: text + "\n", lambda _: "[]"],
)  # fmt: skip
def test_an_entry_has_one_form(change: Any) -> None:
    """Fractions, spaces, repeated names, escapes, other members, other types: none of them is an entry."""
    good = (
        '{"actor":"a","appended_at":"1","business_on":"2026-07-01","evidence":[],"index":1,"payload":{"text":"note"},'
        '"role":"r","session":"s","stream":"notes","type":"note","version":1}'
    )
    assert OFFLINE.parse_entry(good.encode())["index"] == 1
    with pytest.raises(OFFLINE.Wrong):
        OFFLINE.parse_entry(change(good).encode())
